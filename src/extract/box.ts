import { type Cell, completeCell } from '../core/cell.ts';
import type { Periodic } from '../core/structure.ts';
import { type Images, imagesAround, type Parent } from './parent.ts';

/** A parallelepiped to be carved out of a parent, its edges along the parent's or nearly so. */
export interface Box {
  /** Å, rows. */
  readonly cell: Cell;
  /** Its middle, Å, [3]. */
  readonly middle: Float64Array;
  /** Directions in which it is shorter than the parent (its period, or its extent where it is open). */
  readonly cut: Periodic;
}

/** How much longer than needed a box may become to fit the lattice, Å: the repeat of most crystals. */
const SLACK = 6;
/** Å. Beyond this distance an atom has no partner across the seam. */
const UNMATCHED = 1;
/** Å² of mismatch that an Å of box length is worth. */
const PRICE_OF_LENGTH = 0.01;

/**
 * Boxes that hold at least `half` Å to either side of atom `centre`, best first by how well the local lattice
 * continues across their faces. Directions in which the parent is not longer than that stay whole. Faces may be
 * moved by up to `play` Å to pass between atoms.
 */
export function boxesAround(parent: Parent, centre: number, half: number, play: number): Box[] {
  const { structure, cell } = parent;
  const origin = structure.positions.slice(3 * centre, 3 * centre + 3);
  const lengths = structure.periodic.map((periodic, x) => (periodic ? parent.heights[x] : extent(parent, x)));
  const cut = lengths.map((length) => length > 2 * half + SLACK) as unknown as Periodic;
  const periods = [0, 1, 2].map((x) => {
    const whole = Array.from(cell.subarray(3 * x, 3 * x + 3));
    if (!cut[x]) return [whole];
    if (!structure.periodic[x]) return [whole.map((v) => (v * 2 * half) / parent.heights[x])];
    return localPeriods(parent, origin, x, half, cut);
  });
  const best = [0, 0, 0];
  const choices = [best, ...best.map((_, x) => best.map((k, y) => (x === y ? 1 : k)))];
  return choices
    .filter((choice) => choice.every((k, x) => k < periods[x].length))
    .map((choice) => {
      const box = completeCell(Float64Array.from(choice.flatMap((k, x) => periods[x][k])));
      const middle = origin.slice();
      for (let x = 0; x < 3; x++) {
        if (!cut[x] || !structure.periodic[x]) continue;
        const length = (parent.heights[x] * Math.hypot(...row(box, x))) / Math.hypot(...row(cell, x));
        const offset = quietOffset(parent, origin, x, length, half, play, cut) / parent.heights[x];
        for (let y = 0; y < 3; y++) middle[y] += offset * cell[3 * x + y];
      }
      return { cell: box, middle, cut };
    });
}

const row = (cell: Cell, x: number) => cell.subarray(3 * x, 3 * x + 3);

/** Å; how far the atoms reach along an open direction. */
export function extent(parent: Parent, x: number, positions = parent.structure.positions): number {
  const { inverse, heights } = parent;
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < positions.length; k += 3) {
    const f =
      positions[k] * inverse[x] + positions[k + 1] * inverse[3 + x] + positions[k + 2] * inverse[6 + x];
    low = Math.min(low, f);
    high = Math.max(high, f);
  }
  return (high - low) * heights[x];
}

/** Images in a layer normal to direction x, from `low` to `high` Å above `origin`, as wide as the box. */
function layer(
  parent: Parent,
  origin: Float64Array,
  x: number,
  low: number,
  high: number,
  half: number,
  cut: Periodic,
  margin = 0,
): Images {
  const middle = (low + high) / 2 / parent.heights[x];
  const at = origin.map((value, y) => value + middle * parent.cell[3 * x + y]);
  const width = (y: number) => {
    if (y === x) return (high - low) / 2;
    if (!parent.structure.periodic[y]) return cut[y] ? half + margin : Infinity;
    return (cut[y] ? half : parent.heights[y] / 2) + margin;
  };
  return imagesAround(parent, at, [width(0), width(1), width(2)]);
}

