import type { TopLevelSpec } from 'vega-lite';
import { inverse3, isOpenCell } from '../../core/cell.ts';
import type { Structure } from '../../core/structure.ts';
import { timeUnit } from '../axes.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import type { RunData } from '../read/readRun.ts';
import { SERIES } from '../theme.ts';

/** Mean square displacement from the first frame, by element. */
export function displacement(run: RunData): Figure | undefined {
  const { trajectory } = run;
  if (!trajectory || trajectory.frames.length < 5) return undefined;
  const { frames, times, timed } = trajectory;
  const n = frames[0].structure.species.length;
  if (frames.some((f) => f.structure.species.length !== n)) return undefined;
  const unit = timeUnit(timed ? times.at(-1)! - times[0] : 0);
  const { elements } = frames[0].structure;
  const values = squares(frames.map((f) => f.structure)).flatMap((row, k) =>
    row.map((msd, e) => ({ t: (times[k] - times[0]) / unit.size, msd, element: elements[e] })),
  );
  return {
    id: 'msd',
    half: true,
    title: 'Mean square displacement',
    caption:
      'From the first frame, followed from frame to frame through the periodic boundaries, the drift of the whole system taken off. A plateau means a solid, a straight rise diffusion.',
    spec: {
      width: HALF_WIDTH,
      height: 240,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: {
        x: {
          field: 't',
          type: 'quantitative',
          axis: { title: timed ? `time (${unit.name})` : 'frame' },
          scale: { nice: false },
        },
        y: { field: 'msd', type: 'quantitative', axis: { title: 'MSD (Å²)' } },
        color: {
          field: 'element',
          type: 'nominal',
          sort: null,
          scale: { domain: elements, range: SERIES },
          legend: elements.length > 1 ? { title: null, symbolType: 'stroke' } : null,
        },
      },
    } as TopLevelSpec,
  };
}

/** Å², by frame and element. */
export function squares(structures: readonly Structure[]): number[][] {
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
