import { type EventClass, referenceBarriers, within } from '../../events/classes.ts';
import type { PathRecord } from '../../events/record.ts';
import { barrierText, electronvolts } from '../eventTables.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import { integer, number } from '../format.ts';
import { gradeThresholds } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import type { Point } from '../sampling.ts';
import { COLOUR } from '../theme.ts';
import { type Layer, levelLayers, lineLayer, type Panel, panel, pointLayer, stack } from './panel.ts';

/** Curves through the images that make no hills or valleys between them. */
const CURVE = { interpolate: 'monotone' };

/** How the energy changes along the path of a class; undefined where it has none. */
export function energyPath(run: RunData, c: EventClass): Figure | undefined {
  const { path, title, verdict } = c.representative;
  if (!path || path.energies.length < 3) return undefined;
  const length = path.distances.at(-1)!;
  const x = { title: 'distance along the path (Å)', domain: [0, length] as const, ticks: 6 };
  const graded = path.grades.some(Number.isFinite);
  const upper = panel(
    {
      width: HALF_WIDTH - 20,
      height: 220,
      x,
      y: { title: 'energy (eV)', zero: true },
      last: !graded,
    },
    [
      ...bandLayers(path),
      curveLayer(path),
      ...saddleLayers(path, verdict === 'artefact'),
      ...referenceLayers(path),
    ],
  );
  return {
    id: `class-${c.class}-path`,
    title: `Class ${c.class}, ${title}`,
    caption: caption(c, path, graded),
    half: true,
    spec: stack(graded ? [upper, gradePanel(run, path, x)] : [upper]),
  };
}

/** Between the least and the largest of the members, each from its own first image. */
function bandLayers({ distances, members }: PathRecord): Layer[] {
  if (members.length < 2) return [];
  const values = distances.map((x, k) => {
    const all = members.map((m) => m[k] - m[0]);
    return { x, y: Math.min(...all), y2: Math.max(...all) };
  });
  return [
    {
      data: { values },
      mark: { type: 'area', color: COLOUR.blue, opacity: 0.2, ...CURVE },
      encoding: { x: { field: 'x' }, y: { field: 'y' }, y2: { field: 'y2' } },
    } as Layer,
  ];
}

function curveLayer({ distances, energies }: PathRecord): Layer {
  const values = distances.map((x, k) => ({ x, y: energies[k] }));
  return {
    data: { values },
    mark: {
      type: 'line',
      color: COLOUR.blue,
      strokeWidth: 2,
      point: { color: COLOUR.blue, size: 26 },
      ...CURVE,
    },
    encoding: { x: { field: 'x' }, y: { field: 'y' } },
  } as Layer;
}

/** The saddle with its 95 % bar, named by its barrier. */
function saddleLayers({ distances, saddle, forward, energies }: PathRecord, artefact: boolean): Layer[] {
  const at = { x: distances[saddle], y: energies[saddle] };
  const colour = artefact ? COLOUR.quiet : COLOUR.green;
  return [
    {
      data: { values: [{ ...at, foot: 0 }] },
      mark: { type: 'rule', color: colour, strokeDash: [3, 3] },
      encoding: { x: { field: 'x' }, y: { field: 'foot' }, y2: { field: 'y' } },
    } as Layer,
    ...(Number.isFinite(forward.bar) ? barLayers(at, forward.bar, colour) : []),
    pointLayer([at], colour, { shape: 'triangle-up', size: 90 }),
    {
      data: { values: [{ x: at.x, y: at.y + (Number.isFinite(forward.bar) ? forward.bar : 0) }] },
      mark: {
        type: 'text',
        text: `${barrierText(forward)} eV`,
        color: colour,
        dy: -12,
        fontWeight: 600,
        fontSize: 12,
      },
      encoding: { x: { field: 'x' }, y: { field: 'y' } },
    } as Layer,
  ];
}

function barLayers({ x, y }: Point, bar: number, colour: string): Layer[] {
  const ends = [y - bar, y + bar].map((end) => ({ x, y: end }));
  return [
    {
      data: { values: [{ x, y: y - bar, y2: y + bar }] },
      mark: { type: 'rule', color: colour, strokeWidth: 2 },
      encoding: { x: { field: 'x' }, y: { field: 'y' }, y2: { field: 'y2' } },
    },
    {
      data: { values: ends },
      mark: { type: 'tick', orient: 'horizontal', color: colour, size: 12, thickness: 2 },
      encoding: { x: { field: 'x' }, y: { field: 'y' } },
    },
  ] as Layer[];
}

function referenceLayers({ distances, reference }: PathRecord): Layer[] {
  const points = reference
    .filter((r) => Number.isFinite(r.energy))
    .map((r) => ({ x: distances[r.image], y: r.energy }));
  return points.length === 0
    ? []
    : [pointLayer(points, COLOUR.vermilion, { shape: 'diamond', filled: false, size: 110, strokeWidth: 2 })];
}

function gradePanel(
  run: RunData,
  { distances, grades }: PathRecord,
  x: { readonly title: string; readonly domain: readonly [number, number] },
): Panel {
  const points = distances.map((d, k) => ({ x: d, y: grades[k] })).filter((p) => Number.isFinite(p.y));
  const select = gradeThresholds(run)?.select;
  const level = select === undefined ? [] : levelLayers(select, 'select', COLOUR.orange, x.domain[1]);
  return panel({ width: HALF_WIDTH - 20, height: 60, x, y: { title: 'γ max', zero: true }, last: true }, [
    ...level,
    lineLayer(points, COLOUR.blue, 1.4),
    pointLayer(points, COLOUR.blue, { size: 20 }),
  ]);
}

function caption(c: EventClass, path: PathRecord, graded: boolean): string {
  const { verdict, event } = c.representative;
  const reference = referenceBarriers(path);
  const largest = Math.max(...path.reference.map((r) => r.force).filter(Number.isFinite));
  return [
    `Event ${event}, ${verdict}.`,
    `Blue: ${path.members.length > 1 ? `the ensemble’s mean, with a band from the least to the largest of its ${integer(path.members.length)} members` : 'the potential'}; triangle: the saddle${Number.isFinite(path.forward.bar) ? ' with its 95 % bar' : ', whose height has no bar because nothing tells how far to trust it'}. The way back costs ${barrierText(path.backward)} eV.`,
    path.reference.length > 0
      ? `Diamonds: the reference on the same images${largest > 0 ? `, where its largest force is ${number(1e3 * largest)} meV/Å` : ''}.`
      : 'The reference has not looked at this path.',
    reference ? judged(path, reference.forward) : '',
    graded ? 'Below: the largest grade of an atom on each image.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function judged(path: PathRecord, barrier: number): string {
  const inside = within(path.forward, barrier);
  const where = inside === undefined ? '' : inside ? ', inside the bar' : ', outside the bar';
  return `By the reference the barrier is ${electronvolts(barrier)} eV${where}.`;
}
