import type { TopLevelSpec } from 'vega-lite';
import { type LogAxis, logAxis } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { number } from '../format.ts';
import { gradeThresholds } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import type { CalibrationSample } from '../read/validation.ts';
import { thinIndices } from '../sampling.ts';
import { quantile, rankCorrelation } from '../statistics.ts';
import { COLOUR } from '../theme.ts';

/** Dots a plot may hold of one generation. */
const MOST = 700;

/** Uncertainty and true error of one atom, meV/Å; both positive and finite. */
interface Pair {
  readonly uncertainty: number;
  readonly error: number;
}

/** One measure under one generation: a grade means something only against the data that generation was taught. */
interface Series {
  readonly generation: string;
  readonly pairs: readonly Pair[];
}

const MEASURES = [
  { key: 'grade', title: 'extrapolation grade γ', unit: 1 },
  { key: 'sigma', title: 'committee spread σ (meV/Å)', unit: 1e3 },
] as const;

/** Does the uncertainty know the error? Both measures against the true force error, atom by atom. */
export function calibration(run: RunData): Figure | undefined {
  const samples = (run.validation?.calibration ?? []).filter((s) => s.error.length > 0);
  const shown = samples.length > 1 ? [samples[0], samples.at(-1)!] : samples;
  const select = gradeThresholds(run)?.select;
  const plots = MEASURES.flatMap(({ key, title, unit }) => {
    const series = shown.map((s) => seriesOf(s, s[key], unit)).filter((s) => s.pairs.length > 2);
    return series.length > 0 ? [plot(title, series, key === 'sigma' ? 'diagonal' : select)] : [];
  });
  if (plots.length === 0) return undefined;
  const atoms = Math.max(...shown.map((s) => s.error.length));
  return {
    id: 'calibration',
    title: 'Uncertainty against true error',
    caption: `Atoms of the validation frames${atoms > MOST ? `, ${MOST} of ${atoms} drawn a generation` : ''}. Lines: median error in equal shares of the atoms, and the 90th percentile, dashed. ρ is Spearman's rank correlation: 1 where a higher uncertainty always means a higher error. On the dotted diagonal the error is as large as σ.`,
    spec: { hconcat: plots, spacing: 44 } as TopLevelSpec,
  };
}

function seriesOf(s: CalibrationSample, uncertainty: readonly number[], unit: number): Series {
  const pairs = s.error.map((error, k) => ({ uncertainty: unit * uncertainty[k], error: 1e3 * error }));
  const usable = (value: number) => value > 0 && Number.isFinite(value);
  return {
    generation: `generation ${s.generation}`,
    pairs: pairs.filter((p) => usable(p.uncertainty) && usable(p.error)),
  };
}

/** `guide`: a vertical line at that uncertainty, or the line on which both are equal. */
function plot(title: string, series: readonly Series[], guide: number | 'diagonal' | undefined) {
  const pairs = series.flatMap((s) => s.pairs);
  const x = logAxis(pairs.map((p) => p.uncertainty));
  const y = logAxis(pairs.map((p) => p.error));
  const names = series.map((s) => s.generation);
  const values = (of: (s: Series) => readonly Pair[]) => ({
    values: series.flatMap((s) => of(s).map((p) => ({ ...p, generation: s.generation }))),
  });
  const axis = (field: keyof Pair, of: LogAxis, name: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain: of.domain, nice: false, clamp: true },
    axis: { title: name, values: of.ticks, format: '.10~g' },
  });
  return {
    width: (FULL_WIDTH - 10) / 2,
    height: 330,
    title: `Spearman ρ = ${series.map((s) => `${rho(s.pairs)} (${s.generation})`).join(', ')}`,
    encoding: {
      x: axis('uncertainty', x, title),
      y: axis('error', y, 'force error |ΔF| (meV/Å)'),
      color: {
        field: 'generation',
        type: 'nominal',
        sort: null,
        scale: { domain: names, range: names.length > 1 ? [COLOUR.orange, COLOUR.blue] : [COLOUR.blue] },
        legend: { title: null, symbolType: 'circle' },
      },
    },
    layer: [
      { data: values(thinned), mark: { type: 'point', size: 12, opacity: 0.35 } },
      ...guides(guide, x, y),
      { data: values((s) => trend(s.pairs, 0.5)), mark: { type: 'line', strokeWidth: 2.4 } },
      {
        data: values((s) => trend(s.pairs, 0.9)),
        mark: { type: 'line', strokeWidth: 1.6, strokeDash: [5, 3] },
      },
    ],
  };
}

function guides(guide: number | 'diagonal' | undefined, x: LogAxis, y: LogAxis): object[] {
  if (guide === 'diagonal') {
    const ends = [Math.max(x.domain[0], y.domain[0]), Math.min(x.domain[1], y.domain[1])];
    return [
      {
        data: { values: ends.map((at) => ({ uncertainty: at, error: at })) },
        mark: { type: 'line', strokeDash: [1.5, 3], strokeWidth: 1.4 },
        encoding: { color: { value: COLOUR.quiet } },
      },
    ];
  }
  if (guide === undefined || guide < x.domain[0] || guide > x.domain[1]) return [];
  return [
    {
      data: { values: [{ uncertainty: guide }] },
      mark: { type: 'rule', strokeDash: [5, 3] },
      encoding: { y: { value: 0 }, y2: { value: 'height' }, color: { value: COLOUR.vermilion } },
    },
  ];
}

function rho(pairs: readonly Pair[]): string {
  const uncertainty = pairs.map((p) => p.uncertainty);
  return number(
    rankCorrelation(
      uncertainty,
      pairs.map((p) => p.error),
    ),
    2,
  );
}

function thinned({ pairs }: Series): Pair[] {
  return thinIndices(pairs.length, MOST).map((k) => pairs[k]);
}

/** A quantile of the error in shares of equally many atoms, ordered by uncertainty. */
function trend(pairs: readonly Pair[], p: number): Pair[] {
  const sorted = [...pairs].sort((a, b) => a.uncertainty - b.uncertainty);
  const shares = Math.min(10, Math.floor(sorted.length / 8));
  return Array.from({ length: shares }, (_, k) => {
    const share = sorted.slice(
      Math.floor((k * sorted.length) / shares),
      Math.floor(((k + 1) * sorted.length) / shares),
    );
    const uncertainty = share.map((q) => q.uncertainty);
    const error = share.map((q) => q.error);
    return { uncertainty: quantile(uncertainty, 0.5), error: quantile(error, p) };
  });
}
