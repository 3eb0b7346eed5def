import type { Potential } from '../src/core/potential.ts';
import { registry } from '../src/core/registry.ts';
import { ace } from './ace/fromFile.ts';
import { buckingham } from './buckingham/buckingham.ts';
import { eam } from './eam/eam.ts';
import { lennardJones } from './lennardJones/lennardJones.ts';
import { stillingerWeber } from './stillingerWeber/stillingerWeber.ts';
import { tersoff } from './tersoff/tersoff.ts';
import { zbl } from './zbl/zbl.ts';

export const potentials = registry<Potential>('potential', [
  ace,
  eam,
  stillingerWeber,
  tersoff,
  lennardJones,
  buckingham,
  zbl,
]);

/** Files whose content a potential depends on besides its options. */
export function filesOf(options: object): string[] {
  return 'file' in options && typeof options.file === 'string' ? [options.file] : [];
}
