import { z } from 'zod';
import { entry } from '../src/core/registry.ts';
import { common } from './options.ts';
import type { Integrator, SubStep } from './substeps.ts';

/**
 * Constant energy: v += ½Δt F/m, r += Δt v, F(r), v += ½Δt F/m.
 * Swope, Andersen, Berens, Wilson, J. Chem. Phys. 76, 637 (1982).
 * `box` sub-steps change the cell after the first kick, where forces and virial still belong to the positions.
 */
export function verletSteps(box: readonly SubStep[] = []): readonly SubStep[] {
  return [
    { kind: 'kick', fraction: 0.5 },
    ...box,
    { kind: 'drift', fraction: 1 },
    { kind: 'force' },
    { kind: 'kick', fraction: 0.5 },
  ];
}

export const velocityVerlet = entry<Integrator, z.ZodObject<typeof common>>({
  kind: 'velocityVerlet',
  schema: z.object(common),
  create: ({ timestep, seed }) => ({
    kind: 'velocityVerlet',
    timestep,
    seed,
    substeps: verletSteps(),
    conservesMomentum: true,
  }),
});
