import { z } from 'zod';
import { potentials } from '../../../potentials/registry.ts';
import { calculators } from '../../calculators/registry.ts';
import { filePath } from '../../core/filePath.ts';
import { prototypeSchema } from '../../core/prototypes.ts';
import { positive } from '../../core/quantity.ts';
import { PROPERTIES, SUITE } from '../../properties/suite.ts';

const point = z.tuple([z.number(), z.number(), z.number()]);

const melting = z.strictObject({
  low: positive('temperature'),
  high: positive('temperature').meta({ description: 'the melting point is sought between low and high' }),
  tolerance: positive('temperature').prefault('50 K').meta({ description: 'width of the last bracket' }),
  repeat: z
    .tuple([z.int().min(1), z.int().min(1), z.int().min(2)])
    .default([4, 4, 12])
    .meta({ description: 'cells across and along the normal of the interface' }),
  time: positive('time')
    .prefault('20 ps')
    .meta({ description: 'of a trial; thrice as long where it is undecided' }),
  timestep: positive('time').prefault('2 fs'),
  seed: z.int().nonnegative().default(1),
});

const literature = z.union([
  z.number(),
  z.strictObject({
    value: z.number(),
    source: z.string().optional().meta({ description: 'where it stands' }),
  }),
]);

/** The config of `serendip properties`; everything in it can be left out. */
export const propertiesSchema = z.strictObject({
  base: z
    .string()
    .optional()
    .meta({ description: 'where relative paths start; the folder of the config file' }),
  structure: z
    .union([z.strictObject({ file: filePath('the crystal') }), prototypeSchema])
    .optional()
    .meta({ description: 'the crystal, in one cell' }),
  model: filePath('a model folder, .yaml or .yace').optional(),
  potential: potentials.schema.optional().meta({ description: 'a built-in potential instead of a model' }),
  reference: z
    .union([potentials.schema, calculators.schema])
    .optional()
    .meta({ description: 'a built-in potential or a calculator to be set beside' }),
  only: z.array(z.enum(PROPERTIES.map((p) => p.kind))).optional(),
  size: positive('length')
    .default(SUITE.size)
    .meta({ description: 'least height of cells with a defect and least thickness of slabs' }),
  reach: positive('length')
    .default(SUITE.reach)
    .meta({ description: 'least height of the supercell of phonons' }),
  points: z.record(z.string(), point).optional().meta({
    description:
      'wavevectors by name, in fractions of the reciprocal vectors of the cell (2π/a in cubic cells)',
  }),
  temperature: positive('temperature')
    .default(SUITE.temperature)
    .meta({ description: 'of expansion and heat, quasi-harmonic' }),
  melting: melting.optional().meta({ description: 'by coexistence; measured only with --only melting' }),
  literature: z
    .record(z.string(), literature)
    .default({})
    .meta({ description: 'values by name, in the units of the table: {vacancy: {value: 1.28, source: …}}' }),
});
export type PropertiesConfig = z.output<typeof propertiesSchema>;
