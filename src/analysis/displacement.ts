import { inverse3, isOpenCell } from '../core/cell.ts';
import { type Interval, meanInterval } from '../core/interval.ts';
import type { Structure } from '../core/structure.ts';

/** Mean square displacement since the first structure, the drift of all atoms taken off: Å², by structure and element. */
export function squareDisplacements(structures: readonly Structure[]): number[][] {
  const { species, elements } = structures[0];
  const travelled = new Float64Array(3 * species.length);
  return structures.map((s, k) => {
    if (k > 0) addSteps(structures[k - 1], s, travelled);
    const drift = [0, 1, 2].map((x) => {
      let sum = 0;
      for (let i = 0; i < species.length; i++) sum += travelled[3 * i + x];
      return sum / species.length;
    });
    const sums = elements.map(() => ({ square: 0, count: 0 }));
    species.forEach((e, i) => {
      sums[e].count++;
      for (let x = 0; x < 3; x++) sums[e].square += (travelled[3 * i + x] - drift[x]) ** 2;
    });
    return sums.map(({ square, count }) => square / count);
  });
}

/** Adds each atom's shortest step between two frames; a change of the cell alone is no step. */
function addSteps(before: Structure, after: Structure, travelled: Float64Array): void {
  const { cell, periodic } = after;
  const open = isOpenCell(cell);
  const [to, from] = open ? [undefined, undefined] : [inverse3(cell), inverse3(before.cell)];
  const step = [0, 0, 0];
  for (let i = 0; i < travelled.length; i += 3) {
    if (!to || !from) {
      for (let x = 0; x < 3; x++) travelled[i + x] += after.positions[i + x] - before.positions[i + x];
      continue;
    }
    for (let a = 0; a < 3; a++) {
      step[a] = 0;
      for (let x = 0; x < 3; x++)
        step[a] += after.positions[i + x] * to[3 * x + a] - before.positions[i + x] * from[3 * x + a];
      if (periodic[a]) step[a] -= Math.round(step[a]);
    }
    for (let x = 0; x < 3; x++)
      travelled[i + x] += step[0] * cell[x] + step[1] * cell[3 + x] + step[2] * cell[6 + x];
  }
}

/** Parts of a trajectory that are judged on their own. */
const BLOCKS = 5;

/**
 * Å²/fs, coefficient of self-diffusion by element with its interval of 95 %: a sixth of the slope of the mean square displacement over the later half of
 * each of five parts of the trajectory, by their scatter. Undefined where a part holds fewer than four structures.
 */
export function selfDiffusion(
  structures: readonly Structure[],
  times: readonly number[],
): readonly Interval[] | undefined {
  const size = Math.floor(structures.length / BLOCKS);
  if (size < 4) return undefined;
  const parts = Array.from({ length: BLOCKS }, (_, b) => {
    const at = (k: number) => b * size + k;
    const squares = squareDisplacements(structures.slice(at(0), at(size)));
    const later = Array.from({ length: size - Math.floor(size / 2) }, (_, k) => Math.floor(size / 2) + k);
    return structures[0].elements.map(
      (_, e) =>
        slope(
          later.map((k) => times[at(k)]),
          later.map((k) => squares[k][e]),
        ) / 6,
    );
  });
  return structures[0].elements.map((_, e) => meanInterval(parts.map((p) => p[e])));
}

function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((sum, a) => sum + a / v.length, 0);
  const [mx, my] = [mean(x), mean(y)];
  const across = x.reduce((sum, a, k) => sum + (a - mx) * (y[k] - my), 0);
  return across / x.reduce((sum, a) => sum + (a - mx) ** 2, 0);
}
