import type { TopLevelSpec } from 'vega-lite';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { milli } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import type { ParitySample } from '../read/validation.ts';
import { thinIndices } from '../sampling.ts';
import { rootMeanSquare } from '../statistics.ts';
import { validationSummary } from '../summary.ts';
import { COLOUR } from '../theme.ts';

/** Dots a plot may hold: more would make the page heavy without saying more. */
const MOST = 900;

/** Predicted against reference forces: the first generation and the last. */
export function parity(run: RunData): Figure | undefined {
  const samples = (run.validation?.parity ?? []).filter((s) => s.reference.length > 0);
  if (samples.length === 0) return undefined;
  const shown = samples.length > 1 ? [samples[0], samples.at(-1)!] : samples;
  const reach = 1.25 * largest(shown.flatMap((s) => s.reference));
  const beyond = shown.flatMap((s) => s.predicted).filter((f) => Math.abs(f) > reach).length;
  const total = shown[0].reference.length;
  return {
    id: 'parity',
    title: 'Forces on fresh frames: start against end',
    caption: `Every dot is one Cartesian component of the force on one atom of the validation frames${total > MOST ? `; ${MOST} of ${total} are drawn, evenly chosen` : ''}. On the diagonal the ensemble agrees with the reference.${beyond > 0 ? ` Predictions beyond the frame (${beyond}) are drawn at its edge.` : ''}`,
    spec: {
      hconcat: shown.map((s, k) => {
        const colour = k === 0 && shown.length > 1 ? COLOUR.vermilion : COLOUR.blue;
        return plot(s, titleOf(run, s), reach, colour);
      }),
      spacing: 60,
    } as TopLevelSpec,
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, f) => (Number.isFinite(f) ? Math.max(most, Math.abs(f)) : most), 1e-6);
}

/** The error over all frames where the validation states it, else that of the sample. */
function titleOf(run: RunData, { generation, reference, predicted }: ParitySample): string {
  const stated = validationSummary(run)?.generations.find((g) => g.generation === generation)?.forceRmse;
  const errors = reference.map((f, k) => predicted[k] - f).filter(Number.isFinite);
  return `generation ${generation}: RMSE ${milli(stated ?? rootMeanSquare(errors))} meV/Å`;
}

function plot({ reference, predicted }: ParitySample, title: string, reach: number, colour: string) {
  const values = thinIndices(reference.length, MOST)
    .map((k) => ({ reference: reference[k], predicted: predicted[k] }))
    .filter((p) => Number.isFinite(p.reference) && Number.isFinite(p.predicted));
  const axis = (of: 'reference' | 'predicted') => ({
    type: 'quantitative',
    scale: { domain: [-reach, reach], nice: false, clamp: true },
    axis: { title: `${of} force (eV/Å)`, tickCount: 7 },
  });
  const x = axis('reference');
  const y = axis('predicted');
  return {
    width: (FULL_WIDTH - 10) / 2,
    height: 400,
    title,
    layer: [
      {
        data: { values: [{ at: -reach }, { at: reach }] },
        mark: { type: 'line', color: COLOUR.quiet, strokeWidth: 1 },
        encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'at' } },
      },
      {
        data: { values },
        mark: { type: 'point', color: colour, size: 14, opacity: 0.55 },
        encoding: { x: { ...x, field: 'reference' }, y: { ...y, field: 'predicted' } },
      },
    ],
  };
}
