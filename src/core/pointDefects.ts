import { completeCell, inverse3, transformRows } from './cell.ts';
import { closestPair } from './closestPair.ts';
import { UserError } from './errors.ts';
import { atomCount, type Structure, structureFrom, subset, symbolsOf } from './structure.ts';

/** Removes atoms: those named, or a number of them spread as far apart as they can be. */
export function takeOut(s: Structure, vacancies: number | readonly number[]): Structure {
  const gone = new Set(typeof vacancies === 'number' ? spread(s, vacancies) : vacancies);
  const n = atomCount(s);
  for (const i of gone)
    if (i >= n) throw new UserError(`structure vacancies: got atom ${i}, must be below ${n}; count from 0`);
  if (gone.size === 0) return s;
  return subset(
    s,
    Array.from({ length: n }, (_, i) => i).filter((i) => !gone.has(i)),
  );
}

/** `count` atoms, the first nearest the middle, each next one farthest from those before (nearest image). */
function spread(s: Structure, count: number): number[] {
  const n = atomCount(s);
  if (count >= n)
    throw new UserError(`structure vacancies: got ${count}, must be below the ${n} atoms there are`);
  const cell = completeCell(s.cell);
  const f = transformRows(s.positions, inverse3(cell), new Float64Array(3 * n));
  const distance = (p: ArrayLike<number>, i: number) => {
    const d = [0, 1, 2]
      .map((x) => f[3 * i + x] - p[x])
      .map((x, k) => (s.periodic[k] ? x - Math.round(x) : x));
    return Math.hypot(...transformRows(d, cell, new Float64Array(3)));
  };
  const middle = [0, 1, 2].map((x) => f.reduce((sum, v, k) => (k % 3 === x ? sum + v / n : sum), 0));
  const chosen: number[] = [];
  // Ties are left to the lowest index; rounding must not decide them.
  let away = Array.from({ length: n }, (_, i) => -distance(middle, i));
  for (let k = 0; k < count; k++) {
    const next = away.reduce((best, value, i) => (value > away[best] + 1e-6 ? i : best), 0);
    chosen.push(next);
    const here = f.subarray(3 * next, 3 * next + 3);
    away = away.map((value, i) => (k === 0 ? distance(here, i) : Math.min(value, distance(here, i))));
  }
  return chosen;
}

export interface Adatom {
  /** The slab's first element if absent. */
  readonly element?: string | undefined;
  /** Fractions of the slab along a and b. */
  readonly at: readonly [number, number];
}

/** Puts adatoms on top of a slab, each rolled into the nearest hollow, touching at the slab's nearest-neighbour distance. */
export function settleAdatoms(s: Structure, adatoms: readonly Adatom[]): Structure {
  let out = s;
  const bond = adatoms.length > 0 ? nearestDistance(s) : 0;
  for (const { element = s.elements[0], at } of adatoms) {
    const rest = rollDown(
      out,
      bond,
      [0, 1].map((x) => at[0] * s.cell[x] + at[1] * s.cell[3 + x]),
    );
    out = structureFrom([...symbolsOf(out), element], [...out.positions, ...rest], out.cell, out.periodic);
  }
  return out;
}

function nearestDistance(s: Structure): number {
  const closest = closestPair(s);
  if (closest === undefined)
    throw new UserError('structure adatoms: no two atoms of the slab are within 20 Å; check a');
  return closest;
}

/** Pattern search for the lowest resting place of a hard sphere dropped at (x, y). */
function rollDown(s: Structure, bond: number, start: readonly number[]): [number, number, number] {
  const n = atomCount(s);
  const restHeight = (x: number, y: number) => {
    let z = -Infinity;
    for (let i = 0; i < n; i++)
      for (let p = -1; p <= 1; p++)
        for (let q = -1; q <= 1; q++) {
          const dx = s.positions[3 * i] + p * s.cell[0] + q * s.cell[3] - x;
          const dy = s.positions[3 * i + 1] + p * s.cell[1] + q * s.cell[4] - y;
          const below = bond * bond - dx * dx - dy * dy;
          if (below > 0) z = Math.max(z, s.positions[3 * i + 2] + Math.sqrt(below));
        }
    return z;
  };
  // Sixteen directions: a valley between two atoms is too narrow for four.
  const directions = Array.from({ length: 16 }, (_, k) => [
    Math.cos((k * Math.PI) / 8),
    Math.sin((k * Math.PI) / 8),
  ]);
  let [x, y] = start;
  let z = restHeight(x, y);
  for (let step = bond / 8; step > 1e-5; ) {
    const around = directions
      .map((d) => [x + step * d[0], y + step * d[1]])
      .map(([p, q]) => [p, q, restHeight(p, q)]);
    const lowest = around.reduce((best, here) => (here[2] < best[2] ? here : best));
    if (lowest[2] < z - 1e-9) [x, y, z] = lowest;
    else step /= 2;
  }
  return [x, y, z];
}
