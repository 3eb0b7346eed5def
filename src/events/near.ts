import { completeCell, heights, inverse3, transformRows } from '../core/cell.ts';
import { atomCount, type Periodic, type Structure } from '../core/structure.ts';

/** Indices that are marked, ascending. */
export function marked(flags: Uint8Array): Int32Array {
  const out: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i]) out.push(i);
  return Int32Array.from(out);
}

/** Atoms sorted into boxes by their fractions, so that a look around one atom costs what is near it. */
export interface Grid {
  readonly periodic: Periodic;
  readonly cell: Float64Array;
  readonly heights: readonly number[];
  readonly count: readonly number[];
  /** Wrapped where periodic, [3n]. */
  readonly fractions: Float64Array;
  readonly start: Int32Array;
  readonly atoms: Int32Array;
  readonly low: readonly number[];
  readonly extent: readonly number[];
}

/** Å, width of a box, about. */
const BOX = 4;

export function gridOf(s: Structure): Grid {
  const n = atomCount(s);
  const cell = completeCell(s.cell);
  const height = heights(cell);
  const f = transformRows(s.positions, inverse3(cell), new Float64Array(3 * n));
  const [low, extent, count] = [
    [0, 0, 0],
    [1, 1, 1],
    [1, 1, 1],
  ];
  for (let x = 0; x < 3; x++) {
    if (s.periodic[x]) for (let k = x; k < f.length; k += 3) f[k] -= Math.floor(f[k]);
    else {
      let [least, most] = [Infinity, -Infinity];
      for (let k = x; k < f.length; k += 3) [least, most] = [Math.min(least, f[k]), Math.max(most, f[k])];
      [low[x], extent[x]] = [least, Math.max(most - least, 1e-9) * (1 + 1e-9)];
    }
    count[x] = Math.max(1, Math.min(Math.ceil(4 * Math.cbrt(n)), Math.floor((height[x] * extent[x]) / BOX)));
  }
  const home = Int32Array.from({ length: n }, (_, i) => {
    const k = [0, 1, 2].map((x) => boxAt((f[3 * i + x] - low[x]) / extent[x], count[x]));
    return (k[0] * count[1] + k[1]) * count[2] + k[2];
  });
  const start = new Int32Array(count[0] * count[1] * count[2] + 1);
  for (const h of home) start[h + 1]++;
  for (let k = 1; k < start.length; k++) start[k] += start[k - 1];
  const next = start.slice();
  const atoms = new Int32Array(n);
  home.forEach((h, i) => {
    atoms[next[h]++] = i;
  });
  return { periodic: s.periodic, cell, heights: height, count, fractions: f, start, atoms, low, extent };
}

function boxAt(fraction: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor(fraction * count)));
}

/** [n]; 1 for what is within `radius` (Å) of any of `atoms`, images included. */
export function within(grid: Grid, atoms: ArrayLike<number>, radius: number): Uint8Array {
  const { periodic, count, fractions: f, low, extent, heights: height } = grid;
  const flags = new Uint8Array(f.length / 3);
  const far = [0, 1, 2].map((x) => Math.ceil((radius * count[x]) / (height[x] * extent[x])));
  for (let a = 0; a < atoms.length; a++) {
    const i = atoms[a];
    const [first, last] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (let x = 0; x < 3; x++) {
      const at = boxAt((f[3 * i + x] - low[x]) / extent[x], count[x]);
      first[x] = periodic[x] ? at - far[x] : Math.max(0, at - far[x]);
      last[x] = periodic[x] ? at + far[x] : Math.min(count[x] - 1, at + far[x]);
    }
    for (let p = first[0]; p <= last[0]; p++)
      for (let q = first[1]; q <= last[1]; q++)
        for (let r = first[2]; r <= last[2]; r++) markBox(grid, i, p, q, r, radius * radius, flags);
  }
  return flags;
}

/** Marks what is near atom i in the box (p, q, r), which may be an image of one. */
function markBox(
  { count, start, atoms, fractions: f, cell: c }: Grid,
  i: number,
  p: number,
  q: number,
  r: number,
  square: number,
  flags: Uint8Array,
): void {
  const [a, b, d] = [Math.floor(p / count[0]), Math.floor(q / count[1]), Math.floor(r / count[2])];
  const k = ((p - a * count[0]) * count[1] + q - b * count[1]) * count[2] + r - d * count[2];
  for (let t = start[k]; t < start[k + 1]; t++) {
    const j = atoms[t];
    if (flags[j]) continue;
    const u = f[3 * j] + a - f[3 * i];
    const v = f[3 * j + 1] + b - f[3 * i + 1];
    const w = f[3 * j + 2] + d - f[3 * i + 2];
    const x = u * c[0] + v * c[3] + w * c[6];
    const y = u * c[1] + v * c[4] + w * c[7];
    const z = u * c[2] + v * c[5] + w * c[8];
    if (x * x + y * y + z * z <= square) flags[j] = 1;
  }
}
