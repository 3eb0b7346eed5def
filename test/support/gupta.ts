/**
 * A small many-body metal with projections, for tests that need an ensemble without training one:
 * E_i = ½ Σ_j A e^{−p(r/r0−1)} f(r) − ξ (Σ_j e^{−2q(r/r0−1)} f(r))^½,  f(r) = (1 − (r/rc)²)³
 * Cleri, Rosato, PRB 48, 22 (1993), copper. The projections are moments of the density and their products.
 */
import type { NeighbourList } from '../../src/core/neighbours.ts';
import { blankEvaluation, type Evaluation, type Potential, type Quantity } from '../../src/core/potential.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';

const [A, XI, P, Q, R0] = [2 * 0.0855, 1.224, 10.96, 2.278, 2.556];
const WIDTHS = [2.4, 3.0, 3.6];
export const GUPTA_WIDTH = 2 * WIDTHS.length + WIDTHS.length ** 2;

/** `elements` all have the same energy; the second one's neighbours enter the projections with half the weight. */
export function gupta(cutoff: number, elements: readonly string[] = ['Cu']): Potential {
  const potential = { kind: 'gupta', elements, cutoff, members: 1, projectionWidth: GUPTA_WIDTH };
  return {
    ...potential,
    evaluate(s: Structure, list: NeighbourList, want: readonly Quantity[], out?: Evaluation): Evaluation {
      const e = blankEvaluation(potential, atomCount(s), want, out);
      const density = new Float64Array(atomCount(s));
      visit(s, list, cutoff, (i, j, r, _, f) => {
        density[i] += Math.exp(-2 * Q * (r / R0 - 1)) * f;
        e.energies[i] += 0.5 * A * Math.exp(-P * (r / R0 - 1)) * f;
        if (want.includes('projections')) addMoments(e.projections, i, r, f, s.species[j] === 0 ? 1 : 0.5);
      });
      for (let i = 0; i < atomCount(s); i++) {
        e.energies[i] -= XI * Math.sqrt(density[i]);
        e.energy += e.energies[i];
        if (want.includes('projections')) addProducts(e.projections, i);
      }
      if (want.includes('forces'))
        visit(s, list, cutoff, (i, j, r, d, f, df) => {
          const repulsion = A * Math.exp(-P * (r / R0 - 1));
          const bond = Math.exp(-2 * Q * (r / R0 - 1));
          const embedding = -0.5 * XI * (1 / Math.sqrt(density[i]) + 1 / Math.sqrt(density[j]));
          const slope = repulsion * (df - (P / R0) * f) + embedding * bond * (df - ((2 * Q) / R0) * f);
          for (let x = 0; x < 3; x++) e.forces[3 * i + x] += (slope * d[x]) / r;
        });
      return e;
    },
  };
}

function visit(
  s: Structure,
  { offsets, indices, shifts }: NeighbourList,
  cutoff: number,
  found: (i: number, j: number, r: number, d: readonly number[], f: number, df: number) => void,
): void {
  const d = [0, 0, 0];
  for (let i = 0; i < atomCount(s); i++)
    for (let p = offsets[i]; p < offsets[i + 1]; p++) {
      for (let x = 0; x < 3; x++) {
        const image =
          shifts[3 * p] * s.cell[x] + shifts[3 * p + 1] * s.cell[3 + x] + shifts[3 * p + 2] * s.cell[6 + x];
        d[x] = s.positions[3 * indices[p] + x] + image - s.positions[3 * i + x];
      }
      const r = Math.hypot(d[0], d[1], d[2]);
      if (r >= cutoff) continue;
      const u = 1 - (r / cutoff) ** 2;
      found(i, indices[p], r, d, u ** 3, (-6 * r * u ** 2) / cutoff ** 2);
    }
}

function addMoments(projections: Float64Array, i: number, r: number, f: number, weight: number): void {
  WIDTHS.forEach((centre, n) => {
    const value = Math.exp(-(((r - centre) / 0.5) ** 2)) * f;
    projections[i * GUPTA_WIDTH + n] += value;
    projections[i * GUPTA_WIDTH + WIDTHS.length + n] += weight * value;
  });
}

function addProducts(projections: Float64Array, i: number): void {
  const N = WIDTHS.length;
  const row = projections.subarray(i * GUPTA_WIDTH, (i + 1) * GUPTA_WIDTH);
  for (let n = 0; n < N; n++) for (let m = 0; m < N; m++) row[2 * N + n * N + m] = row[n] * row[m];
}
