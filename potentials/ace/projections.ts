import { embed } from './embedding.ts';
import type { AceModel } from './model.ts';

/** `linear`: B_v. `full`: ∂F/∂ρ_p · B_v, density by density, the gradient of F with respect to the coefficients. */
export const PROJECTION_KINDS = ['linear', 'full'] as const;
export type ProjectionKind = (typeof PROJECTION_KINDS)[number];

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
