import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Structure } from '../core/structure.ts';
import { syncFolder, writeFileAtomic } from '../io/durable.ts';
import { formatXyz } from '../io/writeXyz.ts';
import type { Label } from './calculator.ts';

export interface Refusal {
  readonly structure: Structure;
  readonly label: Label | undefined;
  readonly reason: string;
  /** What is left of the calculation. */
  readonly folder: string;
  readonly to: string;
}

/**
 * Moves the files of a calculation to its place in quarantine, with the structure, the reason and the label as far
 * as there is one; an older quarantine of the same structure is replaced.
 */
export function quarantine({ structure, label, reason, folder, to }: Refusal): void {
  writeFileAtomic(join(folder, 'reason.txt'), `${reason}\n`);
  writeFileAtomic(join(folder, 'structure.xyz'), formatXyz({ structure }));
  if (label?.forces.length === structure.positions.length)
    writeFileAtomic(join(folder, 'label.xyz'), formatXyz({ structure, label }));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  renameSync(folder, to);
  syncFolder(dirname(to));
}
