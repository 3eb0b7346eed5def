import { z } from 'zod';
import { positive } from '../core/quantity.ts';

/** The section `strain:` of a config whose integrator is `deform`. */
export const strainSchema = z.strictObject({
  every: z
    .int()
    .positive()
    .default(50)
    .meta({ description: 'steps between points of the stress-strain curve' }),
  component: z.enum(['xx', 'yy', 'zz', 'yz', 'xz', 'xy']).optional().meta({
    description: 'of the curve that is drawn and searched for yield; the first driven one if absent',
  }),
  drop: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .meta({ description: 'share of the stress that must be lost after its maximum to be called yield' }),
  relax: z
    .strictObject({
      force: positive('force').prefault('0.01 eV/Å'),
      stress: positive('pressure').prefault('0.05 GPa'),
      steps: z.int().positive().default(500),
    })
    .optional()
    .meta({
      description:
        'quasi-static: each step of md is an increment of strain, after which atoms (and free sides) are relaxed',
    }),
  reference: z.int().nonnegative().default(0).meta({
    description:
      'runs of the same path, with other seeds, that the reference itself drives: side by side on idle cores, each keeping the frames of output.trajectory in memory',
  }),
});
export type StrainSection = z.output<typeof strainSchema>;
