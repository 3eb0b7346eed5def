import type { TopLevelSpec } from 'vega-lite';
import { pairDistribution as averagedOver } from '../../analysis/pairDistribution.ts';
import { atomCount } from '../../core/structure.ts';
import type { XyzFrame } from '../../io/extxyz.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import type { RunData } from '../read/readRun.ts';
import { thinIndices } from '../sampling.ts';
import { COLOUR } from '../theme.ts';

/** Å. */
const REACH = 8;
const BINS = 160;
/** Frames averaged in each part, and atoms over all of them: enough for a smooth curve, and soon done. */
const MOST_FRAMES = 10;
const MOST_ATOMS = 20_000;

/** g(r) over all pairs, averaged over the first and the last fifth of the trajectory. */
export function pairDistribution(run: Pick<RunData, 'trajectory'>): Figure | undefined {
  const frames = run.trajectory?.frames ?? [];
  if (frames.length < 2 || !frames[0].structure.periodic.every(Boolean)) return undefined;
  const share = Math.max(1, Math.floor(frames.length / 5));
  const parts = [
    { name: `first ${share === 1 ? 'frame' : `${share} frames`}`, g: averaged(frames.slice(0, share)) },
    { name: `last ${share === 1 ? 'frame' : `${share} frames`}`, g: averaged(frames.slice(-share)) },
  ];
  const values = parts.flatMap(({ name, g }) =>
    g.map((y, k) => ({ name, r: ((k + 0.5) * REACH) / BINS, y })),
  );
  return {
    id: 'rdf',
    half: true,
    title: 'Pair distribution',
    caption: 'Radial distribution function over all pairs at the start and at the end of the trajectory.',
    spec: {
      width: HALF_WIDTH,
      height: 240,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: {
        x: {
          field: 'r',
          type: 'quantitative',
          axis: { title: 'r (Å)' },
          scale: { domain: [0, REACH], nice: false },
        },
        y: { field: 'y', type: 'quantitative', axis: { title: 'g(r)' } },
        color: {
          field: 'name',
          type: 'nominal',
          sort: null,
          scale: { domain: parts.map((p) => p.name), range: [COLOUR.orange, COLOUR.blue] },
          legend: { title: null, symbolType: 'stroke' },
        },
      },
    } as TopLevelSpec,
  };
}

function averaged(frames: readonly XyzFrame[]): readonly number[] {
  const affordable = Math.max(1, Math.floor(MOST_ATOMS / atomCount(frames[0].structure)));
  const chosen = thinIndices(frames.length, Math.min(MOST_FRAMES, affordable)).map(
    (k) => frames[k].structure,
  );
  return averagedOver(chosen, REACH, BINS).g;
}
