/**
 * From a linear expansion to one with a second density under a square root, E_i = ρ₁ − f(ρ₂; ½), in the spirit of Finnis and Sinclair,
 * Philos. Mag. A 50, 45 (1984): the energy of a bond falls with the number of bonds.
 */
import { embed } from './embedding.ts';
import type { AceFunction, AceModel } from './model.ts';

/** Where the square root begins to bend: an atom's ρ₂ at the start. */
const DENSITY = 2;

const EMBEDDING = { prefactors: [1, -1], exponents: [1, 0.5] } as const;

/**
 * `model` must be linear. At the start ρ₂ is the smoothest pair function, `typical[a]` of which an atom of element a feels, and ρ₁ takes off again what the
 * root adds to first order.
 */
export function withSquareRoot(model: AceModel, typical: readonly number[]): AceModel {
  const pair = new Float64Array(2);
  return {
    ...model,
    centres: model.centres.map((centre, a) => {
      const { form } = centre.embedding;
      embed(form, DENSITY, EMBEDDING.exponents[1], pair);
      const c = DENSITY / typical[a];
      return {
        ...centre,
        embedding: { ...centre.embedding, ...EMBEDDING },
        functions: centre.functions.map((f): AceFunction => {
          const root = isSmoothest(f) ? c : 0;
          return { ...f, coefficients: [f.coefficients[0] + pair[1] * root, root] };
        }),
      };
    }),
  };
}

/** The first radial function of any neighbour. */
export function isSmoothest({ ns }: AceFunction): boolean {
  return ns.length === 1 && ns[0] === 1;
}
