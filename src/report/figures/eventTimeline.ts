import type { EventClass } from '../../events/classes.ts';
import { timeUnit } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { measureTraces } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import { column } from '../read/table.ts';
import type { Transitions } from '../read/transitions.ts';
import { lengthOf } from '../summary.ts';
import { COLOUR, SERIES } from '../theme.ts';
import { DIM, inUnit, type Layer, type Panel, panel, stack, verticalLayer } from './panel.ts';
import { measureRow, traceRow } from './timeline.ts';

/** Height of a class's lane, px. */
const LANE = 26;

/** Classes that have a lane of their own. */
export const LANES = 10;

/** Colour of the class that stands at a place of the list. */
export function classColour(k: number): string {
  return SERIES[k % SERIES.length];
}

/** The largest grade against time, and below it every event in the lane of its class. */
export function eventTimeline(run: RunData, { records, classes }: Transitions): Figure | undefined {
  const end = Math.max(lengthOf(run).time, ...records.map((r) => r.time[1]));
  if (records.length === 0 || !(end > 0)) return undefined;
  const unit = timeUnit(end);
  const right = end / unit.size;
  const lanes = lanesOf(classes);
  const x = { title: `time (${unit.name})`, domain: [0, right] as const };
  const [measure] = measureTraces(run);
  const rows = [
    ...(measure ? [measureRow(run, measure, 170, unit.size, right)] : []),
    ...traceRow(run, inUnit(column(run.thermo, 'time_fs'), unit), 'temperature_K', 'T (K)', COLOUR.vermilion),
  ];
  const pauses = verticalLayer(
    run.history.pauses.map((p) => p.time / unit.size),
    COLOUR.quiet,
    DIM,
  );
  const panels = rows.map((row) =>
    panel({ width: FULL_WIDTH, height: row.height, x, y: row.y, last: false }, [
      pauses,
      ...eventLines(lanes, unit.size),
      ...row.layers,
    ]),
  );
  return {
    id: 'event-timeline',
    title: 'Events against time',
    caption: caption(run, classes, measure !== undefined),
    spec: stack([...panels, lanePanel(lanes, x, unit.size)]),
  };
}

interface Lane {
  readonly name: string;
  readonly colour: string;
  readonly events: EventClass['events'];
}

/** Classes one by one while there are few; the rarest share the last lane. */
function lanesOf(classes: readonly EventClass[]): Lane[] {
  const own = classes.length <= LANES ? classes.length : LANES - 1;
  const byCount = [...classes].sort((a, b) => b.events.length - a.events.length).slice(0, own);
  const rest = classes.filter((c) => !byCount.includes(c));
  const lanes = classes
    .filter((c) => byCount.includes(c))
    .map((c, k) => ({
      name: `${c.class} · ${shortened(c.representative.title)}`,
      colour: classColour(k),
      events: c.events,
    }));
  if (rest.length === 0) return lanes;
  return [
    ...lanes,
    { name: `${rest.length} other classes`, colour: COLOUR.quiet, events: rest.flatMap((c) => c.events) },
  ];
}

function shortened(title: string): string {
  return title.length > 40 ? `${title.slice(0, 39)}…` : title;
}

/** A line at each event that is none of the ensemble's inventions. */
function eventLines(lanes: readonly Lane[], unit: number): Layer[] {
  return lanes.map(({ colour, events }) =>
    verticalLayer(
      events.filter((e) => e.verdict !== 'artefact').map((e) => e.time[1] / unit),
      colour,
      { opacity: 0.55, strokeWidth: 1 },
    ),
  );
}

function lanePanel(
  lanes: readonly Lane[],
  x: { readonly title: string; readonly domain: readonly [number, number] },
  unit: number,
): Panel {
  const values = lanes.flatMap(({ name, colour, events }) =>
    events.map((e) => ({
      lane: name,
      colour,
      from: e.time[0] / unit,
      to: e.time[1] / unit,
      artefact: e.verdict === 'artefact',
      href: `#class-${e.class}`,
    })),
  );
  const marks = (artefact: boolean, mark: object, place: object) => ({
    data: { values: values.filter((v) => v.artefact === artefact) },
    mark,
    encoding: {
      ...place,
      y: { field: 'lane', type: 'nominal' },
      color: { field: 'colour', type: 'nominal', scale: null },
      href: { field: 'href' },
    },
  });
  const point = { x: { field: 'to', type: 'quantitative' } };
  return {
    width: FULL_WIDTH,
    height: { step: LANE },
    encoding: {
      x: {
        type: 'quantitative',
        scale: { domain: [...x.domain], nice: false },
        axis: { title: x.title, grid: true, tickCount: 10 },
      },
      y: {
        type: 'nominal',
        scale: { domain: lanes.map((l) => l.name) },
        axis: {
          title: null,
          grid: true,
          ticks: false,
          domain: false,
          labelLimit: 320,
          labelColor: COLOUR.ink,
        },
      },
    },
    layer: [
      {
        data: { values },
        mark: { type: 'rule', strokeWidth: 5, opacity: 0.35 },
        encoding: {
          x: { field: 'from', type: 'quantitative' },
          x2: { field: 'to' },
          y: { field: 'lane', type: 'nominal' },
          color: { field: 'colour', type: 'nominal', scale: null },
        },
      },
      marks(false, { type: 'point', filled: true, size: 70, opacity: 1 }, point),
      marks(
        true,
        { type: 'point', filled: false, shape: CROSS, size: 90, strokeWidth: 2, opacity: 1 },
        point,
      ),
    ],
  } as Panel;
}

/** × as a path in a square of −1 to 1. */
const CROSS = 'M-0.6,-0.6L0.6,0.6M-0.6,0.6L0.6,-0.6';

function caption(run: RunData, classes: readonly EventClass[], graded: boolean): string {
  const artefacts = classes.some((c) => c.verdicts.artefact > 0);
  return [
    graded
      ? `Above: the largest grade of all atoms, with a line at every event${run.history.pauses.length > 0 ? '; triangles and grey lines mark the pauses for labels' : ''}.`
      : '',
    `${graded ? 'Below: every' : 'Every'} event in the lane of its class, a dot where the new basin was first seen, after a bar that reaches back to where the old one was seen last. A click shows its class.`,
    artefacts ? 'Crosses are artefacts: the reference knows no such event.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}
