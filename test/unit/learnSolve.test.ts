import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { posteriorMember } from '../../src/learn/ensemble.ts';
import { evidenceLambda } from '../../src/learn/evidence.ts';
import { plainAlgebra } from '../../src/learn/plainAlgebra.ts';
import { solveRidge } from '../../src/learn/ridge.ts';
import {
  appendFactor,
  appendRows,
  backSubstitute,
  emptyFactor,
  type Factor,
  squaredResidual,
} from '../../src/learn/solve.ts';

const four = new Float64Array(4);
/** A standard normal that depends on its place alone. */
const gauss = (topic: number, k: number) => normals(3, STREAM.rattle, topic, k, four)[0];

/** Column-major [X | y] with y = Xc + noise. */
function problem(topic: number, rows: number, c: Float64Array, noise: number) {
  const K = c.length;
  const block = new Float64Array(rows * (K + 1));
  for (let i = 0; i < rows; i++) {
    let y = noise * gauss(topic + 1000, i);
    for (let v = 0; v < K; v++) {
      const x = gauss(topic, i * K + v);
      block[v * rows + i] = x;
      y += x * c[v];
    }
    block[K * rows + i] = y;
  }
  return { block, rows };
}

function factorOf(...problems: { block: Float64Array; rows: number }[]): Factor {
  const f = emptyFactor(problems[0].block.length / problems[0].rows);
  for (const { block, rows } of problems) appendRows(f, block.slice(), rows);
  return f;
}

const largest = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, k) => Math.abs(x - b[k])));
const truth = Float64Array.from({ length: 11 }, (_, v) => 1 + gauss(50, v));

describe('streaming QR', () => {
  const parts = [problem(1, 40, truth, 0.3), problem(2, 7, truth, 0.3), problem(3, 90, truth, 0.3)];

  it('solves the same least squares as all rows at once by normal equations', () => {
    const f = factorOf(...parts);
    const c = backSubstitute(f, f.r.slice(11 * 12, 11 * 12 + 11));
    const X = new Matrix(parts.flatMap((p) => rowsOf(p).map((row) => row.slice(0, 11))));
    const y = new Matrix(parts.flatMap((p) => rowsOf(p).map((row) => row.slice(11))));
    const expected = solve(X.transpose().mmul(X), X.transpose().mmul(y)).to1DArray();
    expect(largest(c, Float64Array.from(expected))).toBeLessThan(1e-12);
    const misfit = X.mmul(Matrix.columnVector(expected)).sub(y).norm('frobenius') ** 2;
    expect(misfit).toBeGreaterThan(1);
    expect(f.r[f.r.length - 1] ** 2 / misfit).toBeCloseTo(1, 11);
    expect(squaredResidual(f, c) / misfit).toBeCloseTo(1, 11);
  });

  it('is the same factor whatever the blocks, and a factor may be appended for the rows behind it', () => {
    const whole = factorOf(...parts);
    const other = factorOf(parts[2], parts[0], parts[1]);
    expect(largest(whole.r, other.r)).toBeLessThan(1e-12);
    const nested = emptyFactor(12);
    for (const part of parts) appendFactor(nested, factorOf(part), 1, new Float64Array(144));
    expect(largest(whole.r, nested.r)).toBeLessThan(1e-12);
  });

  it('keeps the diagonal from turning negative', () => {
    const f = factorOf(...parts);
    for (let k = 0; k < 12; k++) expect(f.r[13 * k]).toBeGreaterThan(0);
  });
});

function rowsOf({ block, rows }: { block: Float64Array; rows: number }): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: block.length / rows }, (_, v) => block[v * rows + i]),
  );
}

