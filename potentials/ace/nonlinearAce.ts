/**
 * An expansion with any embedding that can be taught: its coefficients c_pv lie element by element and density by density, and
 * what a structure says about them is the tangent at the mean. Members are evaluated one by one and exactly.
 */
import type { NeighbourList } from '../../src/core/neighbours.ts';
import type { Evaluation, Quantity } from '../../src/core/potential.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';
import type { DesignRows, Parameters } from '../learnable.ts';
import type { RefinablePotential } from '../refinable.ts';
import { mapElements } from '../singlePotential.ts';
import { checkParameters, type LearnableAce, parametersOf, roughness, weightsOf, widest } from './ace.ts';
import { aceEvaluate } from './evaluate.ts';
import type { AceCentre, AceModel } from './model.ts';
import { fullProjections, type ProjectionKind } from './projections.ts';
import { type AceTables, aceTables } from './tables.ts';
import { aceTangent } from './tangent.ts';

export interface NonlinearAce extends LearnableAce, Omit<RefinablePotential, 'withParameters'> {
  /** Of `projections`, and of the active set that goes with them. */
  readonly projectionKind: ProjectionKind;
  withParameters(parameters: Parameters): NonlinearAce;
}

/** `model` must be of form `B`; the coefficients and E₀ that it carries are replaced by `parameters`. */
export function nonlinearAce(
  model: AceModel,
  kind: ProjectionKind,
  parameters: Parameters = parametersOf(model),
): NonlinearAce {
  if (model.form !== 'B') throw new Error('nonlinearAce: a model with couplings is needed');
  return withTables(model, aceTables(model), kind, parameters);
}

export function isNonlinear(potential: LearnableAce): potential is NonlinearAce {
  return 'projectionKind' in potential;
}

function withTables(
  bare: AceModel,
  tables: AceTables,
  projectionKind: ProjectionKind,
  parameters: Parameters,
): NonlinearAce {
  const full = projectionKind === 'full';
  const functionOffsets = offsets(bare, (c) => c.functions.length * c.embedding.prefactors.length);
  const projectionOffsets = full ? functionOffsets : offsets(bare, (c) => c.functions.length);
  const functionCount = functionOffsets[bare.elements.length];
  checkParameters(parameters, bare.elements.length, functionCount);
  const modelAt = (mean: Float64Array) => withCoefficients(bare, functionOffsets, mean, parameters.e0);
  const model = modelAt(parameters.mean);
  const memberModels = parameters.members.map(modelAt);
  const shape = {
    members: Math.max(1, memberModels.length),
    projectionWidth: Math.max(
      ...bare.elements.map((_, k) => projectionOffsets[k + 1] - projectionOffsets[k]),
    ),
  };
  return {
    kind: 'ace',
    elements: bare.elements,
    cutoff: tables.cutoff,
    ...shape,
    model,
    tables,
    weights: weightsOf(model, tables),
    apart: full ? [...MEMBERS, 'projections'] : MEMBERS,
    evaluate: evaluation(model, memberModels, tables, full ? shape.projectionWidth : undefined),
    functionCount,
    functionOffsets,
    roughness: Float64Array.from(
      bare.centres.flatMap((c) => c.embedding.prefactors.flatMap(() => c.functions.map(roughness))),
    ),
    parameters,
    rows: tangentRows(model, tables, functionOffsets, parameters.mean),
    projectionKind,
    projectionOffsets,
    withParameters: (next) => withTables(bare, tables, projectionKind, next),
  };
}

const MEMBERS: readonly Quantity[] = ['memberEnergies', 'memberForces', 'memberVirials'];

function offsets({ centres }: AceModel, size: (c: AceCentre) => number): Int32Array {
  const at = new Int32Array(centres.length + 1);
  centres.forEach((c, a) => {
    at[a + 1] = at[a] + size(c);
  });
  return at;
}

function withCoefficients(model: AceModel, at: Int32Array, mean: Float64Array, e0: Float64Array): AceModel {
  const taught = (c: AceCentre, a: number): AceCentre => ({
    ...c,
    e0: e0[a],
    functions: c.functions.map((f, v) => ({
      ...f,
      coefficients: f.coefficients.map((_, p) => mean[at[a] + p * c.functions.length + v]),
    })),
  });
  return { ...model, centres: model.centres.map(taught) };
}

