import { existsSync, readFileSync, statSync } from 'node:fs';
import { type LearnableAce, learnableAce } from '../../potentials/ace/ace.ts';
import { type ActiveSetMatrix, activeSetKind, readActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { createAce, overUsualCore } from '../../potentials/ace/createAce.ts';
import { isLinear, lacksCore } from '../../potentials/ace/model.ts';
import { isNonlinear, type NonlinearAce, nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import type { ProjectionKind } from '../../potentials/ace/projections.ts';
import type { ModelRequest } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { knownEnvironments } from '../learn/knownEnvironments.ts';
import { learningOn } from '../learn/learningOn.ts';
import { createRefiner } from '../learn/refine.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { createTrainer } from '../learn/trainer.ts';
import { loadModel } from './modelFolder.ts';
import type { Trainer } from './parts.ts';

type FileRequest = Extract<ModelRequest, { readonly file: string }>;

/**
 * The model a run or fit will teach: a new one, or that of a .yaml or of a model folder, with `keep` from its coefficients on
 * and else its basis alone; one that is not linear is refined. A .yaml without repulsion gets that of new models. Throws a
 * UserError.
 */
export function startingModel(request: ModelRequest): LearnableAce {
  if (!('file' in request)) return createAce(request);
  const start = givenModel(request.file);
  if (isNonlinear(start)) return refinedModel(start, request);
  if (request.keep) return learningOn(start);
  const { elements, functionCount } = start;
  return start.withParameters({
    e0: new Float64Array(elements.length),
    mean: new Float64Array(functionCount),
    members: [],
  });
}

/** What teaches a starting model, which is taken to know the environments of its active set. Throws a UserError. */
export function trainerOf(options: TrainOptions, model: LearnableAce, request: ModelRequest): Trainer {
  const given = 'file' in request ? activeSetOf(model, request) : undefined;
  const sets = given ? model.elements.map((symbol) => given.sets.get(symbol)!) : [];
  if (isNonlinear(model)) {
    const { kind } = options.ensemble;
    if (kind === 'pops' || kind === 'randomBasis')
      throw new UserError(
        `train.ensemble.kind: got ${kind} for a model that is not linear in its coefficients, must be bootstrap or posterior; take one of them`,
      );
    return createRefiner(options, model, sets);
  }
  const known = sets.map(({ size, inverse }, k) =>
    knownEnvironments(size, inverse, `${given!.file} ${model.elements[k]}`),
  );
  return createTrainer(options, model, known);
}

/** Its projections become what the active set is made of. */
function refinedModel(start: NonlinearAce, request: FileRequest): NonlinearAce {
  if (!request.keep)
    throw new UserError(
      `model.keep: got false, must be true for '${request.file}', which is not linear in its coefficients and can only be refined from them; leave it out`,
    );
  const given = activeSetOf(start, request);
  return given ? nonlinearAce(start.model, given.kind, start.parameters) : start;
}

interface GivenSets {
  readonly file: string;
  readonly sets: ReadonlyMap<string, ActiveSetMatrix>;
  readonly kind: ProjectionKind;
}

function activeSetOf(
  { model, elements }: LearnableAce,
  { activeSet: file }: FileRequest,
): GivenSets | undefined {
  if (file === undefined) return undefined;
  if (!existsSync(file))
    throw new UserError(
      `model.activeSet: '${file}' is not there; name the .asi of the model, or leave it out`,
    );
  const sets = readActiveSets(readFileSync(file), file);
  const sizes = model.centres.map(({ functions, embedding }, a) => ({
    symbol: elements[a],
    functions: functions.length,
    densities: embedding.prefactors.length,
  }));
  return { file, sets, kind: activeSetKind(sets, sizes, file) };
}

function givenModel(path: string): LearnableAce {
  if (!existsSync(path))
    throw new UserError(`model.file: '${path}' is not there; name a model folder or a .yaml`);
  if (statSync(path).isDirectory()) return loadModel(path).potential;
  if (!/\.ya?ml$/i.test(path))
    throw new UserError(
      `model.file: got '${path}', must be a model folder or a .yaml: couplings cannot be told from a .yace`,
    );
  const read = readPacemaker(readFileSync(path, 'utf8'), path);
  const model = lacksCore(read) ? overUsualCore(read) : read;
  return isLinear(model) ? learnableAce(model) : nonlinearAce(model, 'linear');
}
