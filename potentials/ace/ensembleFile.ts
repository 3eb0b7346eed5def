import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import type { Parameters } from '../learnable.ts';
import { type LearnableAce, learnableAce } from './ace.ts';
import type { ZblRange } from './model.ts';
import { readPacemaker } from './pacemaker.ts';
import { writePacemaker } from './pacemakerWrite.ts';

/**
 * What a taught ensemble is beside its .yaml file: E₀, core repulsion, driving coefficients and members. Numbers are
 * written so that they read back bitwise.
 */
const schema = z.strictObject({
  format: z.literal(1),
  elements: z.array(z.string()).min(1),
  /** eV by element. */
  e0: z.array(z.number()),
  /** Å, one entry an ordered pair of elements; [] without core repulsion. */
  zbl: z.array(z.strictObject({ inner: z.number(), outer: z.number() })),
  mean: z.array(z.number()),
  members: z.array(z.array(z.number())),
});

export interface EnsembleFiles {
  /** The driving potential as pacemaker writes it. */
  readonly yaml: string;
  readonly json: string;
}

export function writeEnsemble({ model, parameters }: LearnableAce): EnsembleFiles {
  const { e0, mean, members } = parameters;
  const stored: z.output<typeof schema> = {
    format: 1,
    elements: [...model.elements],
    e0: Array.from(e0),
    zbl: model.baseline?.map(({ inner, outer }) => ({ inner, outer })) ?? [],
    mean: Array.from(mean),
    members: members.map((c) => Array.from(c)),
  };
  return { yaml: writePacemaker(model), json: `${JSON.stringify(stored)}\n` };
}

/** Throws a UserError where the two files do not fit together; `folder` names them in it. */
export function readEnsemble({ yaml, json }: EnsembleFiles, folder = 'model'): LearnableAce {
  const file = `${folder}/ensemble.json`;
  const read = schema.safeParse(parsed(json, file));
  if (!read.success) {
    const { path, message } = read.error.issues[0];
    throw new UserError(
      `${file} ${path.join('.')}: ${message}; restore the file that was written with the potential`,
    );
  }
  const { elements, e0, zbl, mean, members } = read.data;
  const model = readPacemaker(yaml, `${folder}/potential.yaml`);
  if (model.elements.join() !== elements.join() || e0.length !== elements.length)
    throw new UserError(
      `${file} elements: got ${elements}, must be ${model.elements} as in potential.yaml; use files of one model`,
    );
  const parameters: Parameters = {
    e0: Float64Array.from(e0),
    mean: Float64Array.from(mean),
    members: members.map((c) => Float64Array.from(c)),
  };
  const functions = model.centres.reduce((sum, c) => sum + c.functions.length, 0);
  for (const c of [mean, ...members])
    if (c.length !== functions)
      throw new UserError(
        `${file}: got ${c.length} coefficients, must be ${functions} as in potential.yaml; use files of one model`,
      );
  return learnableAce(withBaseline(model, zbl), parameters);
}

function withBaseline<M extends object>(
  model: M,
  zbl: readonly ZblRange[],
): M & { baseline?: readonly ZblRange[] } {
  return zbl.length > 0 ? { ...model, baseline: zbl } : model;
}

function parsed(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(`${file}: is not JSON (${(error as Error).message}); restore the file`);
  }
}
