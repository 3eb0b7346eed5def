import { UserError } from '../../src/core/errors.ts';
import { embed } from './embedding.ts';
import type { AceModel } from './model.ts';

/** `linear`: B_v. `full`: ∂F/∂ρ_p · B_v, density by density, the gradient of F with respect to the coefficients. */
export type ProjectionKind = 'linear' | 'full';

/** The full projection vector of an atom of species `a` with projections B. `out` is [functions · P]. */
export function fullProjections(
  model: AceModel,
  a: number,
  B: Float64Array,
  out: Float64Array,
): Float64Array {
  const { embedding, functions } = model.centres[a];
  const pair = new Float64Array(2);
  embedding.prefactors.forEach((w, p) => {
    let rho = 0;
    functions.forEach((f, v) => {
      rho += f.coefficients[p] * B[v];
    });
    embed(embedding.form, rho, embedding.exponents[p], pair);
    for (let v = 0; v < functions.length; v++) out[p * functions.length + v] = w * pair[1] * B[v];
  });
  return out;
}

/**
 * B_v from rows of full projections of species `a`: a density with exponent 1 holds them as they are. Throws a UserError where
 * no density has it; `place` names the set.
 */
export function linearProjections(
  model: AceModel,
  a: number,
  full: Float64Array,
  place: string,
): Float64Array {
  const { embedding, functions } = model.centres[a];
  const { prefactors, exponents } = embedding;
  const F = functions.length;
  const p = exponents.findIndex((m, k) => m === 1 && prefactors[k] !== 0);
  if (p < 0)
    throw new UserError(
      `${place}: got exponents ${exponents.join(', ')}, one must be 1 for a full active set to outlive new coefficients; use a linear set`,
    );
  const width = F * prefactors.length;
  return Float64Array.from(
    { length: (full.length / width) * F },
    (_, k) => full[Math.floor(k / F) * width + p * F + (k % F)] / prefactors[p],
  );
}
