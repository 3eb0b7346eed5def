import type { TopLevelSpec } from 'vega-lite';
import { logAxis } from '../axes.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import { gradeThresholds } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import { COLOUR } from '../theme.ts';

const BINS = 36;

/** Grades of many atoms under one name. */
interface Series {
  readonly name: string;
  readonly grades: readonly number[];
}

/** How the extrapolation grade is distributed over atoms, before and after learning. */
export function gradeHistogram(run: RunData): Figure | undefined {
  const series = seriesOf(run).filter((s) => s.grades.length > 0);
  if (series.length === 0) return undefined;
  const thresholds = gradeThresholds(run);
  const axis = logAxis([...series.flatMap((s) => s.grades), ...(thresholds ? [thresholds.pause] : [])]);
  const [low, high] = axis.domain.map(Math.log10);
  const width = (high - low) / BINS;
  const values = series.flatMap(({ name, grades }) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const g of grades) counts[Math.min(BINS - 1, Math.floor((Math.log10(g) - low) / width))]++;
    return counts.map((count, k) => ({
      name,
      from: 10 ** (low + k * width),
      to: 10 ** (low + (k + 1) * width),
      share: (100 * count) / grades.length,
    }));
  });
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...axis.domain], nice: false },
  };
  const rules = thresholds
    ? [
        { at: thresholds.select, name: 'select', colour: COLOUR.orange },
        { at: thresholds.pause, name: 'pause', colour: COLOUR.vermilion },
      ]
    : [];
  return {
    id: 'histogram',
    half: true,
    title: 'Distribution of the extrapolation grade',
    caption: `Share of atoms by γ, in bins of equal width on the logarithmic axis (${series.map((s) => `${s.name}: ${s.grades.length} atoms`).join('; ')}).${thresholds ? ' Dashed lines: select and pause.' : ''}`,
    spec: {
      width: HALF_WIDTH,
      height: 230,
      layer: [
        {
          data: { values },
          mark: { type: 'rect', opacity: 0.6 },
          encoding: {
            x: {
              ...x,
              field: 'from',
              axis: { title: 'extrapolation grade γ', values: [...axis.ticks], format: '.10~g' },
            },
            x2: { field: 'to' },
            y: { field: 'share', type: 'quantitative', axis: { title: 'atoms (%)' }, scale: { zero: true } },
            y2: { datum: 0 },
            color: {
              field: 'name',
              type: 'nominal',
              sort: null,
              scale: { domain: series.map((s) => s.name), range: [COLOUR.orange, COLOUR.blue] },
              legend: series.length > 1 ? { title: null, symbolType: 'square' } : null,
            },
          },
        },
        ...rules.map((rule) => ({
          data: { values: [{ at: rule.at }] },
          mark: { type: 'rule', color: rule.colour, strokeDash: [5, 3], strokeWidth: 1.3 },
          encoding: { x: { ...x, field: 'at' } },
        })),
      ],
    } as TopLevelSpec,
  };
}

/** The validation's samples; without them, the paused frames against the last frame of the trajectory. */
function seriesOf(run: RunData): Series[] {
  const usable = (grades: ArrayLike<number> | undefined) =>
    Array.from(grades ?? []).filter((g) => g > 0 && Number.isFinite(g));
  const samples = run.validation?.calibration ?? [];
  if (samples.length > 0)
    return [...new Set([samples[0], samples.at(-1)!])].map((s) => ({
      name: `generation ${s.generation}`,
      grades: usable(s.grade),
    }));
  const wholes = run.scenes.filter((s) => s.group > 0 && s.id.endsWith('frame'));
  const last = run.trajectory?.frames.at(-1)?.columns.gamma;
  return [
    { name: 'paused frames', grades: wholes.flatMap((s) => usable(s.gamma)) },
    { name: 'last frame', grades: last instanceof Float64Array ? usable(last) : [] },
  ];
}
