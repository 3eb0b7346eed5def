import { potentials } from '../../potentials/registry.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';

/** A potential with a few parameters to be fitted, θ = ln(value): steps are relative, and signs are kept. */
export interface Parametric {
  readonly names: readonly string[];
  /** θ as given, [p]. */
  readonly start: Float64Array;
  at(theta: ArrayLike<number>): Potential;
}

/** `options` as a config writes them; `names`: those of its numbers that are parameters, none of them zero. */
export function parametric(options: { readonly kind: string }, names: readonly string[]): Parametric {
  const parsed = potentials.schema.parse(options) as Readonly<Record<string, number>> & {
    readonly kind: string;
  };
  return {
    names,
    start: Float64Array.from(names, (name) => Math.log(Math.abs(parsed[name]))),
    at: (theta) => {
      const changed = names.map((name, k) => [name, Math.sign(parsed[name]) * Math.exp(theta[k])]);
      return potentials.create({ ...parsed, ...Object.fromEntries(changed) });
    },
  };
}

/** What a label holds: the energy (eV) and the forces (eV/Å), [1 + 3n]. */
export function predictions(potential: Potential, s: Structure): Float64Array {
  const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);
  return Float64Array.of(e.energy, ...e.forces);
}

/** Step of θ in differences of fourth order: rounding and curvature both stay below 1e-9 of a derivative. */
const STEP = 2e-3;

/** ∂f/∂θ_k, column by column. */
export async function jacobian(
  f: (theta: Float64Array) => Promise<Float64Array> | Float64Array,
  theta: Float64Array,
): Promise<Float64Array[]> {
  const columns: Float64Array[] = [];
  for (let k = 0; k < theta.length; k++) {
    const at = async (steps: number) => {
      const moved = theta.slice();
      moved[k] += steps * STEP;
      return await f(moved);
    };
    const [a, b, c, d] = [await at(1), await at(-1), await at(2), await at(-2)];
    columns.push(a.map((x, q) => (8 * (x - b[q]) - (c[q] - d[q])) / (12 * STEP)));
  }
  return columns;
}
