/**
 * A linear expansion with a second density under a square root beside it, E_i = ρ₁ − f(ρ₂; ½), in the spirit of Finnis and Sinclair,
 * Philos. Mag. A 50, 45 (1984): the energy of a bond falls with the number of bonds.
 */
import { simplestOf } from './ladder.ts';
import type { AceCentre, AceFunction, AceModel } from './model.ts';

/** An atom's ρ₂ at the start: the square root bends most between here and 0. */
const DENSITY = 2;

const ROOT = { prefactors: [-1], exponents: [0.5] } as const;

/**
 * −f(ρ₂; ½) alone, without a core, of the `count` simplest functions of every element of a linear `model`. At the start ρ₂ is the smoothest pair
 * function, `typical[a]` of which an atom of element a feels.
 */
export function squareRoot(model: AceModel, typical: readonly number[], count: number): AceModel {
  const { baseline, ...bare } = model;
  return {
    ...bare,
    centres: model.centres.map((centre, a) => ({
      ...centre,
      e0: 0,
      embedding: { ...centre.embedding, ...ROOT },
      functions: simplestOf(centre.functions, count).map((f) => ({
        ...f,
        coefficients: [isSmoothest(f) ? DENSITY / typical[a] : 0],
      })),
    })),
  };
}

/** Both in one model; the functions of `root` are among those of `linear`, which keeps its core and E₀. */
export function joined(linear: AceModel, root: AceModel): AceModel {
  return { ...linear, centres: linear.centres.map((c, a) => joinedCentre(c, root.centres[a])) };
}

function joinedCentre(linear: AceCentre, root: AceCentre): AceCentre {
  const second = new Map(root.functions.map((f) => [name(f), f.coefficients[0]]));
  return {
    ...linear,
    embedding: {
      ...linear.embedding,
      prefactors: [...linear.embedding.prefactors, ...root.embedding.prefactors],
      exponents: [...linear.embedding.exponents, ...root.embedding.exponents],
    },
    functions: linear.functions.map((f) => ({
      ...f,
      coefficients: [...f.coefficients, second.get(name(f)) ?? 0],
    })),
  };
}

const name = ({ mus, ns, ls, lint }: AceFunction) => [mus, ns, ls, lint].join(';');

/** The first radial function of any neighbour. */
export function isSmoothest({ ns }: Pick<AceFunction, 'ns'>): boolean {
  return ns.length === 1 && ns[0] === 1;
}
