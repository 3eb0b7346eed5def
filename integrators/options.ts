import { z } from 'zod';
import { positive, quantity } from '../src/core/quantity.ts';
import { schedule } from './schedule.ts';

/** Above this no bond of any material is resolved. */
const LONGEST_TIMESTEP = 10;

const timestep = quantity('time').refine((dt) => dt > 0 && dt <= LONGEST_TIMESTEP, {
  error: ({ input }) => `got ${input} fs, must be > 0 and ≤ ${LONGEST_TIMESTEP} fs`,
});

/** What every integrator is asked for. */
export const common = {
  timestep,
  seed: z.int().nonnegative().default(0).meta({ description: 'of all noise' }),
};

/** K against time. */
export const temperature = schedule(positive('temperature'));

/** Pressure against time, positive under compression. */
export const pressure = schedule(quantity('pressure'));

/** How the velocities are kept at temperature where another sub-step changes the cell. */
export const thermostat = {
  thermostat: z.enum(['csvr', 'langevin']).default('csvr'),
  relaxation: positive('time')
    .prefault('100 fs')
    .meta({ description: 'of the kinetic energy; its inverse is the Langevin friction' }),
};

/** How a barostat follows its pressure. */
export const barostat = {
  cellRelaxation: positive('time').prefault('1 ps').meta({ description: 'of the volume' }),
  bulkModulus: positive('pressure')
    .prefault('100 GPa')
    .meta({ description: 'a guess: it sets how fast the cell moves, never where it settles' }),
};
