import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { isMatched, type Matching, matchInformation, type Target } from '../../src/information/match.ts';
import { propagated } from '../../src/information/propagate.ts';
import { solveProgramme } from '../../src/information/semidefinite.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 5, k, four)[0];
/** JᵀJ of a random Jacobian. */
function information(p: number, rows: number, seed: number): Matrix {
  const J = new Matrix(
    Array.from({ length: rows }, (_, r) => Array.from({ length: p }, (_, c) => normal(seed, r * p + c))),
  );
  return J.transpose().mmul(J);
}
/** U with U Uᵀ = A, up to rounding. */
function root(A: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(A, { assumeSymmetric: true });
  const kept = realEigenvalues.map((_, k) => k).filter((k) => realEigenvalues[k] > 1e-12);
  return new Matrix(
    kept.map((k) => eigenvectorMatrix.getColumn(k).map((x) => x * Math.sqrt(realEigenvalues[k]))),
  ).transpose();
}
const eigenvalues = (A: Matrix) => new EigenvalueDecomposition(A, { assumeSymmetric: true }).realEigenvalues;

describe('the semidefinite programme', () => {
  it('of one candidate is an eigenvalue', () => {
    const wanted = new Matrix([
      [1, 0.5],
      [0.5, 2],
    ]);
    const found = solveProgramme(
      { informations: [Matrix.eye(2)], wishes: root(wanted), base: Matrix.zeros(2, 2) },
      1e-9,
    )!;
    expect(found.weights[0]).toBeCloseTo(Math.max(...eigenvalues(wanted)), 7);
  });

  it('of candidates along the axes is linear', () => {
    const axis = (k: number, size: number) => Matrix.zeros(3, 3).set(k, k, size);
    const wanted = Matrix.diag([2, 3, 5]);
    const informations = [axis(0, 1), axis(1, 2), axis(2, 4), axis(2, 1)];
    const { weights } = solveProgramme(
      { informations, wishes: root(wanted), base: Matrix.zeros(3, 3) },
      1e-9,
    )!;
    for (const [k, w] of [2, 1.5, 1.25, 0].entries()) expect(weights[k]).toBeCloseTo(w, 6);
  });

  it('is satisfied, and its dual proves that no less will do', () => {
    const informations = Array.from({ length: 12 }, (_, m) => information(5, 3, m + 1));
    const wanted = information(5, 2, 99);
    const { weights, gap } = solveProgramme(
      { informations, wishes: root(wanted), base: Matrix.zeros(5, 5) },
      1e-7,
    )!;
    const S = informations.reduce((sum, I, m) => sum.add(Matrix.mul(I, weights[m])), Matrix.mul(wanted, -1));
    expect(Math.min(...eigenvalues(S))).toBeGreaterThan(-1e-9);
    // Any Z ⪰ 0 with tr(I_m Z) ≤ 1 bounds Σ w from below by tr(J Z); the slack's inverse, scaled, is nearly the best.
    const inverse = new CholeskyDecomposition(S).solve(Matrix.eye(5));
    const most = Math.max(...informations.map((I) => I.mmul(inverse).trace()));
    const bound = wanted.mmul(inverse).trace() / most;
    const sum = weights.reduce((a, b) => a + b, 0);
    expect(bound).toBeLessThanOrEqual(sum * (1 + 1e-9));
    expect(sum - bound).toBeLessThan(1e-3 * sum);
    expect(gap).toBeLessThan(1e-6 * sum);
  });

  it('says where nothing satisfies it', () => {
    const wanted = Matrix.eye(2);
    const informations = [
      new Matrix([
        [1, 0],
        [0, 0],
      ]),
    ];
    expect(solveProgramme({ informations, wishes: root(wanted), base: Matrix.zeros(2, 2) })).toBeUndefined();
  });
});

describe('information matching', () => {
  const p = 6;
  const informations = Array.from({ length: 20 }, (_, m) => information(p, 2, m + 1));
  const targets: Target[] = [1, 2].map((q) => ({
    name: `Q${q}`,
    gradient: Float64Array.from({ length: p }, (_, v) => normal(50 + q, v)),
    accuracy: 0.1 * q,
  }));

  it('determines every target as well as wanted, with few candidates', () => {
    const found = matchInformation(informations, targets) as Matching;
    expect(isMatched(found)).toBe(true);
    const C = propagated(informations, found.weights, targets);
    for (const [q, { accuracy }] of targets.entries())
      expect(Math.sqrt(C.get(q, q))).toBeLessThan(1.01 * accuracy);
    // Not better than it must be: one of the targets is met exactly.
    const tightest = Math.max(...targets.map(({ accuracy }, q) => Math.sqrt(C.get(q, q)) / accuracy));
    expect(tightest).toBeGreaterThan(0.98);
    const used = found.weights.filter((w) => w > 0).length;
    expect(used).toBeLessThan(12);
  });

  it('does not depend on the units of the parameters', () => {
    const units = [1, 1e3, 1e-4, 10, 1, 1e2];
    const D = Matrix.diag(units);
    const other = informations.map((I) => D.mmul(I).mmul(D));
    const scaled = targets.map((t) => ({ ...t, gradient: t.gradient.map((g, v) => g * units[v]) }));
    const [a, b] = [matchInformation(informations, targets), matchInformation(other, scaled)] as Matching[];
    for (let m = 0; m < 20; m++) expect(b.weights[m]).toBeCloseTo(a.weights[m], 2);
  });

  it('names the targets that nothing informs', () => {
    const blind = informations.map((I) => {
      const out = I.clone();
      for (let v = 0; v < p; v++) out.set(0, v, 0).set(v, 0, 0);
      return out;
    });
    const one: Target = { name: 'in the dark', gradient: Float64Array.of(1, 0, 0, 0, 0, 0), accuracy: 1 };
    const other: Target = { name: 'in the light', gradient: Float64Array.of(0, 1, 0, 0, 0, 0), accuracy: 1 };
    const found = matchInformation(blind, [other, one]);
    expect(isMatched(found)).toBe(false);
    expect(found).toMatchObject({ outside: [{ name: 'in the dark', share: 1 }] });
  });
});
