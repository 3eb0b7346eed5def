import { completeCell, heights, inverse3, transformRows } from './cell.ts';
import { atomCount, type Structure } from './structure.ts';

/**
 * Full neighbour list in compressed rows: the neighbours of atom i are the entries `offsets[i] … offsets[i+1]−1`.
 * Entry p says: atom `indices[p]`, moved by `shifts[3p…3p+2]` lattice vectors, lies within `cutoff` of atom i.
 * Rows are sorted by (atom, shift), so sums over a row depend on positions alone and never on the list's age.
 */
export interface NeighbourList {
  /** Å, skin included. */
  readonly cutoff: number;
  /** [n+1]. */
  readonly offsets: Int32Array;
  /** [pairs]. */
  readonly indices: Int32Array;
  /** Lattice translations of the neighbour, [3·pairs]. */
  readonly shifts: Int32Array;
}

/** Linked-cell bins in fractional coordinates; open directions are binned over the extent of the atoms. */
export interface Bins {
  /** Bins along a, b, c. */
  readonly count: Int32Array;
  /** How many bins away a neighbour can be, along a, b, c. */
  readonly reach: Int32Array;
  /** Bin of each atom along a, b, c, [3n]. */
  readonly of: Int32Array;
  /** Lattice vectors taken off each atom to bring it home, [3n]. */
  readonly wraps: Int32Array;
  /** Atoms of bin k: `atoms[start[k]] … atoms[start[k+1]−1]`. */
  readonly start: Int32Array;
  readonly atoms: Int32Array;
}

const MAX_BINS_PER_AXIS = 512;

/** All pairs closer than `cutoff` (Å), periodic images and an atom's own images included. */
export function buildNeighbours(s: Structure, cutoff: number): NeighbourList {
  const n = atomCount(s);
  const cell = completeCell(s.cell);
  const bins = fillBins(s, cell, cutoff);
  const counts = new Int32Array(n + 1);
  visitPairs(s, cell, cutoff, bins, (_, j) => counts[j + 1]++);
  const offsets = counts;
  for (let i = 0; i < n; i++) offsets[i + 1] += offsets[i];
  const indices = new Int32Array(offsets[n]);
  const shifts = new Int32Array(3 * offsets[n]);
  const next = offsets.slice(0, n);
  // Visiting centres in ascending order and writing each pair into the *other* atom's row sorts every row by atom.
  visitPairs(s, cell, cutoff, bins, (i, j, a, b, c) => {
    const p = next[j]++;
    indices[p] = i;
    shifts[3 * p] = -a;
    shifts[3 * p + 1] = -b;
    shifts[3 * p + 2] = -c;
  });
  sortImages(offsets, indices, shifts);
  return { cutoff, offsets, indices, shifts };
}

/** `cell` is a complete one. */
export function fillBins(s: Structure, cell: Float64Array, cutoff: number): Bins {
  const n = atomCount(s);
  const fractional = transformRows(s.positions, inverse3(cell), new Float64Array(3 * n));
  const height = heights(cell);
  const count = new Int32Array(3);
  const reach = new Int32Array(3);
  const of = new Int32Array(3 * n);
  const wraps = new Int32Array(3 * n);
  for (let x = 0; x < 3; x++) {
    let low = 0;
    let extent = 1;
    if (!s.periodic[x]) {
      let high = -Infinity;
      low = Infinity;
      for (let i = 0; i < n; i++) {
        low = Math.min(low, fractional[3 * i + x]);
        high = Math.max(high, fractional[3 * i + x]);
      }
      extent = Math.max(high - low, 1e-9);
    }
    const width = height[x] * extent;
    const most = Math.min(MAX_BINS_PER_AXIS, Math.max(1, Math.ceil(Math.cbrt(n) * 4)));
    count[x] = Math.max(1, Math.min(most, Math.floor((2 * width) / cutoff)));
    const far = Math.ceil((cutoff / width) * count[x] + 1e-9);
    // A flat cluster would have to reach across billions of bins of no width, were there more than it has.
    reach[x] = s.periodic[x] ? far : Math.min(far, count[x] - 1);
    for (let i = 0; i < n; i++) {
      const f = fractional[3 * i + x];
      const wrap = s.periodic[x] ? Math.floor(f) : 0;
      wraps[3 * i + x] = wrap;
      const bin = Math.floor(((f - wrap - low) / extent) * count[x]);
      of[3 * i + x] = Math.max(0, Math.min(count[x] - 1, bin));
    }
  }
  const total = count[0] * count[1] * count[2];
  const start = new Int32Array(total + 1);
  const home = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    home[i] = (of[3 * i] * count[1] + of[3 * i + 1]) * count[2] + of[3 * i + 2];
    start[home[i] + 1]++;
  }
  for (let k = 0; k < total; k++) start[k + 1] += start[k];
  const atoms = new Int32Array(n);
  const next = start.slice(0, total);
  for (let i = 0; i < n; i++) atoms[next[home[i]]++] = i;
  return { count, reach, of, wraps, start, atoms };
}

