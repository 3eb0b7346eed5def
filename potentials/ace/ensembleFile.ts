import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import type { Parameters } from '../learnable.ts';
import { type LearnableAce, learnableAce, parametersOf } from './ace.ts';
import { type AceModel, isLinear } from './model.ts';
import { isNonlinear, nonlinearAce } from './nonlinearAce.ts';
import { readPacemaker } from './pacemaker.ts';
import { writePacemaker } from './pacemakerWrite.ts';
import { PROJECTION_KINDS } from './projections.ts';

/** What a generation's .yaml cannot hold: E₀, the members, and the ZBL repulsion under the expansion. */
const ensembleSchema = z.strictObject({
  format: z.literal('serendip-ensemble'),
  version: z.literal(1),
  elements: z.array(z.string()),
  /** eV. */
  e0: z.array(z.number()),
  mean: z.array(z.number()),
  members: z.array(z.array(z.number())),
  /** Å, by ordered pair as in `pair_style zbl inner outer`; null without core repulsion. */
  zbl: z
    .array(z.strictObject({ pair: z.tuple([z.string(), z.string()]), inner: z.number(), outer: z.number() }))
    .nullable(),
  /** Of a nonlinear model, whose coefficients lie density by density: what its projections are. */
  projections: z.enum(PROJECTION_KINDS).optional(),
});

/** ensemble.json; together with {@link aceToYaml} it restores the potential bit by bit. */
export function writeEnsemble(potential: LearnableAce): string {
  const { elements, parameters, model } = potential;
  const S = elements.length;
  const content: z.input<typeof ensembleSchema> = {
    format: 'serendip-ensemble',
    version: 1,
    elements: [...elements],
    e0: Array.from(parameters.e0),
    mean: Array.from(parameters.mean),
    members: parameters.members.map((c) => Array.from(c)),
    zbl:
      model.baseline?.map((range, k) => ({
        pair: [elements[Math.floor(k / S)], elements[k % S]],
        ...range,
      })) ?? null,
    ...(isNonlinear(potential) && { projections: potential.projectionKind }),
  };
  return `${JSON.stringify(content)}\n`;
}

/** The model with the coefficients of the mean, as pacemaker's .yaml. */
export function aceToYaml(potential: LearnableAce): string {
  return writePacemaker(potential.model);
}

/**
 * Puts potential.yaml and ensemble.json together; `folder` names where they lie in errors. Throws a UserError when they
 * do not belong to each other.
 */
export function readLearnable(yaml: string, ensemble: string, folder = '.'): LearnableAce {
  const file = `${folder}/ensemble.json`;
  const content = parseEnsemble(ensemble, file);
  const read = content.projections ? readPacemaker : aceFromYaml;
  const bare = read(yaml, `${folder}/potential.yaml`);
  if (content.elements.join() !== bare.elements.join())
    throw new UserError(
      `${file} elements: got ${content.elements.join(' ')}, must be ${bare.elements.join(' ')} as in the .yaml; use files of one generation`,
    );
  const model = { ...bare, ...(content.zbl && { baseline: baselineOf(bare, content.zbl, file) }) };
  const parameters: Parameters = {
    e0: Float64Array.from(content.e0),
    mean: Float64Array.from(content.mean),
    members: content.members.map((c) => Float64Array.from(c)),
  };
  checkShape(bare, parameters, file);
  return content.projections
    ? nonlinearAce(model, content.projections, parameters)
    : learnableAce(model, parameters);
}

/** A linear .yaml. Throws a UserError for one that is not linear in its coefficients. */
export function aceFromYaml(yaml: string, file = 'potential.yaml'): AceModel {
  const model = readPacemaker(yaml, file);
  if (!isLinear(model))
    throw new UserError(
      `${file}: must be linear to be taught (one FinnisSinclairShiftedScaled density, weight 1, exponent 1, no core-repulsion); use it as a fixed potential instead`,
    );
  return model;
}

function parseEnsemble(text: string, file: string): z.output<typeof ensembleSchema> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${file}: is not JSON (${(cause as Error).message}); it may be cut short`);
  }
  const parsed = ensembleSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(
    `${file}: is not as this program writes it (at '${issue.path.join('.')}'); use the file of a model folder`,
  );
}

function baselineOf(
  { elements }: AceModel,
  ranges: readonly { pair: readonly [string, string]; inner: number; outer: number }[],
  file: string,
): NonNullable<AceModel['baseline']> {
  return elements.flatMap((a) =>
    elements.map((b) => {
      const found = ranges.find(({ pair }) => pair[0] === a && pair[1] === b);
      if (!found)
        throw new UserError(`${file} zbl: pair ${a} ${b} is missing; use a file written by this program`);
      return { inner: found.inner, outer: found.outer };
    }),
  );
}

function checkShape(bare: AceModel, { e0, mean, members }: Parameters, file: string): void {
  const { elements } = bare;
  const carried = parametersOf(bare).mean;
  const fail = (key: string, got: number, rule: string): never => {
    throw new UserError(`${file} ${key}: got ${got} numbers, must be ${rule}; use files of one generation`);
  };
  if (e0.length !== elements.length) fail('e0', e0.length, `${elements.length}, one per element`);
  for (const c of [mean, ...members])
    if (c.length !== carried.length)
      fail('mean', c.length, `${carried.length}, one per coefficient of the .yaml`);
  if (mean.some((c, v) => c !== carried[v]))
    throw new UserError(
      `${file} mean: differs from the coefficients in the .yaml; use files of one generation`,
    );
}
