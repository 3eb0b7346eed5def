import { existsSync, readFileSync, statSync } from 'node:fs';
import { type LearnableAce, learnableAce } from '../../potentials/ace/ace.ts';
import { activeSetKind, readActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { createAce, overUsualCore } from '../../potentials/ace/createAce.ts';
import { aceFromYaml } from '../../potentials/ace/ensembleFile.ts';
import type { ModelRequest } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { knownEnvironments } from '../learn/knownEnvironments.ts';
import { learningOn } from '../learn/learningOn.ts';
import { loadModel } from './modelFolder.ts';

/**
 * The model a run or fit will teach: a new one, or the basis of a linear .yaml or of a model folder, with `keep` from its
 * coefficients on. A .yaml, which has no repulsion, gets that of new models. Throws a UserError.
 */
export function startingModel(request: ModelRequest): LearnableAce {
  if (!('file' in request)) return createAce(request);
  const start = linearModel(request.file);
  if (request.keep) return learningOn(start);
  const { elements, functionCount } = start;
  return start.withParameters({
    e0: new Float64Array(elements.length),
    mean: new Float64Array(functionCount),
    members: [],
  });
}

/** What a starting model is taken to know, for each of its elements: the environments of its active set. Throws a UserError. */
export function knownTo(model: LearnableAce, request: ModelRequest): Float64Array[] {
  if (!('file' in request) || request.activeSet === undefined) return [];
  const file = request.activeSet;
  if (!existsSync(file))
    throw new UserError(
      `model.activeSet: '${file}' is not there; name the .asi of the model, or leave it out`,
    );
  const sets = readActiveSets(readFileSync(file), file);
  const { elements, functionOffsets: offsets } = model;
  const sizes = elements.map((symbol, a) => ({
    symbol,
    functions: offsets[a + 1] - offsets[a],
    densities: 1,
  }));
  activeSetKind(sets, sizes, file);
  return elements.map((symbol) => {
    const { size, inverse } = sets.get(symbol)!;
    return knownEnvironments(size, inverse, `${file} ${symbol}`);
  });
}

function linearModel(path: string): LearnableAce {
  if (!existsSync(path))
    throw new UserError(`model.file: '${path}' is not there; name a model folder or a linear .yaml`);
  if (statSync(path).isDirectory()) return loadModel(path).potential;
  if (!/\.ya?ml$/i.test(path))
    throw new UserError(
      `model.file: got '${path}', must be a model folder or a .yaml: couplings cannot be told from a .yace`,
    );
  return learnableAce(overUsualCore(aceFromYaml(readFileSync(path, 'utf8'), path)));
}
