import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { createAlgebra, type KernelChoice, newFactor } from '../../src/learn/algebra.ts';
import type { LabelRows } from '../../src/learn/designMatrix.ts';
import { memberBasis, restrictTo } from '../../src/learn/ensemble.ts';
import { popsBox, popsMember } from '../../src/learn/pops.ts';
import { solveRidge } from '../../src/learn/ridge.ts';
import { rowSketch, SKETCH_ROWS } from '../../src/learn/rowSketch.ts';

const four = new Float64Array(4);
const gauss = (a: number, b: number) => normals(5, STREAM.rattle, a, b, four)[0];

/** y = sin 3x by polynomials of x: without noise, and beyond what they can do. */
function misspecified(count: number, K: number): LabelRows {
  const values = Float64Array.from({ length: count * (K + 1) }, (_, k) => {
    const x = -1 + (2 * Math.floor(k / (K + 1))) / (count - 1);
    const v = k % (K + 1);
    return v === K ? Math.sin(9 * x) : x ** v;
  });
  return { count, values };
}

function fitted(rows: LabelRows, K: number, kernels: KernelChoice) {
  const algebra = createAlgebra(kernels, K + 1, 1);
  const all = newFactor(algebra, K + 1);
  algebra.append(all, rows, 1);
  const fit = solveRidge(all, new Float64Array(K).fill(1), 1e-8);
  const factor = newFactor(algebra, K + 1);
  factor.r.set(fit.factor.r);
  const sketch = rowSketch(algebra, K + 1, 1);
  sketch.add(rows, 1);
  return { algebra, all, mean: fit.coefficients, factor, sketch };
}

describe.each<KernelChoice>(['plain', 'wasm'])('POPS with kernels %s', (kernels) => {
  const K = 7;
  const rows = misspecified(200, K);

  it('holds every training row in the envelope of its box, and no wider than it must be', () => {
    const { algebra, mean, factor, sketch } = fitted(rows, K, kernels);
    const { axes, low, high } = popsBox(sketch, mean, factor, algebra, 0);
    let largest = 0;
    const reached = new Float64Array(2 * K);
    for (let i = 0; i < rows.count; i++) {
      const row = rows.values.subarray(i * (K + 1), (i + 1) * (K + 1));
      // z = R⁻ᵀx by forward substitution.
      const z = new Float64Array(K);
      for (let v = 0; v < K; v++) {
        let sum = row[v];
        for (let w = 0; w < v; w++) sum -= factor.r[v * (K + 1) + w] * z[w];
        z[v] = sum / factor.r[v * (K + 1) + v];
      }
      const r = row[K] - mean.reduce((sum, c, v) => sum + c * row[v], 0);
      largest = Math.max(largest, Math.abs(r));
      const h = z.reduce((sum, x) => sum + x * x, 0);
      let [from, to] = [0, 0];
      for (let k = 0; k < K; k++) {
        const t = z.reduce((sum, x, v) => sum + x * axes[k * K + v], 0);
        from += Math.min(t * low[k], t * high[k]);
        to += Math.max(t * low[k], t * high[k]);
        const along = (r * t) / h;
        reached[k] = Math.max(reached[k], along);
        reached[K + k] = Math.min(reached[K + k], along);
      }
      expect(r).toBeGreaterThan(from - 1e-9);
      expect(r).toBeLessThan(to + 1e-9);
    }
    expect(largest).toBeGreaterThan(0.2);
    for (let k = 0; k < K; k++) {
      expect(high[k]).toBeCloseTo(reached[k], 8);
      expect(low[k]).toBeCloseTo(reached[K + k], 8);
    }
  });

  it('spreads as much however many rows of the same kind there are, unlike the posterior', () => {
    const spread = (count: number) => {
      const { algebra, mean, factor, sketch } = fitted(misspecified(count, K), K, kernels);
      const box = popsBox(sketch, mean, factor, algebra);
      const members = Array.from({ length: 64 }, (_, m) => popsMember(box, mean, factor, 1, m));
      // At x = 0.5.
      const at = (c: Float64Array) => c.reduce((sum, x, v) => sum + x * 0.5 ** v, 0);
      const centre = at(mean);
      return Math.sqrt(members.reduce((sum, c) => sum + (at(c) - centre) ** 2, 0) / 64);
    };
    const [few, many] = [spread(100), spread(1600)];
    expect(few).toBeGreaterThan(0.1);
    expect(many / few).toBeGreaterThan(0.6);
    expect(many / few).toBeLessThan(1.7);
  });
});

describe('a sketch of rows', () => {
  it('is a fair sample of bounded size that does not depend on how rows come', () => {
    const rows = {
      count: 5 * SKETCH_ROWS,
      values: Float64Array.from({ length: 10 * SKETCH_ROWS }, (_, k) => k >> 1),
    };
    const algebra = createAlgebra('plain', 2);
    const [whole, parts] = [rowSketch(algebra, 2, 3), rowSketch(algebra, 2, 3)];
    whole.add(rows, 1);
    for (let k = 0; k < 5; k++)
      parts.add(
        { count: SKETCH_ROWS, values: rows.values.slice(2 * k * SKETCH_ROWS, 2 * (k + 1) * SKETCH_ROWS) },
        1,
      );
    expect(whole.count).toBe(SKETCH_ROWS);
    expect(parts.values).toEqual(whole.values);
    const kept = Array.from({ length: SKETCH_ROWS }, (_, k) => whole.values[2 * k]);
    expect(new Set(kept).size).toBe(SKETCH_ROWS);
    const mean = kept.reduce((a, b) => a + b, 0) / SKETCH_ROWS;
    // Of a uniform sample: half the range, with a standard error of range/√(12·2048).
    expect(Math.abs(mean / (5 * SKETCH_ROWS) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * SKETCH_ROWS));
  });
});

describe('a random basis', () => {
  it('has its share of the functions, and fits as if there were no others', () => {
    const K = 20;
    const values = Float64Array.from({ length: 60 * (K + 1) }, (_, k) => gauss(1, k));
    const { algebra, all } = fitted({ count: 60, values }, K, 'plain');
    const basis = memberBasis(K, 0.7, 1, 3);
    expect(basis.reduce((a, b) => a + b, 0)).toBe(14);
    const into = newFactor(algebra, K + 1);
    restrictTo(basis, all, into);
    const ones = new Float64Array(K).fill(1);
    const { coefficients } = solveRidge(into, ones, 0.1);
    const chosen = Array.from(basis.keys()).filter((v) => basis[v] === 1);
    const small = newFactor(algebra, 15);
    const kept = Float64Array.from({ length: 60 * 15 }, (_, k) => {
      const v = chosen[k % 15] ?? K;
      return values[Math.floor(k / 15) * (K + 1) + v];
    });
    algebra.append(small, { count: 60, values: kept }, 1);
    const alone = solveRidge(small, ones, 0.1).coefficients;
    chosen.forEach((v, k) => {
      expect(coefficients[v]).toBeCloseTo(alone[k], 10);
    });
    for (let v = 0; v < K; v++) if (basis[v] === 0) expect(Math.abs(coefficients[v])).toBeLessThan(1e-12);
  });
});
