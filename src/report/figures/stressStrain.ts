import { LOCAL_STRUCTURES } from '../../analysis/localStructure.ts';
import { type YieldVerdict, yieldVerdict } from '../../run/strain/yieldVerdict.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { number } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import type { StrainCurve, StrainData } from '../read/strain.ts';
import { COLOUR } from '../theme.ts';
import {
  apart,
  besideLayer,
  DIM,
  type Layer,
  type Panel,
  panel,
  pointLayer,
  stack,
  verticalLayer,
} from './panel.ts';

/** Most points of a line. */
const POINTS = 600;

/** Stress against strain with the members' band, label events and yield, and the local structure below. */
export function stressStrain(run: RunData): Figure | undefined {
  const { strain } = run;
  if (!strain || strain.run.strain.length < 2) return undefined;
  const all = [strain.run, ...strain.references];
  const domain = extent(all.flatMap((c) => c.strain));
  const { yields } = strain.run;
  const marks = labelEvents(run, strain.run);
  const axes = { width: FULL_WIDTH, x: { title: `strain ε_${strain.component}`, domain } };
  const upper = panel(
    { ...axes, height: 320, last: false, y: { title: `stress σ_${strain.component} (GPa)`, zero: true } },
    [
      ...bandLayers(strain.run),
      ...strain.references.map((c) => pathLayer(c, COLOUR.quiet, 1)),
      pathLayer(strain.run, COLOUR.blue, 2),
      ...verdictLayers(yieldVerdict(strain)),
      ...(marks.length > 0 ? [pointLayer(marks, COLOUR.vermilion, { shape: 'triangle-up', size: 60 })] : []),
      ...(yields
        ? [
            verticalLayer([yields.strain], COLOUR.green, { strokeDash: [5, 3] }),
            besideLayer({ x: yields.strain, y: yields.stress }, 'yield', COLOUR.green),
          ]
        : []),
    ],
  );
  return {
    id: 'stress-strain',
    title: 'Stress against strain',
    caption: caption(strain, marks.length),
    spec: stack([upper, structurePanel(strain.run, axes, yields?.strain)]),
  };
}

function structurePanel(
  { strain, structures }: StrainCurve,
  axes: Pick<Parameters<typeof panel>[0], 'width' | 'x'>,
  yieldAt: number | undefined,
): Panel {
  const atoms = Object.values(structures).reduce((sum, counts) => sum + counts[0], 0);
  const shown = LOCAL_STRUCTURES.filter((kind) => structures[kind].some((n) => n > 0.005 * atoms));
  const colours = [COLOUR.quiet, COLOUR.blue, COLOUR.vermilion, COLOUR.green, COLOUR.orange, COLOUR.orange];
  const percents = shown.map((kind) => structures[kind].map((n) => (100 * n) / atoms));
  const names = apart(
    percents.map((y) => y.at(-1)!),
    12,
  );
  return panel({ ...axes, height: 110, last: true, y: { title: ['atoms', '(%)'], zero: true } }, [
    ...(yieldAt === undefined ? [] : [verticalLayer([yieldAt], COLOUR.green, DIM)]),
    ...shown.flatMap((kind, k) => {
      const colour = colours[LOCAL_STRUCTURES.indexOf(kind)];
      return [
        line(strain, percents[k], colour, 1.3),
        besideLayer({ x: strain.at(-1)!, y: names[k] }, kind, colour),
      ];
    }),
  ]);
}

/** In the order of the run, which may go back and forth. */
function pathLayer({ strain, stress }: StrainCurve, colour: string, width: number): Layer {
  return line(strain, stress, colour, width);
}

function line(x: readonly number[], y: readonly number[], colour: string, width: number): Layer {
  return {
    data: { values: thinned(x.length).map((k) => ({ k, x: x[k], y: y[k] })) },
    mark: { type: 'line', color: colour, strokeWidth: width, clip: true },
    encoding: { x: { field: 'x' }, y: { field: 'y' }, order: { field: 'k', type: 'quantitative' } },
  } as Layer;
}

function bandLayers({ strain, stress, spread }: StrainCurve): Layer[] {
  if (!spread.some(Number.isFinite)) return [];
  const values = thinned(strain.length).map((k) => ({
    x: strain[k],
    y: stress[k] - 2 * spread[k],
    y2: stress[k] + 2 * spread[k],
  }));
  // A rule at every point also draws paths that come back.
  return [
    {
      data: { values },
      mark: { type: 'rule', color: COLOUR.blue, opacity: 0.22, strokeWidth: 3, clip: true },
      encoding: { x: { field: 'x' }, y: { field: 'y' }, y2: { field: 'y2' } },
    } as Layer,
  ];
}

/** Where one more run of the reference would yield. */
function verdictLayers({ band }: YieldVerdict): Layer[] {
  if (!band) return [];
  const { strain, stress } = band;
  const x = { x: strain.mean - strain.half, x2: strain.mean + strain.half };
  const y = { y: stress.mean - stress.half, y2: stress.mean + stress.half };
  return [
    {
      data: { values: [{ ...x, ...y }] },
      mark: { type: 'rect', color: COLOUR.green, opacity: 0.12, clip: true },
      encoding: { x: { field: 'x' }, x2: { field: 'x2' }, y: { field: 'y' }, y2: { field: 'y2' } },
    } as Layer,
  ];
}

/** Every pause at the strain where it stopped the run, on the curve. */
function labelEvents(run: RunData, { step, strain, stress }: StrainCurve) {
  return run.history.pauses.flatMap(({ pause, step: at }) => {
    const k = step.findIndex((s) => s >= at);
    if (k < 0) return [];
    const f = k === 0 ? 0 : (step[k] - at) / (step[k] - step[k - 1]);
    const between = (values: readonly number[]) => values[k] - f * (values[k] - (values[k - 1] ?? values[k]));
    return [{ x: between(strain), y: between(stress), href: `#pause-${pause}` }];
  });
}

function thinned(length: number): number[] {
  const every = Math.max(1, Math.ceil(length / POINTS));
  return Array.from({ length: Math.ceil(length / every) }, (_, k) => k * every);
}

function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function caption(strain: StrainData, labels: number): string {
  const { run, references, component } = strain;
  const { yields, spread } = run;
  const { band } = yieldVerdict(strain);
  return [
    `Blue: σ_${component} of this run (moving average of five points), with a band of twice the standard deviation over the members of the ensemble in force at each point.`,
    references.length > 0 ? 'Grey: the same path driven by the reference, from other velocities.' : '',
    band ? 'Green: where one more run of the reference would yield, with a probability of 95 %.' : '',
    labels > 0 ? 'Triangles: where the run stopped to learn; a click shows the environment.' : '',
    yields
      ? `It yields at a strain of ${number(yields.strain)} and ${number(yields.stress)} ± ${number(2 * spread[yields.index], 2)} GPa.`
      : 'It does not yield.',
    'Below: atoms by local structure.',
  ]
    .filter(Boolean)
    .join(' ');
}
