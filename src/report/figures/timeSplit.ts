import type { TopLevelSpec } from 'vega-lite';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { percent, wallTime } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import { secondsOf } from '../summary.ts';
import { COLOUR } from '../theme.ts';

/** Names of the activities, in the order in which they follow each other. */
const ACTIVITIES: Readonly<Record<string, string>> = {
  md: 'dynamics',
  extract: 'extracting',
  label: 'labelling',
  train: 'training',
  validate: 'validating',
};

/** Where the wall time went. */
export function timeSplit(run: RunData): Figure | undefined {
  const spent = Object.entries(secondsOf(run)).filter(([, s]) => s > 0);
  const total = spent.reduce((sum, [, s]) => sum + s, 0);
  if (spent.length < 2) return undefined;
  const values = spent.map(([activity, s]) => ({
    activity: ACTIVITIES[activity] ?? activity,
    seconds: s,
    text: `${wallTime(s)} · ${percent(s / total)}`,
  }));
  const longest = Math.max(...values.map((v) => v.seconds));
  return {
    id: 'time',
    title: 'Where the wall time went',
    caption: run.history.finished
      ? `${wallTime(total)} in all.`
      : `${wallTime(total)} of labelling and training so far; the run has not finished, so the rest is not accounted for.`,
    spec: {
      width: FULL_WIDTH,
      height: { step: 28 },
      data: { values },
      encoding: {
        y: {
          field: 'activity',
          type: 'nominal',
          sort: null,
          axis: { title: null, domain: false, ticks: false, labelFontSize: 12 },
        },
        x: {
          field: 'seconds',
          type: 'quantitative',
          scale: { domain: [0, 1.2 * longest], nice: false },
          axis: null,
        },
      },
      layer: [
        { mark: { type: 'bar', color: COLOUR.blue, height: 16, cornerRadiusEnd: 2 } },
        { mark: { type: 'text', align: 'left', dx: 6 }, encoding: { text: { field: 'text' } } },
      ],
    } as TopLevelSpec,
  };
}
