/**
 * What the energy of a rest position or saddle would still change if another potential, whose forces f are known there, had its own:
 * −½ fᵀH⁻¹f, by the Lanczos process from f: fᵀg(H)f = |f|² Σ w_m g(θ_m) with the eigenvalues θ of the tridiagonal matrix and the squared
 * first components w of its eigenvectors. G. H. Golub and G. Meurant, Matrices, Moments and Quadrature, Princeton 2010.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { type HessianOptions, hessianTimes, normalise, orthogonalise } from './hessianTimes.ts';
import { dot } from './minimise.ts';

export interface Settling {
  /** eV, −½ fᵀH⁻¹f: at a rest position down; at a saddle along its mode up. */
  readonly shift: number;
  /** eV, ½ fᵀ|H|⁻¹f: what all modes move the energy by, none against another. */
  readonly size: number;
  readonly evaluations: number;
}

/** Part of it by which three further vectors may still change it. */
const ENOUGH = 0.01;
const MOST = 60;

/** `forces`: eV/Å, of the other potential, [3n]. `evaluates` gives the curvatures. */
export async function settlingEnergy(
  evaluates: Evaluates,
  s: Structure,
  forces: Float64Array,
  options: HessianOptions = {},
): Promise<Settling> {
  const H = hessianTimes(evaluates, s, options);
  const f = H.project(forces.slice());
  const squared = dot(f, f);
  if (squared === 0) return { shift: 0, size: 0, evaluations: 0 };
  const basis = [normalise(f)];
  const diagonal: number[] = [];
  const beside: number[] = [];
  const found: { readonly shift: number; readonly size: number }[] = [];
  while (diagonal.length < MOST) {
    const w = await H.times(basis[basis.length - 1]);
    diagonal.push(dot(w, basis[basis.length - 1]));
    found.push(quadrature(diagonal, beside, squared));
    const rest = Math.sqrt(squaredLength(orthogonalise(w, basis)));
    if (isSteady(found) || rest < 1e-6 * Math.abs(diagonal[0])) break;
    beside.push(rest);
    basis.push(normalise(w));
  }
  return { ...found[found.length - 1], evaluations: H.evaluations };
}

/**
 * The same of a structure under its own forces: what is gained when atoms that were held, and those among them, come to rest or, at a
 * saddle, to the saddle of all. Two or three dozen evaluations of the whole in place of a band of it.
 */
export async function settlingLeft(
  evaluates: Evaluates,
  s: Structure,
  options: HessianOptions = {},
): Promise<Settling> {
  const forces = (await evaluates.evaluate(s, ['forces'])).forces.slice();
  const left = await settlingEnergy(evaluates, s, forces, options);
  return { ...left, evaluations: left.evaluations + 1 };
}

function squaredLength(v: Float64Array): number {
  return dot(v, v);
}

function quadrature(diagonal: readonly number[], beside: readonly number[], squared: number) {
  const m = diagonal.length;
  const T = Matrix.zeros(m, m);
  diagonal.forEach((d, k) => {
    T.set(k, k, d);
    if (k + 1 < m) {
      T.set(k, k + 1, beside[k]);
      T.set(k + 1, k, beside[k]);
    }
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(T, { assumeSymmetric: true });
  const sum = (g: (theta: number) => number) =>
    realEigenvalues.reduce((all, theta, k) => all + eigenvectorMatrix.get(0, k) ** 2 * g(theta), 0);
  return {
    shift: -0.5 * squared * sum((theta) => 1 / theta),
    size: 0.5 * squared * sum((theta) => 1 / Math.abs(theta)),
  };
}

function isSteady(found: readonly { readonly size: number; readonly shift: number }[]): boolean {
  const last = found[found.length - 1];
  return (
    found.length > 3 &&
    found
      .slice(-4)
      .every(
        (f) => Math.max(Math.abs(f.size - last.size), Math.abs(f.shift - last.shift)) <= ENOUGH * last.size,
      )
  );
}