/**
 * Up to two translations along direction x, at least 2·half and at most 2·half + SLACK high, that best map the layer
 * at the lower face onto the layer at the upper one. Each is refined by the mean displacement between partners,
 * which finds the period of a hot or strained crystal and tilts the box where the lattice is tilted.
 */
function localPeriods(
  parent: Parent,
  origin: Float64Array,
  x: number,
  half: number,
  cut: Periodic,
): number[][] {
  const edge = Array.from(row(parent.cell, x), (v) => v / parent.heights[x]);
  const below = layer(parent, origin, x, -half - SLACK / 2, -half + 1, half, cut);
  const above = layer(parent, origin, x, half - SLACK / 2 - 1, half + SLACK + 2, half, cut, UNMATCHED);
  const grid = Array.from({ length: Math.round(SLACK / 0.1) + 1 }, (_, k) => 2 * half + 0.1 * k);
  const scored = grid.map((height) => {
    const period = edge.map((v) => v * height);
    return { period, height, score: match(parent, below, above, period).mismatch + PRICE_OF_LENGTH * height };
  });
  const first = scored.reduce((a, b) => (b.score < a.score ? b : a));
  const others = scored.filter((other) => Math.abs(other.height - first.height) > 0.8);
  const second = others.reduce((a, b) => (b.score < a.score ? b : a));
  return [first, second].map(({ period }) => {
    let refined = period;
    for (let round = 0; round < 3; round++) {
      const { mismatch, drift } = match(parent, below, above, refined);
      const moved = refined.map((v, y) => v + drift[y]);
      if (match(parent, below, above, moved).mismatch < mismatch) refined = moved;
    }
    return refined;
  });
}

/** Mean square distance (Å², capped) from each atom moved by `period` to its partner, and the mean displacement. */
function match(parent: Parent, below: Images, above: Images, period: readonly number[]) {
  const { species } = parent.structure;
  const drift = [0, 0, 0];
  let sum = 0;
  let matched = 0;
  const displacement = [0, 0, 0];
  for (let i = 0; i < below.parents.length; i++) {
    let nearest = UNMATCHED ** 2;
    let found = false;
    const [px, py, pz] = period.map((v, y) => v + below.positions[3 * i + y]);
    for (let j = 0; j < above.parents.length; j++) {
      const dx = above.positions[3 * j] - px;
      const dy = above.positions[3 * j + 1] - py;
      const dz = above.positions[3 * j + 2] - pz;
      const square = dx * dx + dy * dy + dz * dz;
      if (square >= nearest || species[below.parents[i]] !== species[above.parents[j]]) continue;
      nearest = square;
      found = true;
      displacement[0] = dx;
      displacement[1] = dy;
      displacement[2] = dz;
    }
    sum += nearest;
    if (!found) continue;
    matched++;
    for (let y = 0; y < 3; y++) drift[y] += displacement[y];
  }
  return {
    mismatch: sum / Math.max(1, below.parents.length),
    drift: drift.map((v) => v / Math.max(1, matched)),
  };
}

/** The shift of the box along x, at most ± `play` Å, for which its faces pass farthest from atoms. */
function quietOffset(
  parent: Parent,
  origin: Float64Array,
  x: number,
  length: number,
  half: number,
  play: number,
  cut: Periodic,
): number {
  const faces = [-length / 2, length / 2].map((face) => {
    const { positions } = layer(parent, origin, x, face - play - 1, face + play + 1, half, cut);
    return Array.from({ length: positions.length / 3 }, (_, k) => {
      let f = 0;
      for (let y = 0; y < 3; y++) f += (positions[3 * k + y] - origin[y]) * parent.inverse[3 * y + x];
      return f * parent.heights[x] - face;
    });
  });
  const crowding = (offset: number) =>
    faces.flat().reduce((sum, h) => sum + Math.exp(-(((h - offset) / 0.4) ** 2)), 1e-3 * Math.abs(offset));
  const steps = Math.floor(play / 0.1);
  const offsets = Array.from({ length: 2 * steps + 1 }, (_, k) => 0.1 * (k - steps));
  return offsets.reduce((a, b) => (crowding(b) < crowding(a) ? b : a));
}
