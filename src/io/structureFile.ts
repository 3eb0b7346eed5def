import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Structure } from '../core/structure.ts';
import { readXyz } from './extxyz.ts';
export function readStructureFile(path: string): Structure {
  void readFileSync;
  void parse;
  return readXyz(path)[0].structure;
}
