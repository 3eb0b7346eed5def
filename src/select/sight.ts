import type { DesignRows, LearnablePotential } from '../../potentials/learnable.ts';
import type { Crew } from '../core/crew.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Evaluation, Potential } from '../core/potential.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { ActiveSet } from '../learn/activeSet.ts';
import type { MeasureContext } from '../uncertainty/measure.ts';
import { measures } from '../uncertainty/registry.ts';
import { type Environment, environmentsOf, volumeGain } from './environment.ts';
import type { LoneSight } from './queue.ts';
import type { Strategy } from './strategy.ts';

/** The ensemble as it is, and what it has been taught. */
export type Ensemble = MeasureContext;

/** What strategies see of a structure, or of one atom: all that they need, and nothing that a label would tell. */
export interface Sight {
  /** Mean of the atoms' projections, a block an element, in units of the active set's scales; [functions]. */
  readonly features: Float64Array;
  /** σ_F, eV/Å, where members were asked for: root mean square over atoms of the members' force spread. */
  readonly spread: number;
  /** Of every member, [members][q]: of a structure its energy and ∂E/∂ε (Voigt) an atom, eV; of an atom its energy and force. */
  readonly responses: Float64Array;
  readonly members: number;
  /** Derivatives by the coefficients of what a label holds, energy (eV) and forces (eV/Å), row-major [rows × K]; where asked for. */
  readonly rows?: Float64Array;
  /** The atoms of highest extrapolation grade, highest first. */
  readonly environments: readonly Environment[];
}

/** Components of a member's response to a structure. */
const RESPONSES = 7;

/** Atoms of one structure that a strategy may weigh. */
const ATOMS = 8;

/** What of a structure does not change while the ensemble learns. */
export interface View {
  readonly structure: Structure;
  readonly rows: DesignRows;
  readonly evaluation: Evaluation;
}

export function viewOf(structure: Structure, potential: LearnablePotential, crew?: Crew): View {
  const neighbours = buildNeighbours(structure, potential.cutoff);
  return {
    structure,
    rows: potential.rows(structure, neighbours, crew),
    evaluation: potential.evaluate(structure, neighbours, ['projections']),
  };
}

/** `frame` is the number by which its environments name it. */
export function sightOf(
  view: View,
  frame: number,
  ensemble: Ensemble,
  { needs, measure }: Pick<Strategy, 'needs' | 'measure'>,
): Sight {
  const { potential, activeSet } = ensemble;
  const { structure: s, evaluation, rows } = view;
  const n = atomCount(s);
  const graded = Array.from({ length: n }, (_, i) => i).filter((i) =>
    activeSet.some((set) => set.element === s.elements[s.species[i]]),
  );
  const environments = environmentsOf(frame, graded, s, evaluation, activeSet);
  return {
    features: meanProjection(environments, activeSet, n),
    ...memberResponses(rows, needs.includes('members') ? potential.parameters.members : [], n),
    ...(needs.includes('rows') && { rows: labelRows(rows) }),
    ...(measure !== undefined && { spread: largest(gradesBy(measure, ensemble, s)) }),
    environments: environments.sort((a, b) => volumeGain(b) - volumeGain(a)).slice(0, ATOMS),
  };
}

/** What strategies see of single atoms; `evaluation` holds members' energies and forces, `rows` and `grades` are there, where asked for. */
export function loneSights(
  environments: readonly Environment[],
  evaluation: Evaluation,
  { members }: Pick<Potential, 'members'>,
  activeSet: ActiveSet,
  {
    rows,
    grades,
  }: { readonly rows?: DesignRows | undefined; readonly grades?: Float64Array | undefined } = {},
): LoneSight[] {
  const { memberEnergies, memberForces, energies } = evaluation;
  const n = energies.length;
  const told = memberForces.length > 0;
  return environments.map((environment) => {
    const i = environment.atom;
    const responses = new Float64Array(told ? 4 * members : 0);
    for (let m = 0; told && m < members; m++) {
      responses[4 * m] = memberEnergies[m * n + i];
      responses.set(memberForces.subarray(3 * (m * n + i), 3 * (m * n + i) + 3), 4 * m + 1);
    }
    const K = rows?.energy.length ?? 0;
    return {
      features: meanProjection([environment], activeSet, 1),
      spread: grades?.[i] ?? (told ? forceSpread(responses, members) : 0),
      responses,
      members,
      environments: [environment],
      ...(rows && { rows: rows.forces.slice(3 * i * K, 3 * (i + 1) * K) }),
    };
  });
}

/** σ_F of one atom whose members' responses are energy and force. */
function forceSpread(responses: Float64Array, members: number): number {
  let variance = 0;
  for (let x = 1; x < 4; x++) {
    let sum = 0;
    let squares = 0;
    for (let m = 0; m < members; m++) {
      sum += responses[4 * m + x];
      squares += responses[4 * m + x] ** 2;
    }
    variance += squares / members - (sum / members) ** 2;
  }
  return Math.sqrt(Math.max(0, variance));
}

/** Grades of all atoms by a measure. Throws a UserError where the ensemble lacks what it needs. */
export function gradesBy(measure: string, ensemble: MeasureContext, s: Structure): Float64Array {
  const { potential } = ensemble;
  const { needs, grade } = measures.create({ kind: measure })(ensemble);
  return grade(potential.evaluate(s, buildNeighbours(s, potential.cutoff), needs), s);
}

function largest(grades: Float64Array): number {
  return grades.reduce((most, g) => Math.max(most, g), 0);
}

function labelRows({ energy, forces }: DesignRows): Float64Array {
  const rows = new Float64Array(energy.length + forces.length);
  rows.set(energy);
  rows.set(forces, energy.length);
  return rows;
}

function meanProjection(environments: readonly Environment[], activeSet: ActiveSet, n: number): Float64Array {
  const starts = activeSet.map((_, k) => activeSet.slice(0, k).reduce((sum, set) => sum + set.size, 0));
  const out = new Float64Array(activeSet.reduce((sum, set) => sum + set.size, 0));
  for (const { element, scaled } of environments)
    for (let v = 0; v < scaled.length; v++) out[starts[element] + v] += scaled[v] / n;
  return out;
}

function memberResponses(
  rows: DesignRows,
  members: readonly Float64Array[],
  n: number,
): Pick<Sight, 'spread' | 'responses' | 'members'> {
  const responses = new Float64Array(members.length * RESPONSES);
  const sum = new Float64Array(3 * n);
  let squares = 0;
  members.forEach((c, m) => {
    responses[m * RESPONSES] = dot(rows.energy, 0, c) / n;
    for (let k = 0; k < 6; k++) responses[m * RESPONSES + 1 + k] = dot(rows.strain, k * c.length, c) / n;
    for (let k = 0; k < 3 * n; k++) {
      const f = dot(rows.forces, k * c.length, c);
      sum[k] += f;
      squares += f * f;
    }
  });
  const M = members.length;
  const about = squares / M - sum.reduce((all, f) => all + (f / M) ** 2, 0);
  return { responses, members: M, spread: M > 0 ? Math.sqrt(Math.max(0, about) / n) : 0 };
}

function dot(a: Float64Array, at: number, c: Float64Array): number {
  let sum = 0;
  for (let v = 0; v < c.length; v++) sum += a[at + v] * c[v];
  return sum;
}
