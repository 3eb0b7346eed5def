/**
 * Generalised stacking fault of fcc: the upper half of a crystal slides over the lower along ⟨112⟩ in a {111} plane. The crystal is a
 * stack of N layers, each moved by s = a⟨112⟩/6 on the one below, whose third cell vector is tilted by t = λ s: one fault in each cell and no
 * surface. λ = 1 is the intrinsic fault, its barrier the unstable one. V. Vitek, Philos. Mag. 18, 773 (1968).
 */
import { type Structure, structureFrom } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { relax } from './relax.ts';

/** Energy against slip. */
export interface FaultPoint {
  /** Part of the partial Burgers vector a⟨112⟩/6. */
  readonly slip: number;
  /** eV/Å². */
  readonly energy: number;
}

export interface FaultCurve {
  readonly points: readonly FaultPoint[];
  /** eV/Å², of the intrinsic fault, every atom settled along the normal. */
  readonly intrinsic: number;
  /** eV/Å², the top of the curve on the way there. */
  readonly unstable: number;
}

export interface FaultOptions {
  /** Multiple of 3; default 12. */
  readonly layers?: number;
  /** Steps from the perfect crystal to the intrinsic fault; default 10. */
  readonly steps?: number;
}

/** Layers of an fcc crystal of lattice parameter `a` (Å), one atom each, the fault's slip as part of the partial. */
export function faultedStack(element: string, a: number, layers: number, slip: number): Structure {
  const d = a / Math.SQRT2;
  const partial = [d / 2, d / Math.sqrt(12)];
  const height = a / Math.sqrt(3);
  const positions = Array.from({ length: layers }, (_, k) => [
    (k % 3) * partial[0],
    (k % 3) * partial[1],
    k * height,
  ]);
  const cell = [d, 0, 0, d / 2, (d * Math.sqrt(3)) / 2, 0];
  const third = [slip * partial[0], slip * partial[1], layers * height];
  return structureFrom(Array(layers).fill(element), positions.flat(), [...cell, ...third]);
}

/** Atoms settle along the normal alone, in a cell of fixed height: slip would undo itself were they free to slide. */
export async function stackingFaultCurve(
  evaluates: Evaluates,
  element: string,
  a: number,
  { layers = 12, steps = 10 }: FaultOptions = {},
): Promise<Outcome<FaultCurve>> {
  const held = alongZ(evaluates);
  const area = (a * a * Math.sqrt(3)) / 4;
  const points: FaultPoint[] = [];
  let perfect = 0;
  for (let k = 0; k <= steps; k++) {
    const slip = k / steps;
    const stack = faultedStack(element, a, layers, slip);
    const { converged, energy, failure } = await relax(held, stack, { cell: false, force: 1e-4 });
    if (!converged) return failed(`at slip ${slip.toFixed(2)}: ${failure}`);
    if (k === 0) perfect = energy;
    points.push({ slip, energy: (energy - perfect) / area });
  }
  return found({ points, intrinsic: points[steps].energy, unstable: top(points) });
}

/** Forces across z are taken away, so nothing moves that way. */
function alongZ(evaluates: Evaluates): Evaluates {
  return {
    async evaluate(s, want) {
      const e = await evaluates.evaluate(s, want);
      return { ...e, forces: e.forces.map((f, k) => (k % 3 === 2 ? f : 0)) };
    },
  };
}

/** Of the parabola through the highest point and its neighbours. */
function top(points: readonly FaultPoint[]): number {
  const at = points.reduce((best, p, k) => (p.energy > points[best].energy ? k : best), 0);
  const [before, here, after] = [points[at - 1], points[at], points[at + 1]].map((p) => p?.energy);
  if (before === undefined || after === undefined) return here!;
  return here - (after - before) ** 2 / (8 * (before - 2 * here + after));
}