/** Pairs of every `every`-th atom, one after the other, without a list of them: `r` in Å. */
export function samplePairs(
  s: Structure,
  cutoff: number,
  every: number,
  found: (i: number, j: number, r: number) => void,
): void {
  const cell = completeCell(s.cell);
  const [x, c] = [s.positions, cell];
  visitPairs(
    s,
    cell,
    cutoff,
    fillBins(s, cell, cutoff),
    (i, j, p, q, t) => {
      const d = (k: number) => x[3 * j + k] - x[3 * i + k] + p * c[k] + q * c[3 + k] + t * c[6 + k];
      found(i, j, Math.hypot(d(0), d(1), d(2)));
    },
    every,
  );
}

/** Calls `found(i, j, a, b, c)` for every j + (a,b,c)·cell within the cutoff of i, with i ascending. */
function visitPairs(
  s: Structure,
  cell: Float64Array,
  cutoff: number,
  bins: Bins,
  found: (i: number, j: number, a: number, b: number, c: number) => void,
  every = 1,
): void {
  const { count, reach, of, wraps, start, atoms } = bins;
  const { positions: r, periodic } = s;
  const limit = cutoff * cutoff;
  const [na, nb, nc] = [count[0], count[1], count[2]];
  for (let i = 0; i < atomCount(s); i += every)
    for (let da = -reach[0]; da <= reach[0]; da++) {
      const ka = of[3 * i] + da;
      const ia = Math.floor(ka / na);
      if (ia !== 0 && !periodic[0]) continue;
      for (let db = -reach[1]; db <= reach[1]; db++) {
        const kb = of[3 * i + 1] + db;
        const ib = Math.floor(kb / nb);
        if (ib !== 0 && !periodic[1]) continue;
        for (let dc = -reach[2]; dc <= reach[2]; dc++) {
          const kc = of[3 * i + 2] + dc;
          const ic = Math.floor(kc / nc);
          if (ic !== 0 && !periodic[2]) continue;
          const k = ((ka - ia * na) * nb + (kb - ib * nb)) * nc + (kc - ic * nc);
          for (let p = start[k]; p < start[k + 1]; p++) {
            const j = atoms[p];
            const a = ia + wraps[3 * i] - wraps[3 * j];
            const b = ib + wraps[3 * i + 1] - wraps[3 * j + 1];
            const c = ic + wraps[3 * i + 2] - wraps[3 * j + 2];
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const x = r[3 * j] - r[3 * i] + a * cell[0] + b * cell[3] + c * cell[6];
            const y = r[3 * j + 1] - r[3 * i + 1] + a * cell[1] + b * cell[4] + c * cell[7];
            const z = r[3 * j + 2] - r[3 * i + 2] + a * cell[2] + b * cell[5] + c * cell[8];
            if (x * x + y * y + z * z < limit) found(i, j, a, b, c);
          }
        }
      }
    }
}

/** Within a row, several images of one atom are brought into ascending order of their shift. */
function sortImages(offsets: Int32Array, indices: Int32Array, shifts: Int32Array): void {
  for (let i = 0; i + 1 < offsets.length; i++) {
    const end = offsets[i + 1];
    for (let from = offsets[i]; from < end; ) {
      let to = from + 1;
      while (to < end && indices[to] === indices[from]) to++;
      if (to - from > 1) sortShifts(shifts.subarray(3 * from, 3 * to));
      from = to;
    }
  }
}

function sortShifts(shifts: Int32Array): void {
  const triples = Array.from({ length: shifts.length / 3 }, (_, k) =>
    Array.from(shifts.subarray(3 * k, 3 * k + 3)),
  );
  triples.sort((p, q) => p[0] - q[0] || p[1] - q[1] || p[2] - q[2]);
  shifts.set(triples.flat());
}
