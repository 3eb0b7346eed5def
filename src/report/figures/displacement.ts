import type { TopLevelSpec } from 'vega-lite';
import { squareDisplacements } from '../../analysis/displacement.ts';
import { timeUnit } from '../axes.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import type { RunData } from '../read/readRun.ts';
import { SERIES } from '../theme.ts';

/** Mean square displacement from the first frame, by element. */
export function displacement(run: Pick<RunData, 'trajectory'>): Figure | undefined {
  const { trajectory } = run;
  if (!trajectory || trajectory.frames.length < 5) return undefined;
  const { frames, times, timed } = trajectory;
  const n = frames[0].structure.species.length;
  if (frames.some((f) => f.structure.species.length !== n)) return undefined;
  const unit = timeUnit(timed ? times.at(-1)! - times[0] : 0);
  const { elements } = frames[0].structure;
  const values = squareDisplacements(frames.map((f) => f.structure)).flatMap((row, k) =>
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
