import { type LogAxis, logAxis, timeUnit } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { counted } from '../format.ts';
import { type MeasureTrace, measureTraces } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import { column } from '../read/table.ts';
import { countInfinite, thinTrace } from '../sampling.ts';
import { COLOUR } from '../theme.ts';
import {
  DIM,
  inUnit,
  type Layer,
  levelLayers,
  lineLayer,
  type Panel,
  panel,
  pointLayer,
  stack,
  verticalLayer,
} from './panel.ts';

/** The height of a panel, px, and what stands in it. */
export interface Row {
  readonly height: number;
  readonly y: { readonly title: string; readonly log?: LogAxis; readonly zero?: boolean };
  readonly layers: readonly Layer[];
}

/** Uncertainty, labels, temperature and pressure against time, one above the other. */
export function timeline(run: RunData): Figure | undefined {
  const time = column(run.thermo, 'time_fs');
  const { pauses } = run.history;
  const end = Math.max(...time.slice(-1), ...pauses.map((p) => p.time));
  if (!(end > 0)) return undefined;
  const unit = timeUnit(end);
  const scaled = inUnit(time, unit);
  const right = end / unit.size;
  const measures = measureTraces(run);
  const rows = [
    ...measures.map((m, k) => measureRow(run, m, k === 0 ? 200 : 100, unit.size, right)),
    ...labelRow(run, scaled, right),
    ...traceRow(run, scaled, 'temperature_K', 'T (K)', COLOUR.vermilion),
    ...traceRow(run, scaled, 'pressure_GPa', 'P (GPa)', COLOUR.green),
  ];
  if (rows.length === 0) return undefined;
  const at = pauses.map((p) => p.time / unit.size);
  const panels: Panel[] = rows.map((row, k) =>
    panel(
      {
        width: FULL_WIDTH,
        height: row.height,
        x: { title: `time (${unit.name})`, domain: [0, right] },
        y: row.y,
        last: k === rows.length - 1,
      },
      [verticalLayer(at, COLOUR.quiet, DIM), ...row.layers],
    ),
  );
  return { id: 'timeline', title: TITLE(measures), caption: caption(run, measures), spec: stack(panels) };
}

const TITLE = (measures: readonly MeasureTrace[]) =>
  measures.length > 0
    ? 'Uncertainty and state of the system against time'
    : 'State of the system against time';

export function measureRow(run: RunData, m: MeasureTrace, height: number, unit: number, right: number): Row {
  const marks = run.history.pauses.flatMap((p) => {
    const flag = p.flagged.find((f) => f.measure === m.kind);
    return flag && Number.isFinite(flag.grade)
      ? [{ x: p.time / unit, y: flag.grade, href: `#pause-${p.pause}` }]
      : [];
  });
  const levels = m.thresholds
    ? [
        ...levelLayers(m.thresholds.pause, `pause ${m.thresholds.pause}`, COLOUR.vermilion, right),
        ...levelLayers(m.thresholds.select, `select ${m.thresholds.select}`, COLOUR.orange, right),
      ]
    : [];
  const values = [...m.max, ...marks.map((p) => p.y), ...Object.values(m.thresholds ?? {})];
  return {
    height,
    y: { title: m.label, log: logAxis(values) },
    layers: [
      ...levels,
      lineLayer(thinTrace(inUnit(m.time, { name: '', size: unit }), m.max), COLOUR.blue),
      ...(marks.length > 0 ? [pointLayer(marks, COLOUR.vermilion, { shape: 'triangle-up', size: 60 })] : []),
    ],
  };
}

/** Labels bought so far, as a staircase. */
function labelRow(run: RunData, time: readonly number[], right: number): Row[] {
  const labels = column(run.thermo, 'labels');
  const budget = run.labelBudget;
  if (!labels.some((n) => n > 0)) return [];
  const steps = time
    .map((x, k) => ({ x, y: labels[k] }))
    .filter((p, k, all) => k === 0 || k === all.length - 1 || p.y !== all[k - 1].y);
  const line = { type: 'line', interpolate: 'step-after', color: COLOUR.blue, strokeWidth: 1.6 };
  const stairs = {
    data: { values: steps },
    mark: line,
    encoding: { x: { field: 'x' }, y: { field: 'y' } },
  } as Layer;
  const level = budget ? levelLayers(budget, `budget ${budget}`, COLOUR.quiet, right) : [];
  return [{ height: 70, y: { title: 'labels', zero: true }, layers: [...level, stairs] }];
}

export function traceRow(
  run: RunData,
  time: readonly number[],
  name: string,
  title: string,
  colour: string,
): Row[] {
  const points = thinTrace(time, column(run.thermo, name));
  return points.length > 1 ? [{ height: 90, y: { title }, layers: [lineLayer(points, colour, 1)] }] : [];
}

const MEANINGS: Readonly<Record<string, string>> = {
  extrapolationGrade:
    'γ: the extrapolation grade, above 1 where an environment lies outside of what was taught.',
  localGrade:
    'γ: the extrapolation grade within an atom’s own kind of environment, above 1 where it lies outside of what was taught.',
  committeeForce: 'σ: how far the members’ forces on an atom spread.',
  committeeEnergy: 'σE: how far the members’ energies of an atom spread.',
};

function caption(run: RunData, measures: readonly MeasureTrace[]): string {
  if (measures.length === 0) return 'Instantaneous temperature and pressure.';
  const lost = measures.reduce((sum, m) => sum + countInfinite(m.max), 0);
  return [
    'Largest uncertainty over all atoms at every sample, on a logarithmic scale.',
    ...measures.flatMap(({ kind }) => MEANINGS[kind] ?? []),
    run.history.pauses.length > 0
      ? 'Triangles and grey lines mark the pauses, each at the grade of its worst atom; a click on a triangle shows that environment. After a pause the run goes on from the last trusted frame, so the line itself stays below the pause threshold, and labels count from that frame on.'
      : 'The run never paused.',
    lost > 0 ? `Not drawn: ${counted(lost, 'value')} that ${lost === 1 ? 'was' : 'were'} infinite.` : '',
  ]
    .join(' ')
    .trim();
}