describe('ridge', () => {
  const ones = new Float64Array(11).fill(1);

  it('agrees with the normal equations at any λ and roughness', () => {
    const part = problem(4, 30, truth, 0.3);
    const roughness = ones.map((_, v) => 1 + v);
    const { coefficients, objective } = solveRidge(factorOf(part), roughness, 2.5);
    const X = new Matrix(rowsOf(part).map((row) => row.slice(0, 11)));
    const y = new Matrix(rowsOf(part).map((row) => row.slice(11)));
    const normal = X.transpose().mmul(X);
    for (let v = 0; v < 11; v++) normal.set(v, v, normal.get(v, v) + 2.5 * (1 + v) ** 2);
    const expected = Float64Array.from(solve(normal, X.transpose().mmul(y)).to1DArray());
    expect(largest(coefficients, expected)).toBeLessThan(1e-12);
    const penalty = expected.reduce((sum, c, v) => sum + 2.5 * (1 + v) ** 2 * c * c, 0);
    const misfit = X.mmul(Matrix.columnVector(expected)).sub(y).norm('frobenius') ** 2;
    expect(objective / (misfit + penalty)).toBeCloseTo(1, 11);
  });

  it('is pulled to its anchor where no row says otherwise', () => {
    const anchor = ones.map((_, v) => v - 4);
    const { coefficients } = solveRidge(
      emptyFactor(12),
      ones.map(() => 2),
      9,
      anchor,
    );
    expect(
      largest(
        coefficients,
        anchor.map((a) => a / 6),
      ),
    ).toBeLessThan(1e-14);
  });

  it('finds noise and prior width by evidence', () => {
    const prior = 2;
    const noise = 0.3;
    const c = Float64Array.from({ length: 120 }, (_, v) => (prior * gauss(60, v)) / (1 + v / 30));
    const roughness = c.map((_, v) => 1 + v / 30);
    const f = factorOf(problem(61, 1500, c, noise));
    const lambda = evidenceLambda(plainAlgebra, f, roughness, 1500);
    const sigma = Math.sqrt(solveRidge(f, roughness, lambda).objective / 1500);
    expect(Math.abs(sigma / noise - 1)).toBeLessThan(0.05);
    expect(Math.abs(sigma / Math.sqrt(lambda) / prior - 1)).toBeLessThan(0.15);
  });

  it('lets a noise-free fit alone and damps pure noise', () => {
    const exact = factorOf(problem(70, 60, truth, 0));
    const free = solveRidge(exact, ones, evidenceLambda(plainAlgebra, exact, ones, 60)).coefficients;
    expect(largest(free, truth)).toBeLessThan(1e-10);
    const pure = factorOf(
      problem(
        80,
        60,
        ones.map(() => 0),
        1,
      ),
    );
    const damped = solveRidge(pure, ones, evidenceLambda(plainAlgebra, pure, ones, 60)).coefficients;
    expect(
      largest(
        damped,
        ones.map(() => 0),
      ),
    ).toBeLessThan(0.2);
  });
});

describe('posterior', () => {
  it('has the analytic covariance of two coefficients', () => {
    const block = Float64Array.of(2, 0, 1, 1, 1, 3, 0, 0, 0);
    const f = emptyFactor(3);
    appendRows(f, block, 3);
    const mean = solveRidge(f, Float64Array.of(1, 2), 0.5);
    // XᵀX + λΓ² = [[5.5, 5], [5, 13]]; its inverse times σ² = 0.09:
    const determinant = 5.5 * 13 - 25;
    const expected = [13, -5, 5.5].map((x) => (0.09 * x) / determinant);
    const draws = Array.from({ length: 40_000 }, (_, m) => posteriorMember(mean, 0.3, 5, m));
    const average = (g: (c: Float64Array) => number) =>
      draws.reduce((sum, c) => sum + g(c), 0) / draws.length;
    const found = [average((c) => c[0] ** 2), average((c) => c[0] * c[1]), average((c) => c[1] ** 2)];
    for (let k = 0; k < 3; k++) expect(Math.abs(found[k] / expected[k] - 1)).toBeLessThan(0.03);
    expect(posteriorMember(mean, 0.3, 5, 7)).toEqual(draws[7]);
  });
});
