import { z } from 'zod';
import { positive } from '../core/quantity.ts';
import { strategies } from '../select/registry.ts';

/** The config section `extract:`, lengths in Å, forces in eV/Å. */
export const extractSchema = z.strictObject({
  strategy: strategies.schema
    .default({ kind: 'dOptimal' })
    .meta({ description: 'which of the flagged environments are labelled first' }),
  maxPerPause: z.int().min(1).default(4).meta({ description: 'structures labelled at one pause, at most' }),
  wholeCellUpTo: z
    .int()
    .min(0)
    .default(256)
    .meta({ description: 'cells of at most so many atoms are labelled whole' }),
  wholeCellAtMost: z
    .int()
    .min(0)
    .default(1000)
    .meta({ description: 'where no cut is good enough, cells of at most so many atoms are labelled whole' }),
  core: positive('length')
    .optional()
    .meta({
      description:
        'atoms this close to the flagged one stay exactly where they were; at least the cutoff. ' +
        'Twice the cutoff (if absent) makes its force exact; less makes labels cheaper and forceTolerance decides',
    }),
  buffer: positive('length')
    .prefault('2 Å')
    .meta({ description: 'what is relaxed between the core and the seam' }),
  enlargeBy: positive('length')
    .prefault('2 Å')
    .meta({ description: 'added to the buffer when a cut is refused' }),
  tries: z.int().min(1).default(3).meta({ description: 'sizes tried, of patches and then of clusters' }),
  relaxSteps: z.int().min(0).default(20).meta({ description: 'steps of relaxation of the buffer, at most' }),
  forceTolerance: positive('force')
    .prefault('0.05 eV/Å')
    .meta({ description: 'largest difference of a core force between the cut and the whole cell' }),
  bufferGrade: z.number().positive().default(10).meta({
    description: 'how many times stranger than the flagged atom, or than it was before, the buffer may be',
  }),
  clash: z.number().positive().default(0.7).meta({
    description: 'atoms closer than this fraction of their covalent radii across the seam: one is removed',
  }),
  tooClose: z.number().positive().default(0.4).meta({
    description: 'a structure with atoms closer than this fraction of their covalent radii is never labelled',
  }),
  duplicate: z.number().min(0).default(0.01).meta({
    description: 'environments whose scaled projections differ by less than this fraction are one',
  }),
  volumeGain: z
    .number()
    .min(1)
    .default(2)
    .meta({ description: 'a further label must multiply the volume of the active set by more than this' }),
});
export type ExtractOptions = z.output<typeof extractSchema>;
