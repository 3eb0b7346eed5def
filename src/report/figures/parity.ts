import type { TopLevelSpec } from 'vega-lite';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { milli } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import type { ParitySample } from '../read/validation.ts';
import { thinIndices } from '../sampling.ts';
import { rootMeanSquare } from '../statistics.ts';
import { COLOUR } from '../theme.ts';

/** Dots a plot may hold: more would make the page heavy without saying more. */
const MOST = 900;

/** Predicted against reference forces: the first generation and the last. */
export function parity(run: RunData): Figure | undefined {
  const samples = (run.validation?.parity ?? []).filter((s) => s.reference.length > 0);
  if (samples.length === 0) return undefined;
  const shown = samples.length > 1 ? [samples[0], samples.at(-1)!] : samples;
  const finite = shown.flatMap((s) => [...s.reference, ...s.predicted]).filter(Number.isFinite);
  const reach = 1.05 * finite.reduce((most, f) => Math.max(most, Math.abs(f)), 1e-6);
  const total = shown[0].reference.length;
  return {
    id: 'parity',
    title: 'Forces on fresh frames: start against end',
    caption: `Every dot is one Cartesian component of the force on one atom of the validation frames${total > MOST ? `; ${MOST} of ${total} are drawn, evenly chosen, and the errors are those of all` : ''}. On the diagonal the ensemble agrees with the reference.`,
    spec: {
      hconcat: shown.map((s, k) =>
        plot(s, reach, k === 0 && shown.length > 1 ? COLOUR.vermilion : COLOUR.blue),
      ),
      spacing: 60,
    } as TopLevelSpec,
  };
}

function plot(sample: ParitySample, reach: number, colour: string) {
  const { reference, predicted } = sample;
  const errors = reference.map((f, k) => predicted[k] - f).filter(Number.isFinite);
  const values = thinIndices(reference.length, MOST)
    .map((k) => ({ reference: reference[k], predicted: predicted[k] }))
    .filter((p) => Number.isFinite(p.reference) && Number.isFinite(p.predicted));
  const scale = { domain: [-reach, reach], nice: false };
  const axis = (title: string) => ({ title, tickCount: 7 });
  return {
    width: (FULL_WIDTH - 10) / 2,
    height: 400,
    title: `generation ${sample.generation}: RMSE ${milli(rootMeanSquare(errors))} meV/Å`,
    layer: [
      {
        data: { values: [{ at: -reach }, { at: reach }] },
        mark: { type: 'line', color: COLOUR.quiet, strokeWidth: 1 },
        encoding: {
          x: { field: 'at', type: 'quantitative', scale, axis: axis('reference force (eV/Å)') },
          y: { field: 'at', type: 'quantitative', scale, axis: axis('predicted force (eV/Å)') },
        },
      },
      {
        data: { values },
        mark: { type: 'point', color: colour, size: 14, opacity: 0.55 },
        encoding: {
          x: { field: 'reference', type: 'quantitative', scale },
          y: { field: 'predicted', type: 'quantitative', scale },
        },
      },
    ],
  };
}
