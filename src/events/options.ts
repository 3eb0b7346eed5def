import { z } from 'zod';
import { positive } from '../core/quantity.ts';

/** What the config section `events:` says of detection; lengths in Å, forces in eV/Å. */
export const detectionShape = {
  every: z.int().positive().default(20).meta({
    description: 'steps between two frames that are kept: how closely an event is bracketed in time',
  }),
  quench: z.int().positive().default(200).meta({
    description: 'steps between two searches for a new basin, a multiple of every',
  }),
  persist: z.int().positive().default(2).meta({
    description:
      'searches in a row that must find the old basin left; what comes back sooner is a recrossing',
  }),
  moved: positive('length').optional().meta({
    description:
      'an atom at rest this far from its place has moved; 0.4 of the nearest-neighbour distance if absent',
  }),
  shifted: positive('length').optional().meta({
    description:
      'as moved, for atoms whose neighbours have changed; 0.15 of the nearest-neighbour distance if absent',
  }),
  relax: z
    .strictObject({
      force: positive('force').prefault('0.02 eV/Å'),
      steps: z.int().positive().default(300),
    })
    .prefault({})
    .meta({ description: 'when a copy of a frame is at rest, and the evaluations that may take' }),
  wholeUpTo: z.int().min(0).default(2000).meta({
    description: 'cells of at most so many atoms are quenched whole; in larger ones only what has moved is',
  }),
  wholeEvery: z.int().min(0).default(4000).meta({
    description: 'steps between two quenches of the whole of a larger cell, a multiple of quench; 0: none',
  }),
  screen: positive('length')
    .optional()
    .meta({
      description:
        'larger cells: an atom this far from its place in the mean over the last frames is looked at; ' +
        '0.25 of the nearest-neighbour distance if absent',
    }),
  radius: positive('length').optional().meta({
    description:
      'larger cells: what is quenched around such atoms; three nearest-neighbour distances if absent',
  }),
  collective: z.number().gt(0).lte(1).default(0.3).meta({
    description: 'share of all atoms; where more have moved at once it is no single event but, say, melting',
  }),
  asleep: z.int().positive().default(10).meta({
    description:
      'after that, only every so many-th search looks whether the structure has come to rest again',
  }),
};

/** Whether the numbers of steps divide each other as they must; what is wrong otherwise. */
export function stepsProblem(
  o: Pick<DetectionOptions, 'every' | 'quench' | 'wholeEvery'>,
): string | undefined {
  if (o.quench % o.every !== 0)
    return `quench: got ${o.quench}, must be a multiple of every (${o.every}); frames are looked at then only`;
  if (o.wholeEvery % o.quench !== 0)
    return `wholeEvery: got ${o.wholeEvery}, must be a multiple of quench (${o.quench}) or 0`;
  return undefined;
}

export const detectionSchema = z.strictObject(detectionShape).superRefine((o, context) => {
  const message = stepsProblem(o);
  if (message) context.addIssue({ code: 'custom', message });
});
export type DetectionOptions = z.output<z.ZodObject<typeof detectionShape>>;
