import { z } from 'zod';
import { integrators } from '../../integrators/registry.ts';
import { aceRequestSchema } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { backends } from '../backend/registry.ts';
import { biases } from '../bias/registry.ts';
import { labelSchema } from '../calculators/labelSection.ts';
import { filePath } from '../core/filePath.ts';
import { prototypeSchema } from '../core/prototypes.ts';
import { positive, quantity } from '../core/quantity.ts';
import { accelerations } from '../events/acceleration.ts';
import { extractSchema } from '../extract/options.ts';
import { fitE0Schema, trainSchema } from '../learn/schema.ts';
import { fitWeightsSchema } from '../learn/weights.ts';
import { measures } from '../uncertainty/registry.ts';
import { eventsSchema, mdEventsSchema } from './eventsSection.ts';
import { strainSchema } from './strainSection.ts';

const every = (steps: number) => z.int().positive().default(steps);
const describe = <T extends z.ZodType>(schema: T, description: string): T => schema.meta({ description });

const fileStructure = z.strictObject({
  file: filePath('extended XYZ, POSCAR, LAMMPS data or CIF'),
  frame: describe(z.int().optional(), 'of an extended XYZ file with several, from 1; -1 is the last'),
  repeat: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]).default([1, 1, 1]),
});

const structure = z.union([fileStructure, prototypeSchema]);

const fileModel = z
  .strictObject({
    file: filePath('a .yaml of pacemaker, or a model folder, whose basis is taught'),
    keep: describe(z.boolean().default(true), 'hold to its coefficients where no data say otherwise'),
    activeSet: filePath('its .asi, whose environments count as known').optional(),
  })
  .refine(({ keep, activeSet }) => keep || activeSet === undefined, {
    path: ['activeSet'],
    message: 'must go with keep: true; coefficients that are given up know nothing',
  });

const model = z.union([fileModel, aceRequestSchema]);
export type ModelRequest = z.output<typeof model>;

const fitModel = z.union([fileModel, aceRequestSchema.partial({ elements: true, cutoff: true })]);
/** What is left out is chosen from the data. */
export type FitModelRequest = z.output<typeof fitModel>;

const md = z.strictObject({
  integrator: integrators.schema,
  steps: describe(z.int().positive(), 'length of the run'),
  startTemperature: describe(quantity('temperature'), 'of the Maxwell-Boltzmann velocities at step 0'),
  acceleration: describe(
    accelerations.schema.optional(),
    'covers more time between rare events; steps are those of the clock, basins are told apart as in `events`',
  ),
});

const threshold = (description: string) => describe(z.number().positive().optional(), description);

/** A measure without thresholds is shown and recorded, and stops nothing. */
const watched = measures
  .schemaWith({
    select: threshold('environments beyond this grade are remembered'),
    pause: threshold('beyond this grade the run stops to learn'),
  })
  .refine(({ select, pause }) => (select === undefined) === (pause === undefined), {
    message: 'must have both `select` and `pause`, or neither to be watched only; add the other',
  })
  .refine(({ select = 0, pause = Number.POSITIVE_INFINITY }) => pause >= select, {
    message: 'must have pause ≥ select; raise `pause` or lower `select`',
  });

const uncertainty = z.strictObject({
  interval: describe(every(10), 'steps between two gradings of every atom'),
  targetForceError: describe(
    positive('force').optional(),
    'what atoms may be off by; the thresholds of the first measure that stops the run begin as given and then follow from labels',
  ),
  measures: z
    .array(watched)
    .refine((all) => all.some(({ pause }) => pause !== undefined), {
      message: 'must hold a measure with `select` and `pause`, or nothing would ever stop the run; add them',
    })
    .refine((all) => new Set(all.map(({ kind }) => kind)).size === all.length, {
      message: 'must hold each measure once; leave the second out',
    })
    .default([{ kind: 'extrapolationGrade', select: 2, pause: 5 }, { kind: 'committeeEnergy' }]),
});

const start = z
  .strictObject({
    rattle: z
      .strictObject({
        frames: z.int().positive(),
        amplitude: describe(positive('length'), 'standard deviation of each coordinate'),
        strain: describe(
          z.number().min(0).max(0.2).default(0),
          'standard deviation of each strain component',
        ),
        repeat: describe(
          z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]).optional(),
          "cells along each axis, instead of the structure's own: large cells teach nothing more of a crystal",
        ),
        seed: z.int().nonnegative().default(1),
      })
      .optional(),
    dataset: filePath('extended XYZ with labels').optional(),
  })
  .refine((s) => s.rattle !== undefined || s.dataset !== undefined, {
    message: 'must hold `rattle` or `dataset`',
  });

