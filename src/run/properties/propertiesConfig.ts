import { z } from 'zod';
import { potentials } from '../../../potentials/registry.ts';
import { calculators } from '../../calculators/registry.ts';
import { filePath } from '../../core/filePath.ts';
import { prototypeSchema } from '../../core/prototypes.ts';
import { positive } from '../../core/quantity.ts';
import { PROPERTIES, SUITE } from '../../properties/suite.ts';

const point = z.tuple([z.number(), z.number(), z.number()]);

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
  literature: z
    .record(z.string(), literature)
    .default({})
    .meta({ description: 'values by name, in the units of the table: {vacancy: {value: 1.28, source: …}}' }),
});
export type PropertiesConfig = z.output<typeof propertiesSchema>;
