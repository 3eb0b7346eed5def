import { stringify } from 'yaml';
import { heights } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/** A config for a structure, with a comment to every choice that only its user can make. */
export function scaffold(s: Structure, file: string): string {
  const elements = s.elements.join(', ');
  const thin = s.periodic.some((p, k) => p && heights(s.cell)[k] < 8);
  return `version: 1
title: ${s.elements.join('')}, ${atomCount(s)} atoms, on the fly

structure:
  file: ${stringify(file).trimEnd()}${thin ? '\n  repeat: [1, 1, 1]  # the cell is thinner than 8 Å: repeat it, or defects meet their own images' : ''}

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
  # The reference. Any program that reads extended XYZ and writes energy and forces will do:
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