const stop = z.strictObject({
  labels: describe(z.int().positive().default(100), 'label budget, starting data included'),
  pauses: z.int().positive().default(1000),
});

const output = z.strictObject({
  directory: describe(z.string().default('run'), 'of the run; relative to where serendip is called'),
  thermo: every(10),
  trajectory: every(100),
  checkpoint: every(500),
});

const validate = z.strictObject({
  frames: describe(z.int().positive().default(50), 'of a trajectory driven by the reference itself'),
  seed: describe(z.int().nonnegative().default(1000), 'of that trajectory'),
  control: describe(z.boolean().default(true), 'repeat the run with the starting ensemble and no pauses'),
});

/** A kind alone, or with its options. */
const backend = z.union([
  z.enum(backends.entries.map((e) => e.kind) as [string, ...string[]]),
  backends.schema,
]);

/** A section that goes with another. */
const strains = {
  holds: ({ strain, md }: { strain?: unknown; md: { integrator: { kind: string } } }) =>
    strain === undefined || md.integrator.kind === 'deform',
  rule: { path: ['strain'], message: 'must go with md.integrator.kind: deform, which strains the cell' },
};

const common = {
  version: z.literal(1),
  title: z.string(),
  base: describe(z.string().optional(), 'where relative paths start; the folder of the config file'),
  structure,
  md,
  backend: backend.default('wasm'),
  strain: describe(
    strainSchema.optional(),
    'what a run with the integrator `deform` leaves beside the others',
  ),
  output: output.prefault({}),
};

/** A run that learns: `serendip run`. */
export const runSchema = z
  .strictObject({
    ...common,
    md: md.extend({
      bias: describe(
        biases.schema.optional(),
        'drives the run to where its ensemble knows little; its energy counts as potential energy',
      ),
    }),
    model,
    uncertainty: uncertainty.prefault({}),
    extract: extractSchema.prefault({}),
    label: labelSchema,
    train: trainSchema.prefault({}),
    start,
    events: describe(eventsSchema.optional(), 'rare events are looked for'),
    stop: stop.prefault({}),
    share: filePath(
      'a folder of runs that learn each other’s labels; serendip campaign makes one',
    ).optional(),
    shareAt: describe(
      z.enum(['checkpoints', 'pauses']).default('checkpoints'),
      'when it looks for them: as well at its checkpoints, or only where it teaches itself',
    ),
    validate: validate.optional(),
  })
  .refine(strains.holds, strains.rule)
  .refine(({ md }) => md.bias === undefined || md.acceleration === undefined, {
    path: ['md', 'bias'],
    message: 'must not go with md.acceleration, whose clock it would spoil; remove one of them',
  })
  .refine(({ md, strain }) => md.bias === undefined || strain?.relax === undefined, {
    path: ['md', 'bias'],
    message: 'must not go with strain.relax, where nothing moves by itself; remove one of them',
  })
  .refine(({ train }) => train.ensemble.members > 1, {
    path: ['train', 'ensemble', 'members'],
    message: 'must be ≥ 2: the members disagree where they know too little',
  })
  .refine(({ extract, model }) => 'file' in model || (extract.core ?? model.cutoff) >= model.cutoff, {
    path: ['extract', 'core'],
    message: 'must be ≥ model.cutoff; leave it out for twice the cutoff',
  });

/** Plain molecular dynamics with a given potential: `serendip md`. */
export const mdSchema = z
  .strictObject({
    ...common,
    potential: potentials.schema,
    events: describe(mdEventsSchema.optional(), 'rare events are looked for'),
  })
  .refine(strains.holds, strains.rule);

/** Fitting to a data set: `serendip fit`. */
export const fitSchema = z.strictObject({
  version: z.literal(1),
  title: z.string(),
  base: common.base,
  model: describe(fitModel.prefault({}), 'elements and cutoff left out are those of the data'),
  train: trainSchema.extend({ weights: fitWeightsSchema.prefault({}), e0: fitE0Schema }).prefault({}),
});

export type RunConfig = z.output<typeof runSchema>;
export type MdConfig = z.output<typeof mdSchema>;
export type FitConfig = z.output<typeof fitSchema>;
