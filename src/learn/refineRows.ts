/** What labels ask of the change δ = c − c₀ of coefficients that a potential is not linear in. */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { RefinablePotential } from '../../potentials/refinable.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Structure } from '../core/structure.ts';
import { closePairs, closePairWeight } from './corePrior.ts';
import type { LabelledFrame } from './dataset.ts';
import { frameRows, type LabelRows, residual } from './designMatrix.ts';
import { rowWeights, type WeightOptions } from './weights.ts';

/** Rows of one kind and what their residuals weigh. */
export interface WeightedRows {
  readonly rows: LabelRows;
  readonly weight: number;
}

/** Of a frame, without E₀. `potential` carries none either. */
export function refineRows(
  frame: LabelledFrame,
  potential: LearnablePotential,
  e0: Float64Array,
  options: WeightOptions,
): WeightedRows[] {
  const { energy, forces, stress } = frameRows(frame, potential, e0);
  const weights = rowWeights(frame, options);
  return [
    { rows: forces, weight: weights.force },
    { rows: energy, weight: weights.energy },
    { rows: stress, weight: weights.stress },
  ].filter(({ rows, weight }) => rows.count > 0 && weight > 0);
}

/** The same rows about δ: y − Xc₀ in the place of y. */
export function aboutChange({ rows, weight }: WeightedRows, c0: Float64Array): WeightedRows {
  const values = rows.values.slice();
  const width = c0.length + 1;
  for (let k = 0; k < rows.count; k++) values[(k + 1) * width - 1] = -residual(rows, k, c0);
  return { rows: { ...rows, values }, weight };
}

/** Of rows without columns. */
export function squaresOf({ rows, weight }: WeightedRows): number {
  return rows.values.reduce((sum, y) => sum + (weight * y) ** 2, 0);
}

/** The potential as a constant: rows without columns, whose y is what its coefficients leave of the labels. */
export function asConstant(potential: RefinablePotential): LearnablePotential {
  const none = new Float64Array(0);
  return {
    ...potential,
    functionCount: 0,
    rows(s, neighbours) {
      const { energy, forces, virial } = potential.evaluate(s, neighbours, ['forces', 'virial']);
      const strain = Float64Array.from([0, 4, 8, 5, 2, 1], (k) => -virial[k]);
      return { energy: none, forces: none, strain: none, baseline: { energy, forces, strain } };
    },
  };
}

/** A close pair and its energy, eV. */
interface Wall {
  readonly structure: Structure;
  readonly energy: number;
}

/** The close pairs that a potential without E₀ makes repel: they are to stay as they are where no data say otherwise. */
export function wallsOf(potential: LearnablePotential): Wall[] {
  return closePairs(potential.elements)
    .map((structure) => ({ structure, energy: energyOf(potential, structure) }))
    .filter(({ energy }) => energy > 0);
}

/** What the walls ask of a potential without E₀. */
export function wallRows(walls: readonly Wall[], potential: LearnablePotential): WeightedRows {
  const width = potential.functionCount + 1;
  const values = new Float64Array(walls.length * width);
  walls.forEach(({ structure: s, energy: U }, k) => {
    const { energy, baseline } = potential.rows(s, buildNeighbours(s, potential.cutoff));
    const row = Float64Array.of(...energy, U - baseline.energy);
    values.set(
      row.map((x) => x * closePairWeight(U)),
      k * width,
    );
  });
  return { rows: { count: walls.length, values }, weight: 1 };
}

function energyOf(potential: LearnablePotential, s: Structure): number {
  return potential.evaluate(s, buildNeighbours(s, potential.cutoff), []).energy;
}
