/**
 * Finds barriers with `neb` of LAMMPS, one image a process, and writes lammps.json. From the repository root:
 *
 *   npx rolldown test/golden/paths/make.ts --platform node -o make.mjs && node make.mjs && rm make.mjs
 *
 * Its own interpolation, springs, climbing and optimiser; it gets nothing but the two ends, which it relaxes itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { element } from '../../../src/core/elements.ts';
import type { Structure } from '../../../src/core/structure.ts';
import { pathEnds } from '../../../src/properties/pathEnds.ts';
import { evaluatesOf, HOPS, type Hop, unitOf } from './hops.ts';

const work = mkdtempSync(join(tmpdir(), 'paths-'));
const IMAGES = 7;

function atoms(s: Structure, type = ''): string {
  return Array.from(s.species, (_, i) => `${i + 1} ${type}${s.positions.slice(3 * i, 3 * i + 3).join(' ')}`).join('\n');
}

function input(s: Structure, final: Structure, commands: readonly string[]): void {
  const { cell } = s;
  writeFileSync(
    join(work, 'data'),
    `path\n\n${s.species.length} atoms\n1 atom types\n0 ${cell[0]} xlo xhi\n0 ${cell[4]} ylo yhi\n0 ${cell[8]} zlo zhi\n\n` +
      `Masses\n\n1 ${element(s.elements[0]).mass}\n\nAtoms\n\n${atoms(s, '1 ')}\n`,
  );
  writeFileSync(join(work, 'final'), `${s.species.length}\n${atoms(final)}\n`);
  const lines = [
    'units metal',
    'atom_style atomic',
    'atom_modify map array sort 0 0',
    // Open directions have more room than the potential reaches.
    'boundary p p p',
    'read_data data',
    ...commands,
    'timestep 0.002',
    'min_style quickmin',
    'fix band all neb 1.0',
    'thermo 100',
    'neb 0.0 0.001 4000 4000 100 final final',
  ];
  writeFileSync(join(work, 'in'), `${lines.join('\n')}\n`);
}

async function measure(hop: Hop) {
  const evaluates = evaluatesOf(hop);
  const unit = await unitOf(evaluates, hop.crystal);
  const { value } = pathEnds(...(await hop.ends(evaluates, unit)));
  input(value!.initial, value!.final, hop.commands);
  const ranks = ['-np', String(IMAGES), '--oversubscribe', '--allow-run-as-root'];
  execFileSync('mpirun', [...ranks, 'lmp', '-partition', `${IMAGES}x1`, '-in', 'in'], { cwd: work, stdio: 'pipe' });
  const log = readFileSync(join(work, 'log.lammps'), 'utf8');
  const last = log.trim().split('\n').at(-1)!.trim().split(/\s+/).map(Number);
  const version = /LAMMPS \(([^)]*)\)/.exec(log)?.[1] ?? '';
  // Step, MaxReplicaForce, MaxAtomForce, GradV0, GradV1, GradVc, EBF, EBR, …
  return { version, force: last[1], forward: last[6], backward: last[7] };
}

const cases: object[] = [];
let madeBy = '';
for (const hop of HOPS) {
  const { version, ...found } = await measure(hop);
  console.log(hop.name, found);
  madeBy = `make.ts with LAMMPS ${version}`;
  cases.push({ name: hop.name, ...found });
}
writeFileSync('test/golden/paths/lammps.json', `${JSON.stringify({ madeBy, cases }, null, 1)}\n`);
