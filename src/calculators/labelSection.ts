import { z } from 'zod';
import { filePath } from '../core/filePath.ts';
import { positive } from '../core/quantity.ts';
import { hygieneSchema } from './hygiene.ts';
import { calculators } from './registry.ts';

/** The section `label:` of a config. */
export const labelSchema = z.strictObject({
  calculator: calculators.schema,
  timeLimit: positive('wallTime')
    .prefault('2 h')
    .meta({ description: 'wall time after which a calculation is ended and put into quarantine' }),
  retries: z.int().min(0).max(10).default(1).meta({
    description: 'further attempts after one that failed; a calculation that ran out of time is not repeated',
  }),
  hygiene: hygieneSchema.prefault({}),
  directory: filePath(
    'where finished labels and failed calculations are kept, if not in the run directory; runs may share it',
  ).optional(),
  keepJobs: z.boolean().default(false).meta({ description: 'keep the files of calculations that went well' }),
});
export type LabelSection = z.output<typeof labelSchema>;
