import { z } from 'zod';
import { entry } from '../src/core/registry.ts';
import { csvrSteps } from './csvr.ts';
import { langevinSteps } from './langevin.ts';
import { barostat, common, pressure, temperature, thermostat } from './options.ts';
import type { Schedule } from './schedule.ts';
import type { CellRescale, Integrator, SubStep } from './substeps.ts';

/** The sub-steps of either thermostat around `box`; `relaxation` in fs is the inverse of Langevin friction. */
export function thermostatted(
  kind: 'csvr' | 'langevin',
  temperature: Schedule,
  relaxation: number,
  box: readonly SubStep[],
): Pick<Integrator, 'substeps' | 'conservesMomentum'> {
  return kind === 'csvr'
    ? { substeps: csvrSteps({ temperature, relaxation }, box), conservesMomentum: true }
    : { substeps: langevinSteps({ temperature, friction: 1 / relaxation }, box), conservesMomentum: false };
}

const schema = z.object({
  ...common,
  temperature,
  pressure,
  ...thermostat,
  ...barostat,
  cell: z.enum(['isotropic', 'anisotropic', 'full']).default('isotropic'),
});

export const npt = entry<Integrator, typeof schema>({
  kind: 'npt',
  schema,
  create(o) {
    const cell: CellRescale = {
      kind: 'cellRescale',
      freedom: o.cell,
      axes: [true, true, true],
      pressure: o.pressure,
      temperature: o.temperature,
      relaxation: o.cellRelaxation,
      bulkModulus: o.bulkModulus,
    };
    return {
      kind: 'npt',
      timestep: o.timestep,
      seed: o.seed,
      ...thermostatted(o.thermostat, o.temperature, o.relaxation, [cell]),
    };
  },
});
