import type { TopLevelSpec } from 'vega-lite';
import { logAxis } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { number } from '../format.ts';
import { gradeThresholds } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import type { CalibrationSample } from '../read/validation.ts';
import { thinIndices } from '../sampling.ts';
import { quantile, rankCorrelation } from '../statistics.ts';
import { COLOUR } from '../theme.ts';

const MOST = 700;

/** Per atom, one uncertainty against the true error, meV/Å; both positive and finite. */
interface Pair {
  readonly uncertainty: number;
  readonly error: number;
  readonly generation: string;
}

/** Does the uncertainty know the error? Both measures against the true force error, atom by atom. */
export function calibration(run: RunData): Figure | undefined {
  const samples = (run.validation?.calibration ?? []).filter((s) => s.error.length > 0);
  if (samples.length === 0) return undefined;
  const shown = samples.length > 1 ? [samples[0], samples.at(-1)!] : samples;
  const measures = [
    { key: 'grade', title: 'extrapolation grade γ', unit: 1 },
    { key: 'sigma', title: 'committee spread σ (meV/Å)', unit: 1e3 },
  ] as const;
  const plots = measures
    .map(({ key, title, unit }) => ({ key, title, pairs: shown.flatMap((s) => pairsOf(s, s[key], unit)) }))
    .filter(({ pairs }) => pairs.length > 2);
  if (plots.length === 0) return undefined;
  const select = gradeThresholds(run)?.select;
  return {
    id: 'calibration',
    title: 'Uncertainty against true error',
    caption: `Atoms of the validation frames (${plots[0].pairs.length} samples${plots[0].pairs.length > shown.length * MOST ? `, ${MOST} drawn a generation` : ''}). Lines: median error in equal shares of the samples, and the 90th percentile, dashed. ρ is Spearman's rank correlation over all samples: 1 where a higher uncertainty always means a higher error. On the dotted diagonal the error is as large as σ.`,
    spec: {
      hconcat: plots.map((p) => plot(p, p.key === 'grade' ? select : undefined)),
      spacing: 44,
    } as TopLevelSpec,
  };
}

function pairsOf(s: CalibrationSample, uncertainty: readonly number[], unit: number): Pair[] {
  return s.error.flatMap((error, k) => {
    const pair = {
      uncertainty: unit * uncertainty[k],
      error: 1e3 * error,
      generation: `generation ${s.generation}`,
    };
    return pair.error > 0 && pair.uncertainty > 0 && Number.isFinite(pair.error + pair.uncertainty)
      ? [pair]
      : [];
  });
}

function plot(p: { key: string; title: string; pairs: readonly Pair[] }, select: number | undefined) {
  const { pairs } = p;
  const x = logAxis(pairs.map((q) => q.uncertainty));
  const y = logAxis(pairs.map((q) => q.error));
  const generations = [...new Set(pairs.map((q) => q.generation))];
  const rho = rankCorrelation(
    pairs.map((q) => q.uncertainty),
    pairs.map((q) => q.error),
  );
  const scale = (axis: typeof x) => ({ type: 'log', domain: axis.domain, nice: false, clamp: true });
  const drawn = generations.flatMap((g) => {
    const mine = pairs.filter((q) => q.generation === g);
    return thinIndices(mine.length, MOST).map((k) => mine[k]);
  });
  const low = Math.max(x.domain[0], y.domain[0]);
  const high = Math.min(x.domain[1], y.domain[1]);
  const guide =
    p.key === 'sigma' && high > low
      ? [
          { uncertainty: low, error: low },
          { uncertainty: high, error: high },
        ]
      : [];
  return {
    width: (FULL_WIDTH - 10) / 2,
    height: 330,
    title: `Spearman ρ = ${number(rho, 2)}`,
    encoding: {
      x: {
        field: 'uncertainty',
        type: 'quantitative',
        scale: scale(x),
        axis: { title: p.title, values: x.ticks, format: '.10~g' },
      },
      y: {
        field: 'error',
        type: 'quantitative',
        scale: scale(y),
        axis: { title: 'force error |ΔF| (meV/Å)', values: y.ticks, format: '.10~g' },
      },
    },
    layer: [
      {
        data: { values: drawn },
        mark: { type: 'point', size: 13, opacity: 0.45 },
        encoding: {
          color: {
            field: 'generation',
            type: 'nominal',
            sort: null,
            scale: {
              domain: generations,
              range: generations.length > 1 ? [COLOUR.orange, COLOUR.blue] : [COLOUR.blue],
            },
            legend: { title: null },
          },
        },
      },
      {
        data: { values: guide },
        mark: { type: 'line', color: COLOUR.quiet, strokeDash: [1.5, 3], strokeWidth: 1.4 },
      },
      { data: { values: trend(pairs, 0.5) }, mark: { type: 'line', color: COLOUR.ink, strokeWidth: 2 } },
      {
        data: { values: trend(pairs, 0.9) },
        mark: { type: 'line', color: COLOUR.ink, strokeWidth: 1.4, strokeDash: [5, 3] },
      },
      ...(select !== undefined && select > x.domain[0] && select < x.domain[1]
        ? [
            {
              data: { values: [{ uncertainty: select }] },
              mark: { type: 'rule', color: COLOUR.vermilion, strokeDash: [5, 3] },
              encoding: { y: { value: 0 }, y2: { value: 'height' } },
            },
          ]
        : []),
    ],
  };
}

/** A quantile of the error in shares of equally many samples, ordered by uncertainty. */
function trend(pairs: readonly Pair[], p: number): { uncertainty: number; error: number }[] {
  const sorted = [...pairs].sort((a, b) => a.uncertainty - b.uncertainty);
  const shares = Math.min(12, Math.floor(sorted.length / 8));
  return Array.from({ length: shares }, (_, k) => {
    const share = sorted.slice(
      Math.floor((k * sorted.length) / shares),
      Math.floor(((k + 1) * sorted.length) / shares),
    );
    return {
      uncertainty: quantile(
        share.map((q) => q.uncertainty),
        0.5,
      ),
      error: quantile(
        share.map((q) => q.error),
        p,
      ),
    };
  });
}
