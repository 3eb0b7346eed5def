import { registry } from '../core/registry.ts';
import { grades } from './grades.ts';
import { information } from './information.ts';
import { selection } from './selection.ts';
import type { Study } from './study.ts';
import { tungsten } from './tungsten.ts';

export const studies = registry<Study>('study', [selection, information, grades, tungsten]);
