import { stringify } from 'yaml';
import { heights } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/** Å. */
const THIN = 8;

/** A config for a structure, with a comment to every choice that only its user can make. */
export function scaffold(s: Structure, file: string): string {
  const elements = s.elements.join(', ');
  const repeat = repeatsOf(s);
  const atoms = repeat.reduce((n, k) => n * k, atomCount(s));
  return `version: 1
title: ${s.elements.join('')}, ${atoms} atoms, on the fly

structure:
  file: ${stringify(file).trimEnd()}
  repeat: [${repeat.join(', ')}]  # ${atoms} atoms; in a cell thinner than ${THIN} Å atoms meet their own images

model:  # linear atomic cluster expansion over a ZBL core
  elements: [${elements}]
  cutoff: 5.5 Å
  functionsPerElement: 150

md:
  integrator:
    kind: langevin
    timestep: 1 fs
    temperature: 300 K  # or {from: 300 K, to: 1500 K, over: 20 ps}
    friction: 2 1/ps
    seed: 1
  startTemperature: 300 K
  steps: 20000

uncertainty:
  interval: 10  # steps between two checks of every atom
  measures:
    - {kind: extrapolationGrade, select: 2, pause: 5}  # beyond select remembered, beyond pause the run stops
    - {kind: committeeEnergy}  # no thresholds: only shown

label:
  # The reference: any program that reads {input} and writes the same atoms with energy and forces to {output}, both
  # extended XYZ. With ASE, label.py beside this file is:
  #   import sys; from ase.io import read, write
  #   atoms = read(sys.argv[1]); atoms.calc = ...  # any calculator of ASE
  #   atoms.get_forces(); write(sys.argv[2], atoms)
  # For a rehearsal: {kind: potential, potential: {kind: eam, set: zhou, elements: [Cu]}}
  calculator:
    kind: command
    command: [python3, label.py, '{input}', '{output}']
  timeLimit: 2 h

start:  # what the first generation learns
  rattle: {frames: 8, amplitude: 0.05 Å, strain: 0.01}

stop:
  labels: 100

output:
  directory: run
`;
}

/** How often the cell must stand along each of its edges for no periodic height to be thin. */
function repeatsOf({ cell, periodic }: Structure): number[] {
  const h = heights(cell);
  return periodic.map((p, k) => (p ? Math.max(1, Math.ceil(THIN / h[k])) : 1));
}
