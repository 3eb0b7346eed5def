import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { potentials } from '../../potentials/registry.ts';
import { volume } from '../core/cell.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import { quantity } from '../core/quantity.ts';
import { entry } from '../core/registry.ts';
import type { Structure } from '../core/structure.ts';
import type { Calculator, Label } from './calculator.ts';
import type { MakeCalculator } from './factory.ts';
import { fingerprint } from './fingerprint.ts';

const schema = z.object({
  potential: potentials.schema,
  delay: quantity('wallTime')
    .prefault('0 s')
    .meta({ description: 'wall time added to every label, so that it costs like the real thing' }),
});

/** A classical potential that poses as the expensive reference: for examples, tests and rehearsals. */
export const potential = entry<MakeCalculator, typeof schema>({
  kind: 'potential',
  schema,
  create: (options) => (context) => ({
    ...potentialCalculator(potentials.create(options.potential), options.delay),
    fingerprint: fingerprint('potential', options.potential, [context.folder, '.']),
  }),
});

/** `delay` in seconds. */
export function potentialCalculator(truth: Potential, delay = 0): Calculator {
  return {
    kind: 'potential',
    elements: truth.elements,
    fingerprint: fingerprint('potential', truth.kind, []),
    async label(s, { signal }) {
      if (delay > 0) await pause(1000 * delay, undefined, { signal });
      signal.throwIfAborted();
      return labelByPotential(truth, s);
    },
  };
}

/** Stress comes with it where all three directions are periodic. */
export function labelByPotential(truth: Potential, s: Structure): Label {
  const e = truth.evaluate(s, buildNeighbours(s, truth.cutoff), ['forces', 'virial']);
  const { energy, forces, virial } = e;
  if (!s.periodic.every((p) => p)) return { energy, forces };
  const v = volume(s.cell);
  return { energy, forces, stress: Float64Array.from([0, 4, 8, 5, 2, 1], (k) => -virial[k] / v) };
}
