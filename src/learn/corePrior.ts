/**
 * What is believed of close pairs before any data say so: the core repulsion U(r) alone acts, so that a dimer's c·B(r) is zero
 * within a tenth of U. Without these rows nothing keeps the expansion from outweighing the core where no data reach.
 */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { element } from '../core/elements.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Structure } from '../core/structure.ts';
import type { LabelRows } from './designMatrix.ts';

/** Distances in units of the sum of the covalent radii; farther out real environments are left to the data. */
const CLOSE = { from: 0.3, to: 0.56, points: 14 };

/** Fraction of U that the expansion may add or take. */
const TRUST = 0.1;

/** A dimer off by the trusted fraction costs as much as one force component off by so many eV/Å. */
const COST = 0.3;

/** Rows [X | 0], weighted as the data are, row-major [count × (K + 1)]; none where there is no repulsion to believe in. */
export function corePriorRows(potential: Omit<LearnablePotential, 'withParameters'>): LabelRows {
  const rows = closePairs(potential.elements).flatMap((s) => {
    const { energy, baseline } = potential.rows(s, buildNeighbours(s, potential.cutoff));
    return baseline.energy > 0 ? [energy.map((x) => x * closePairWeight(baseline.energy))] : [];
  });
  const width = potential.functionCount + 1;
  const values = new Float64Array(rows.length * width);
  for (const [k, row] of rows.entries()) values.set(row, k * width);
  return { count: rows.length, values };
}

/** 1/eV: what a dimer of repulsion U counts when its energy is off. */
export function closePairWeight(U: number): number {
  return COST / (TRUST * U);
}

/** Dimers of all pairs of elements where the core rules. */
export function closePairs(elements: readonly string[]): Structure[] {
  const pairs = elements.flatMap((a, k) => elements.slice(k).map((b) => [a, b] as const));
  return pairs.flatMap(([a, b]) => closeDistances(a, b).map((r) => dimer(a, b, r)));
}

function closeDistances(a: string, b: string): number[] {
  const reach = element(a).covalentRadius + element(b).covalentRadius;
  const { from, to, points } = CLOSE;
  return Array.from({ length: points }, (_, k) => reach * (from + ((to - from) * k) / (points - 1)));
}

export function dimer(a: string, b: string, r: number): Structure {
  return {
    elements: [a, b],
    species: Uint8Array.of(0, 1),
    positions: Float64Array.of(0, 0, 0, r, 0, 0),
    cell: new Float64Array(9),
    periodic: [false, false, false],
  };
}
