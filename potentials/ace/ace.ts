import type { Potential, Quantity } from '../../src/core/potential.ts';
import type { LearnablePotential, Parameters } from '../learnable.ts';
import { designRows } from './designRows.ts';
import { type AceWeights, aceEvaluate } from './evaluate.ts';
import { type AceFunction, type AceModel, isLinear } from './model.ts';
import { type AceTables, aceTables, type CentreTables, termWeights } from './tables.ts';

/** An atomic cluster expansion as a potential; `model` and `tables` are what faster evaluators and file writers read. */
export interface AcePotential extends Potential {
  readonly model: AceModel;
  readonly tables: AceTables;
  readonly weights: AceWeights;
  /** What only `evaluate` gives, because `weights` do not say it: faster evaluators ask there. */
  readonly apart?: readonly Quantity[];
}

/** A linear expansion; `model` carries the coefficients of `parameters.mean`. */
export interface LearnableAce extends LearnablePotential, AcePotential {
  withParameters(parameters: Parameters): LearnableAce;
}

export interface AceOptions {
  /** Radial functions by interpolation in the field's tables instead of by their formulas; off unless asked for. */
  readonly tabulated?: boolean;
}

/** A fixed potential of any embedding. A model of the form `ctilde` has no projections. */
export function acePotential(model: AceModel, { tabulated = false }: AceOptions = {}): AcePotential {
  const tables = aceTables(model, tabulated);
  const shape = { members: 1, projectionWidth: model.form === 'B' ? widest(model) : 0 };
  const weights = weightsOf(model, tables);
  const evaluate = aceEvaluate(model, tables, weights, shape);
  return {
    kind: 'ace',
    elements: model.elements,
    cutoff: tables.cutoff,
    ...shape,
    model,
    tables,
    weights,
    evaluate,
  };
}

/** Of the coefficients that a model carries. */
export function weightsOf(model: AceModel, tables: AceTables): AceWeights {
  const densities = model.centres.map(({ embedding, functions }, a) =>
    embedding.prefactors.map((_, p) => termWeights(tables.centres[a], (v) => functions[v].coefficients[p])),
  );
  return { densities, members: [], e0: model.centres.map((c) => c.e0) };
}

/** A potential to be taught. `model` must be linear; the coefficients and E₀ it carries are replaced by `parameters`. */
export function learnableAce(model: AceModel, parameters: Parameters = parametersOf(model)): LearnableAce {
  if (!isLinear(model))
    throw new Error('learnableAce: one density with w = m = 1 and no core repulsion in the file are needed');
  const tables = aceTables(model);
  const offsets = functionOffsets(model);
  const rough = Float64Array.from(model.centres.flatMap((c) => c.functions.map(roughness)));
  return withTables(model, tables, offsets, rough, designRows(tables, offsets), parameters);
}

function withTables(
  bare: AceModel,
  tables: AceTables,
  functionOffsets: Int32Array,
  rough: Float64Array,
  rows: LearnablePotential['rows'],
  parameters: Parameters,
): LearnableAce {
  const functionCount = functionOffsets[bare.elements.length];
  checkParameters(parameters, bare.elements.length, functionCount);
  const model = withCoefficients(bare, parameters);
  const contract = (c: Float64Array) =>
    tables.centres.map((centre: CentreTables, a) => termWeights(centre, (v) => c[functionOffsets[a] + v]));
  const mean = contract(parameters.mean);
  const members = parameters.members.map(contract);
  const shape = { members: Math.max(1, members.length), projectionWidth: widest(bare) };
  const weights = {
    densities: mean.map((w) => [w]),
    members: members.length > 0 ? members : [mean],
    e0: parameters.e0,
  };
  return {
    kind: 'ace',
    elements: bare.elements,
    cutoff: tables.cutoff,
    ...shape,
    model,
    tables,
    weights,
    evaluate: aceEvaluate(model, tables, weights, shape),
    functionCount,
    functionOffsets,
    roughness: rough,
    parameters,
    rows,
    withParameters: (next) => withTables(bare, tables, functionOffsets, rough, rows, next),
  };
}

export function checkParameters(
  { e0, mean, members }: Parameters,
  elements: number,
  functions: number,
): void {
  if (e0.length !== elements) throw new Error(`ace parameters: ${e0.length} e0 for ${elements} elements`);
  for (const c of [mean, ...members])
    if (c.length !== functions)
      throw new Error(`ace parameters: ${c.length} coefficients for ${functions} functions`);
}

function functionOffsets(model: AceModel): Int32Array {
  const offsets = new Int32Array(model.elements.length + 1);
  model.centres.forEach((c, a) => {
    offsets[a + 1] = offsets[a] + c.functions.length;
  });
  return offsets;
}

/** The coefficients a model carries, element by element and density by density, with an empty ensemble. */
export function parametersOf({ centres }: AceModel): Parameters {
  return {
    e0: Float64Array.from(centres, (c) => c.e0),
    mean: Float64Array.from(
      centres.flatMap(({ embedding, functions }) =>
        embedding.prefactors.flatMap((_, p) => functions.map((f) => f.coefficients[p])),
      ),
    ),
    members: [],
  };
}

function withCoefficients(model: AceModel, { e0, mean }: Parameters): AceModel {
  let at = 0;
  const taught = (f: AceFunction): AceFunction => ({ ...f, coefficients: [mean[at++]] });
  return {
    ...model,
    centres: model.centres.map((c, a) => ({ ...c, e0: e0[a], functions: c.functions.map(taught) })),
  };
}

/**
 * 1 + Σ_t (n_t − 1)² + l_t(l_t + 1) over the slots: radial functions oscillate n − 1 times between 0 and the cutoff and
 * harmonics have Laplacian l(l + 1), so this grows like the squared gradient of the function.
 */
export function roughness({ ns, ls }: AceFunction): number {
  return ns.reduce((sum, n, t) => sum + (n - 1) ** 2 + ls[t] * (ls[t] + 1), 1);
}

export function widest(model: AceModel): number {
  return Math.max(...model.centres.map((c) => c.functions.length));
}
