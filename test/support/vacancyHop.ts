import { takeOut } from '../../src/core/pointDefects.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';

/** A vacancy that changes places with its nearest neighbour; the middle has the symmetry of both ends. Nothing is relaxed. */
export interface VacancyHop {
  readonly initial: Structure;
  readonly final: Structure;
  readonly middle: Structure;
  /** The atom that hops. */
  readonly hopping: number;
}

export function vacancyHop(unit: Structure, repeat: readonly [number, number, number]): VacancyHop {
  const whole = supercell(unit, repeat);
  const p = whole.positions;
  const away = (j: number) => Math.hypot(p[3 * j] - p[0], p[3 * j + 1] - p[1], p[3 * j + 2] - p[2]);
  let nearest = 1;
  for (let j = 2; j < whole.species.length; j++) if (away(j) < away(nearest) - 1e-6) nearest = j;
  const initial = takeOut(whole, [0]);
  const hopping = nearest - 1;
  const hopped = (part: number): Structure => {
    const positions = initial.positions.slice();
    for (let x = 0; x < 3; x++) positions[3 * hopping + x] += part * (p[x] - p[3 * nearest + x]);
    return { ...initial, positions };
  };
  return { initial, final: hopped(1), middle: hopped(0.5), hopping };
}