/** `fullWidth`: width of full projections, where these are wanted. */
function evaluation(
  model: AceModel,
  members: readonly AceModel[],
  tables: AceTables,
  fullWidth: number | undefined,
): NonlinearAce['evaluate'] {
  const shape = { members: 1, projectionWidth: widest(model) };
  const single = (m: AceModel) => aceEvaluate(m, tables, weightsOf(m, tables), shape);
  const mean = single(model);
  const each = members.length > 0 ? members.map(single) : [mean];
  return (s, list, want, out) => {
    const e = mean(
      s,
      list,
      want.filter((q) => !MEMBERS.includes(q)),
      out,
    );
    if (fullWidth !== undefined) {
      if (want.includes('projections')) e.projections = fullProjectionsOf(model, s, e, fullWidth);
      e.projectionWidth = fullWidth;
    }
    return want.some((q) => MEMBERS.includes(q)) ? { ...e, ...ofMembers(each, s, list, want) } : e;
  };
}

function ofMembers(
  members: readonly NonlinearAce['evaluate'][],
  s: Structure,
  list: NeighbourList,
  want: readonly Quantity[],
): Pick<Evaluation, 'memberEnergies' | 'memberForces' | 'memberVirials'> {
  const n = atomCount(s);
  const withForces = want.includes('memberForces');
  const memberEnergies = new Float64Array(want.includes('memberEnergies') ? members.length * n : 0);
  const memberForces = new Float64Array(withForces ? members.length * 3 * n : 0);
  const memberVirials = new Float64Array(want.includes('memberVirials') ? members.length * 9 : 0);
  const each = [
    ...(withForces ? (['forces'] as const) : []),
    ...(memberVirials.length > 0 ? (['virial'] as const) : []),
  ];
  members.forEach((evaluate, m) => {
    const { energies, forces, virial } = evaluate(s, list, each);
    if (memberEnergies.length > 0) memberEnergies.set(energies, m * n);
    if (withForces) memberForces.set(forces, m * 3 * n);
    if (memberVirials.length > 0) memberVirials.set(virial, m * 9);
  });
  return { memberEnergies, memberForces, memberVirials };
}

function fullProjectionsOf(model: AceModel, s: Structure, e: Evaluation, width: number): Float64Array {
  const n = atomCount(s);
  const out = new Float64Array(n * width);
  const species = mapElements('ace', model.elements, s, new Int32Array(n));
  for (let i = 0; i < n; i++)
    fullProjections(
      model,
      species[i],
      e.projections.subarray(i * e.projectionWidth, (i + 1) * e.projectionWidth),
      out.subarray(i * width, (i + 1) * width),
    );
  return out;
}

/** What the tangent leaves of the exact values goes to the baseline; E₀ to neither. */
function tangentRows(
  model: AceModel,
  tables: AceTables,
  at: Int32Array,
  c: Float64Array,
): NonlinearAce['rows'] {
  const tangent = aceTangent(model, tables, at);
  const bare = { ...weightsOf(model, tables), e0: new Float64Array(model.elements.length) };
  const evaluate = aceEvaluate(model, tables, bare, { members: 1, projectionWidth: 0 });
  return (s, list): DesignRows => {
    const rows = tangent(s, list);
    const { energy, forces, virial } = evaluate(s, list, ['forces', 'virial']);
    const strain = VOIGT.map((k) => -virial[k]);
    const left = (values: ArrayLike<number>, of: Float64Array) =>
      Float64Array.from(values, (x, k) => {
        let rest = x;
        for (let v = 0; v < c.length; v++) rest -= of[k * c.length + v] * c[v];
        return rest;
      });
    const baseline = {
      energy: left([energy], rows.energy)[0],
      forces: left(forces, rows.forces),
      strain: left(strain, rows.strain),
    };
    return { ...rows, baseline };
  };
}

/** xx yy zz yz xz xy in a row-major tensor. */
const VOIGT = [0, 4, 8, 5, 2, 1] as const;
