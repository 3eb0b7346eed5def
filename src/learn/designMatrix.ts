import type { DesignRows, LearnablePotential } from '../../potentials/learnable.ts';
import { volume } from '../core/cell.ts';
import type { Crew } from '../core/crew.ts';
import { UserError } from '../core/errors.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from './dataset.ts';
import { composition } from './e0.ts';
import type { RowWeights } from './weights.ts';

/** Rows [X | y] of one kind: residual of row k is Σ_v X_kv c_v − y_k. Row-major [count × (K + 1)], unweighted. */
export interface LabelRows {
  readonly count: number;
  readonly values: Float64Array;
}

/** What one labelled frame asks of the coefficients. */
export interface FrameRows {
  /** eV/atom, one row; none when the frame is not faithful. */
  readonly energy: LabelRows;
  /** eV/Å, three rows per core atom. */
  readonly forces: LabelRows;
  /** eV/atom, V·stress per atom, six rows; none when not faithful or not labelled. */
  readonly stress: LabelRows;
}

/** Throws a UserError for labels that are not finite or do not fit the structure. `where` names the frame. */
export function checkFrame(frame: LabelledFrame, where: string): void {
  const n = atomCount(frame.structure);
  const { energy, forces, stress } = frame.label;
  const refuse = (problem: string, rule: string): never => {
    throw new UserError(`${where}: ${problem}, must be ${rule}; label the structure again or leave it out`);
  };
  if (!Number.isFinite(energy)) refuse(`energy is ${energy}`, 'a finite number');
  if (forces.length !== 3 * n) refuse(`${forces.length} force components for ${n} atoms`, `${3 * n}`);
  const bad = forces.findIndex((f) => !Number.isFinite(f));
  if (bad >= 0) refuse(`force of atom ${Math.floor(bad / 3)} is ${forces[bad]}`, 'finite');
  if (stress && (stress.length !== 6 || !stress.every(Number.isFinite)))
    refuse(`stress is [${stress.join(', ')}]`, 'six finite numbers');
  if (frame.core.length !== n) refuse(`core mask of ${frame.core.length} for ${n} atoms`, `${n}`);
  if (!frame.faithful && !frame.core.includes(1))
    refuse('neither a core atom nor a faithful energy', 'informative');
}

/** Rows of a frame with E₀ and the model's own baseline taken off the labels. */
export function frameRows(
  frame: LabelledFrame,
  potential: LearnablePotential,
  e0: Float64Array,
  crew?: Crew,
): FrameRows {
  const { structure: s, label, core, faithful } = frame;
  const n = atomCount(s);
  const K = potential.functionCount;
  const rows = potential.rows(s, buildNeighbours(s, potential.cutoff), crew);
  const atoms = Array.from(core.keys()).filter((i) => core[i] === 1);
  const forces = atoms.flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]);
  const reference = composition(s, potential.elements).reduce((sum, c, k) => sum + c * e0[k], 0);
  const target = label.energy - reference - rows.baseline.energy;
  const { stress } = label;
  return {
    energy: labelRows(faithful ? [0] : [], rows.energy, K, 1 / n, () => target),
    forces: labelRows(forces, rows.forces, K, 1, (k) => label.forces[k] - rows.baseline.forces[k]),
    stress: stress && faithful ? stressRows(rows, stress, volume(s.cell), K, n) : { count: 0, values: NONE },
  };
}

const NONE = new Float64Array(0);

function stressRows(rows: DesignRows, stress: Float64Array, V: number, K: number, n: number): LabelRows {
  const target = (k: number) => V * stress[k] - rows.baseline.strain[k];
  return labelRows([0, 1, 2, 3, 4, 5], rows.strain, K, 1 / n, target);
}

function labelRows(
  pick: readonly number[],
  rows: Float64Array,
  K: number,
  factor: number,
  target: (row: number) => number,
): LabelRows {
  const values = new Float64Array(pick.length * (K + 1));
  pick.forEach((row, k) => {
    const at = k * (K + 1);
    for (let v = 0; v < K; v++) values[at + v] = factor * rows[row * K + v];
    values[at + K] = factor * target(row);
  });
  return { count: pick.length, values };
}

/**
 * Projections of the core atoms of each element, row-major [count × functions of the element]. Other atoms were never
 * simulated and their forces are not learned. Throws a UserError where one is not finite.
 */
export function environments(frame: LabelledFrame, potential: LearnablePotential): Float64Array[] {
  const { structure: s, core } = frame;
  const { elements, functionOffsets, projectionWidth } = potential;
  const { projections } = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['projections']);
  const bad = projections.findIndex((b) => !Number.isFinite(b));
  if (bad >= 0)
    throw new UserError(
      `atom ${Math.floor(bad / projectionWidth)}: function ${bad % projectionWidth} is ${projections[bad]}, must be finite; check the structure for overlapping atoms`,
    );
  return elements.map((e, k) => {
    const size = functionOffsets[k + 1] - functionOffsets[k];
    const atoms = Array.from(core.keys()).filter((i) => core[i] === 1 && s.elements[s.species[i]] === e);
    const rows = new Float64Array(atoms.length * size);
    atoms.forEach((i, row) => {
      rows.set(projections.subarray(i * projectionWidth, i * projectionWidth + size), row * size);
    });
    return rows;
  });
}

/** All rows of a frame, times their weights. */
export function weightedRows(
  { energy, forces, stress }: FrameRows,
  weights: RowWeights,
  width: number,
): LabelRows {
  const parts = [
    { rows: forces, weight: weights.force },
    { rows: energy, weight: weights.energy },
    { rows: stress, weight: weights.stress },
  ].filter(({ rows, weight }) => rows.count > 0 && weight > 0);
  const count = parts.reduce((sum, { rows }) => sum + rows.count, 0);
  const values = new Float64Array(count * width);
  let at = 0;
  for (const { rows, weight } of parts) {
    values.set(
      rows.values.map((x) => weight * x),
      at,
    );
    at += rows.values.length;
  }
  return { count, values };
}

/** Rows times `weight` as the column-major block that the solver consumes. */
export function weightedBlock(rows: LabelRows, width: number, weight: number): Float64Array {
  const { count, values } = rows;
  const block = new Float64Array(count * width);
  for (let k = 0; k < count; k++)
    for (let v = 0; v < width; v++) block[v * count + k] = weight * values[k * width + v];
  return block;
}

/** The residual of row k at the given coefficients [K]. */
export function residual(rows: LabelRows, k: number, coefficients: Float64Array): number {
  const K = coefficients.length;
  const at = k * (K + 1);
  let sum = -rows.values[at + K];
  for (let v = 0; v < K; v++) sum += rows.values[at + v] * coefficients[v];
  return sum;
}
