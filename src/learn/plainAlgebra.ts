import type { Algebra } from './algebra.ts';
import { type LabelRows, weightedBlock } from './designMatrix.ts';
import { makeDominant } from './maxvol.ts';
import { solveRidge } from './ridge.ts';
import { appendFactor, appendRows, type Factor } from './solve.ts';

const doubles = (length: number) => new Float64Array(length);

function append(into: Factor, rows: LabelRows, weight: number): void {
  appendRows(into, weightedBlock(rows, into.width, weight), rows.count);
}

export const plainAlgebra: Algebra = {
  doubles,
  integers: (length) => new Int32Array(length),
  lend: (use) => use(doubles),
  append,
  appendAll<T>(appendages: Parameters<Algebra['appendAll']>[0], meanwhile?: () => T) {
    const result = meanwhile?.() as T;
    for (const { into, rows, weight } of appendages) append(into, rows, weight);
    return result;
  },
  merge<T>(mergers: Parameters<Algebra['merge']>[0], meanwhile?: () => T) {
    const result = meanwhile?.() as T;
    for (const { into, from, scale } of mergers) appendFactor(into, from, scale, doubles(into.r.length));
    return result;
  },
  ridge(problems, meanwhile) {
    meanwhile?.();
    return problems.map(({ data, roughness, lambda, anchor }) => {
      const { coefficients, objective, factor } = solveRidge(data, roughness, lambda, anchor);
      let logVolume = 0;
      for (let k = 0; k < roughness.length; k++) logVolume += Math.log(factor.r[k * (factor.width + 1)]);
      return { coefficients, objective, logVolume };
    });
  },
  multiply(m, n, k, alpha, a, b, c) {
    for (let i = 0; i < m; i++)
      for (let p = 0; p < k; p++) {
        const x = alpha * a.data[i * a.row + p * a.column];
        if (x === 0) continue;
        for (let j = 0; j < n; j++) c[i * n + j] += x * b.data[p * b.row + j * b.column];
      }
  },
  makeDominant,
  bytes: 0,
  dispose() {},
};
