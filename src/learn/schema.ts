import { z } from 'zod';
import { positive, quantity } from '../core/quantity.ts';
import { weightsSchema } from './weights.ts';

const section = <S extends z.ZodObject>(schema: S) => schema.prefault({} as z.input<S>);

export const ensembleSchema = z.strictObject({
  kind: z
    .enum(['bootstrap', 'posterior', 'pops', 'randomBasis'])
    .default('bootstrap')
    .describe('what makes the members differ'),
  members: z.int().min(1).max(64).default(8).describe('members of the ensemble'),
  seed: z.int().nonnegative().default(1).describe('seed of the members'),
  fraction: z
    .number()
    .min(0.1)
    .max(0.99)
    .default(0.8)
    .describe('of the basis functions that a member of kind randomBasis has'),
});

export const activeSetSchema = z.strictObject({
  tolerance: z
    .number()
    .gt(1)
    .max(2)
    .default(1.001)
    .describe('factor by which a swap must enlarge the volume'),
  unseen: z
    .number()
    .positive()
    .max(0.1)
    .default(1e-3)
    .describe('reach below which a direction counts as never seen, relative to the largest seen'),
  clusters: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'local active sets of an element, before small ones are merged; none, or 8 where a run asks for localGrade',
    ),
  restarts: z.int().min(1).max(8).default(1).describe('choices that a local grade is the mean of'),
  seed: z.int().nonnegative().default(1).describe('seed of the clusters'),
});

export const boundsSchema = z.strictObject({
  forceRmse: positive('force')
    .prefault('0.5 eV/Å')
    .describe('training error of forces that is still accepted'),
  energyRmse: positive('energyPerAtom')
    .prefault('0.1 eV/atom')
    .describe('training error of energies that is still accepted'),
  dimerEnergy: quantity('energy')
    .prefault('1 eV')
    .describe('least repulsion of every dimer at half the sum of the covalent radii'),
  forceConsistency: z
    .number()
    .positive()
    .default(1e-4)
    .describe('largest relative difference of forces from central differences of the energy'),
});

const e0Given = z.union([z.literal('fit'), z.record(z.string(), quantity('energy'))]);

/** Where a data set is fitted once, all of it says which. */
export const fitE0Schema = z
  .union([z.literal('auto'), e0Given])
  .default('auto')
  .describe(
    'energy of each element; auto: 0 where all energies look like those counted from free atoms, else as fit',
  );

/** The `train` section of a run. */
export const trainSchema = z.strictObject({
  weights: section(weightsSchema),
  ensemble: section(ensembleSchema),
  regularisation: z
    .union([z.literal('evidence'), z.number().positive()])
    .default('evidence')
    .describe('strength λ of the smoothness prior, or how it is chosen'),
  e0: e0Given
    .default('fit')
    .describe('energy of each element; fit: least squares over the first frames, then fixed'),
  corePrior: z
    .boolean()
    .default(true)
    .describe('hold close pairs to the core repulsion where no data say otherwise'),
  activeSet: section(activeSetSchema),
  bounds: section(boundsSchema),
});
export type TrainOptions = z.output<typeof trainSchema>;
