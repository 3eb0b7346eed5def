import type { TopLevelSpec } from 'vega-lite';
import type { ErrorSummary } from '../../learn/errors.ts';
import { logAxis } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import type { RunData } from '../read/readRun.ts';
import { validationSummary } from '../summary.ts';
import { COLOUR } from '../theme.ts';

/** One error of one kind at a number of labels; errors in meV. */
interface Entry {
  readonly labels: number;
  readonly kind: string;
  readonly error: number;
}

const BEFORE = 'each label before it was learned';
const TRAINING = 'training set';
const FRESH = 'fresh frames (validation)';
const KINDS = [BEFORE, FRESH, TRAINING];
const COLOURS = [COLOUR.sky, COLOUR.vermilion, COLOUR.blue];

/** Errors against the number of labels learned: forces and energies. */
export function learningCurve(run: RunData): Figure | undefined {
  const panels = [
    { title: 'force RMSE (meV/Å)', entries: entriesOf(run, 'forceRmse') },
    { title: 'energy RMSE (meV/atom)', entries: entriesOf(run, 'energyRmse') },
  ].filter(({ entries }) => entries.length > 0);
  if (panels.length === 0) return undefined;
  const kinds = KINDS.filter((kind) => panels.some((p) => p.entries.some((e) => e.kind === kind)));
  const last = Math.max(...panels.flatMap((p) => p.entries.map((e) => e.labels)));
  const width = (FULL_WIDTH - 20) / panels.length;
  return {
    id: 'learning',
    title: 'Errors against labels learned',
    caption: caption(kinds),
    spec: {
      hconcat: panels.map((p) => plot(p.title, p.entries, kinds, width, last)),
      spacing: 34,
    } as TopLevelSpec,
  };
}

function caption(kinds: readonly string[]): string {
  const fresh = kinds.includes(FRESH);
  return [
    kinds.includes(BEFORE)
      ? 'Light dots: how wrong the ensemble was about each new label before it learned it, on the atoms it was cut out for; they stand for what the run was meeting at the time.'
      : '',
    fresh
      ? 'Orange-red: errors of every generation on fresh frames of a trajectory driven by the reference, which were never learned; they stand for the whole trajectory.'
      : '',
    `Blue: errors of every generation on its own training set. These may rise, as every label adds what is harder to describe.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function entriesOf(run: RunData, key: keyof ErrorSummary): Entry[] {
  const { labels, generations } = run.history;
  const validated = validationSummary(run)?.generations ?? [];
  const all = [
    ...labels.flatMap((l) =>
      l.before ? [{ labels: l.label, kind: BEFORE, error: 1e3 * l.before[key] }] : [],
    ),
    ...generations.map((g) => ({ labels: g.labels, kind: TRAINING, error: 1e3 * g.errors[key] })),
    ...validated.map((g) => ({ labels: g.labels, kind: FRESH, error: 1e3 * g[key] })),
  ];
  return all.filter((e) => e.error > 0 && Number.isFinite(e.error));
}

function plot(
  title: string,
  entries: readonly Entry[],
  kinds: readonly string[],
  width: number,
  last: number,
) {
  const log = logAxis(entries.map((e) => e.error));
  const colour = {
    field: 'kind',
    type: 'nominal',
    scale: { domain: kinds, range: kinds.map((kind) => COLOURS[KINDS.indexOf(kind)]) },
    legend: { title: null, symbolType: 'circle', columns: 3 },
  };
  const lines = entries.filter((e) => e.kind !== BEFORE);
  return {
    width,
    height: 260,
    encoding: {
      x: {
        field: 'labels',
        type: 'quantitative',
        axis: { title: 'labels learned', tickMinStep: 1 },
        scale: { domain: [0, last], nice: false },
      },
      y: {
        field: 'error',
        type: 'quantitative',
        scale: { type: 'log', domain: log.domain, nice: false },
        axis: { title, values: log.ticks, format: '.10~g' },
      },
      color: colour,
    },
    layer: [
      {
        data: { values: entries.filter((e) => e.kind === BEFORE) },
        mark: { type: 'point', size: 30, opacity: 0.85 },
      },
      { data: { values: lines }, mark: { type: 'line', strokeWidth: 2 } },
      { data: { values: lines }, mark: { type: 'point', size: 42 } },
    ],
  };
}
