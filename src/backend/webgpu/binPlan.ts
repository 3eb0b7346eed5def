import { completeCell, heights, inverse3, transformRows } from '../../core/cell.ts';
import { UserError } from '../../core/errors.ts';
import { WINDOW_REACH } from '../../core/fixedPoint.wgsl.ts';
import type { BinPlan } from '../../core/neighbours.wgsl.ts';
import type { Structure } from '../../core/structure.ts';

const MOST_BINS = 2 ** 26;
const SHRINKING = 1.02;

/** Bins of half the cutoff, fewer where there are few atoms. `cutoff` in Å, skin included. */
export function planBins(s: Structure, cutoff: number): BinPlan {
  const n = s.species.length;
  const cell = completeCell(s.cell);
  const inverse = inverse3(cell);
  const fractional = transformRows(s.positions, inverse, new Float64Array(3 * n));
  const height = heights(cell);
  const farthest = s.positions.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // Atoms are put into bins by f32, so a neighbour may be sought a little too near.
  const sought = cutoff + 0.01 + 2e-6 * farthest;
  // A cell may shrink a little before it needs another plan.
  const planned = SHRINKING * sought;
  const low = [0, 0, 0];
  const extent = [1, 1, 1];
  for (let x = 0; x < 3; x++) {
    if (s.periodic[x]) continue;
    const along = Array.from({ length: n }, (_, i) => fractional[3 * i + x]);
    low[x] = along.reduce((a, b) => Math.min(a, b), Infinity);
    extent[x] = Math.max(along.reduce((a, b) => Math.max(a, b), -Infinity) - low[x], 1e-3 / height[x]);
  }
  const width = height.map((h, x) => h * extent[x]);
  const count = width.map((w) => Math.max(1, Math.floor((2 * w) / planned)));
  const total = () => count[0] * count[1] * count[2];
  // Wider bins for a gas, as long as a window still sees across those that are searched.
  const widest = (x: number) => Math.max(1, Math.ceil(width[x] / (WINDOW_REACH / 8)));
  while (total() > 4 * n + 64) {
    const x = [0, 1, 2].filter((k) => count[k] > widest(k)).sort((p, q) => count[q] - count[p])[0];
    if (x === undefined) break;
    count[x] = Math.max(widest(x), Math.floor(count[x] / 2));
  }
  if (total() > MOST_BINS || sought > WINDOW_REACH / 4)
    throw new UserError(
      `webgpu: got ${n} atoms spread over ${width.map((w) => w.toFixed(0)).join(' × ')} Å with a cutoff of ${cutoff.toFixed(1)} Å, must be denser for a list on the device; use backend wasm`,
    );
  const reach = count.map((c, x) => {
    const far = Math.ceil((planned / width[x]) * c);
    return s.periodic[x] ? far : Math.min(far, c - 1);
  });
  return { atoms: n, count, reach, periodic: s.periodic, low, extent, heights: height, cutoff, sought };
}

/** Where each bin comes along a Morton curve, [bins]; bins are counted with c fastest. */
export function mortonRanks(count: readonly number[]): Uint32Array {
  const [na, nb, nc] = count;
  const ranks = new Uint32Array(na * nb * nc);
  let next = 0;
  const visit = (a: number, b: number, c: number, size: number) => {
    if (a >= na || b >= nb || c >= nc) return;
    if (size === 1) {
      ranks[(a * nb + b) * nc + c] = next++;
      return;
    }
    const half = size / 2;
    for (let k = 0; k < 8; k++)
      visit(a + half * (k >> 2), b + half * ((k >> 1) & 1), c + half * (k & 1), half);
  };
  visit(0, 0, 0, 2 ** Math.ceil(Math.log2(Math.max(na, nb, nc))));
  return ranks;
}
