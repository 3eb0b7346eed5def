import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { FitConfig, FitModelRequest, ModelRequest } from '../config/schema.ts';
import { atomCount } from '../core/structure.ts';
import { chooseCutoff } from '../learn/chooseCutoff.ts';
import { chooseRadial, type RadialChoice } from '../learn/chooseRadial.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { modelEvidence } from '../learn/modelEvidence.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { firstE0 } from '../learn/trainer.ts';

/** Functions of a fit, shared out among the elements. */
const FUNCTIONS = 1000;

/** Functions with which cutoffs are compared, shared out likewise. */
const TRIAL_FUNCTIONS = 300;

/**
 * What a fit is to teach, with all that the request leaves open filled in from the data; `optimiseRadial`: its radial base, too. Throws a
 * UserError.
 */
export function fitModel(
  request: FitModelRequest,
  frames: readonly LabelledFrame[],
  train: Pick<TrainOptions, 'weights' | 'e0'>,
  { optimiseRadial = false } = {},
): ModelRequest {
  if ('file' in request) return request;
  const elements = request.elements ?? elementsOf(frames);
  const share = (functions: number) => Math.max(1, Math.round(functions / elements.length));
  const { nradmax, lmax, functionsPerElement } = request;
  const sized = [nradmax, lmax, functionsPerElement, request.ladder].some((size) => size !== undefined);
  const whole = { ...request, elements, ...(sized ? {} : { ladder: share(FUNCTIONS) }) };
  const trial = {
    ...aceRequestSchema.parse({ elements, cutoff: '5 Å' }),
    ladder: Math.min(share(TRIAL_FUNCTIONS), request.ladder ?? Infinity),
  };
  const modelOf = (cutoff: number, radial: RadialChoice = request) =>
    createAce({ ...trial, ...radialOf(radial), core: request.core, cutoff });
  const e0Of = (model: LearnablePotential) => firstE0(frames, train, model);
  const cutoff = request.cutoff ?? chooseCutoff(frames, modelOf, e0Of, train.weights);
  const radial = optimiseRadial
    ? chooseRadial((choice) => modelEvidence(modelOf(cutoff, choice), frames, e0Of, train.weights))
    : request;
  return { ...whole, ...radialOf(radial), cutoff };
}

function radialOf({ radialBase, lambda }: RadialChoice): RadialChoice {
  return { radialBase, lambda };
}

/** eV/atom: no solid is bound more strongly; total energies of electrons lie far below. */
const STRONGEST = -15;

/**
 * What settles E₀ where that is left to the data. Energies that count from free atoms keep their zero: a model that makes all of the
 * cohesion itself knows more of surfaces (molybdenum, of a published benchmark: 2.0 meV/atom instead of 2.6).
 */
export function fitTrain(
  train: FitConfig['train'] | TrainOptions,
  frames: readonly LabelledFrame[],
): TrainOptions {
  if (train.e0 !== 'auto') return { ...train, e0: train.e0 };
  const fromAtoms = frames.every(({ structure, label }) => {
    const each = label.energy / atomCount(structure);
    return each > STRONGEST && each <= 0;
  });
  return {
    ...train,
    e0: fromAtoms ? Object.fromEntries(elementsOf(frames).map((symbol) => [symbol, 0])) : 'fit',
  };
}

/** Those that atoms have, in order. */
function elementsOf(frames: readonly LabelledFrame[]): string[] {
  const found = new Set<string>();
  for (const { structure: s } of frames) for (const k of s.species) found.add(s.elements[k]);
  return [...found].sort();
}
