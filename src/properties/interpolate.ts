/**
 * First guess of a path: distances between near atoms change evenly from one end to the other as well as they can, S = Σ w(d) (d⁰ − d)²
 * with w ∝ d⁻⁴ and d⁰ interpolated: the image dependent pair potential, S. Smidstrup et al., J. Chem. Phys. 140, 214106 (2014).
 * Along straight lines atoms would run into each other.
 */
import { closestPair } from '../core/closestPair.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Structure } from '../core/structure.ts';
import { bandForce, tangentAt } from './bandForces.ts';
import { followForces } from './followForces.ts';
import type { PathEnds } from './pathEnds.ts';

/** Pairs closer than this many times the closest pair of the ends count. */
const REACH = 2.2;
/** eV/Å²: stiffness of the closest pair, about a metal's, so that steps and forces are of the size the optimiser is used to. */
const STIFF = 5;
const CALM = { force: 0.1, steps: 100 } as const;
/** Å: atoms that meet on a straight line pass each other at this distance before anything pushes them. */
const ASIDE = 0.2;

/** Å: those that move less are not pushed, lest they come among others whose distances to them are not kept. */
const MOVES = 0.1;

interface Pairs {
  readonly i: Int32Array;
  readonly j: Int32Array;
  /** Å, [3·pairs], of the image of j. */
  readonly shift: Float64Array;
  /** Å, of the closest pair of the ends. */
  readonly closest: number;
}

/** Å, [images][3n], both ends among them. */
export async function interpolated(
  { initial, final }: PathEnds,
  count: number,
  hold?: Uint8Array,
): Promise<Float64Array[]> {
  const images = Array.from({ length: count }, (_, k) =>
    straight(initial.positions, final.positions, k / (count - 1)),
  );
  const moves = movers(initial.positions, final.positions);
  const still = Uint8Array.from(initial.species, (_, i) => (moves.has(i) && !hold?.[i] ? 0 : 1));
  const pairs = nearPairs(initial, images, moves);
  for (const image of images.slice(1, -1)) stepAside(image, pairs, still);
  const [first, last] = [lengths(initial.positions, pairs), lengths(final.positions, pairs)];
  const size = initial.positions.length;
  const x = Float64Array.from(images.slice(1, -1).flatMap((image) => [...image]));
  const inner = (k: number) => x.subarray((k - 1) * size, k * size);
  const at = (k: number) => (k === 0 ? images[0] : k === count - 1 ? images[count - 1] : inner(k));
  let off = Number.POSITIVE_INFINITY;
  await followForces(
    async (_, out) => {
      off = 0;
      for (let k = 1; k < count - 1; k++) {
        const wanted = straight(first, last, k / (count - 1));
        const force = pairForces(at(k), pairs, wanted, still);
        const triple = [at(k - 1), at(k), at(k + 1)];
        const moved = bandForce(triple, force, tangentAt(triple, [0, 0, 0]), STIFF, false);
        out.set(moved.total, (k - 1) * size);
        off = Math.max(off, moved.off);
      }
      return false;
    },
    x,
    () => off <= CALM.force,
    CALM.steps,
  );
  return Array.from({ length: count }, (_, k) => at(k).slice());
}

function straight(a: Float64Array, b: Float64Array, part: number): Float64Array {
  return a.map((x, k) => x + part * (b[k] - x));
}

/** Those that are near each other anywhere on the way, one of them moving; where nothing moves far, all of them. */
function nearPairs(initial: Structure, images: readonly Float64Array[], moves: ReadonlySet<number>): Pairs {
  const [first, last] = [images[0], images[images.length - 1]];
  // Where nothing is near anything there are no distances to keep, and straight lines are as good as any.
  const apart = (positions: Float64Array) => closestPair({ ...initial, positions }) ?? 1;
  const closest = Math.min(apart(first), apart(last));
  const pairs = { i: [] as number[], j: [] as number[], shift: [] as number[] };
  const seen = new Set<string>();
  for (const positions of images) {
    const list = buildNeighbours({ ...initial, positions }, REACH * closest);
    for (const i of moves)
      for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++) {
        const j = list.indices[p];
        const [a, b, c] = list.shifts.subarray(3 * p, 3 * p + 3);
        // An atom and its own image are always as far apart; a pair of movers counts once.
        if (j === i || (j < i && moves.has(j)) || seen.has(`${i} ${j} ${a} ${b} ${c}`)) continue;
        seen.add(`${i} ${j} ${a} ${b} ${c}`);
        pairs.i.push(i);
        pairs.j.push(j);
        for (let x = 0; x < 3; x++)
          pairs.shift.push(a * initial.cell[x] + b * initial.cell[3 + x] + c * initial.cell[6 + x]);
      }
  }
  return {
    i: Int32Array.from(pairs.i),
    j: Int32Array.from(pairs.j),
    shift: Float64Array.from(pairs.shift),
    closest,
  };
}

function movers(first: Float64Array, last: Float64Array): Set<number> {
  const all = Array.from({ length: first.length / 3 }, (_, i) => i);
  const far = all.filter(
    (i) => Math.hypot(...[0, 1, 2].map((x) => last[3 * i + x] - first[3 * i + x])) > MOVES,
  );
  return new Set(far.length > 0 ? far : all);
}

/** From i to j of pair p, Å. */
function bond(positions: Float64Array, { i, j, shift }: Pairs, p: number): [number, number, number] {
  const [a, b] = [3 * i[p], 3 * j[p]];
  return [
    positions[b] - positions[a] + shift[3 * p],
    positions[b + 1] - positions[a + 1] + shift[3 * p + 1],
    positions[b + 2] - positions[a + 2] + shift[3 * p + 2],
  ];
}

function lengths(positions: Float64Array, pairs: Pairs): Float64Array {
  return Float64Array.from(pairs.i, (_, p) => Math.hypot(...bond(positions, pairs, p)));
}

function pairForces(
  positions: Float64Array,
  pairs: Pairs,
  wanted: Float64Array,
  still: Uint8Array,
): Float64Array {
  const force = new Float64Array(positions.length);
  for (let p = 0; p < pairs.i.length; p++) {
    const r = bond(positions, pairs, p);
    const d = Math.hypot(...r);
    const w = (STIFF / 2) * (pairs.closest / d) ** 4;
    const short = wanted[p] - d;
    // −dS/dd, pushing the two apart.
    const push = 2 * w * short + (4 * w * short ** 2) / d;
    for (let x = 0; x < 3; x++) {
      force[3 * pairs.i[p] + x] -= (push * r[x]) / d;
      force[3 * pairs.j[p] + x] += (push * r[x]) / d;
    }
  }
  return force.map((f, k) => (still[Math.floor(k / 3)] ? 0 : f));
}

/** Parts atoms that sit in one place, where no direction is better than another: always along the same one. */
function stepAside(image: Float64Array, pairs: Pairs, still: Uint8Array): void {
  for (let p = 0; p < pairs.i.length; p++) {
    if (Math.hypot(...bond(image, pairs, p)) >= ASIDE) continue;
    const way = [0.48, 0.6, 0.64];
    for (let x = 0; x < 3; x++) {
      if (!still[pairs.i[p]]) image[3 * pairs.i[p] + x] -= ASIDE * way[x];
      if (!still[pairs.j[p]]) image[3 * pairs.j[p] + x] += ASIDE * way[x];
    }
  }
}
