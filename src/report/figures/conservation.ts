import { timeUnit } from '../axes.ts';
import { type Figure, FULL_WIDTH } from '../figure.ts';
import { number } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import { column } from '../read/table.ts';
import { thinTrace } from '../sampling.ts';
import { quantile, slope } from '../statistics.ts';
import { atomsOf } from '../summary.ts';
import { COLOUR } from '../theme.ts';
import { inUnit, lineLayer, panel, stack } from './panel.ts';

/** A stretch of samples under one generation of the ensemble. */
interface Stretch {
  /** fs. */
  readonly time: readonly number[];
  /** meV/atom, from the stretch's first sample. */
  readonly deviation: readonly number[];
}

/** The conserved energy, which only a change of the ensemble may shift, and the potential energy. */
export function conservation(run: RunData): Figure | undefined {
  const atoms = atomsOf(run);
  const time = column(run.thermo, 'time_fs');
  const end = time.at(-1) ?? 0;
  if (atoms === 0 || time.length < 3 || !(end > 0)) return undefined;
  const unit = timeUnit(end);
  const stretches = stretchesOf(
    time,
    column(run.thermo, 'conserved_eV'),
    column(run.thermo, 'generation'),
    atoms,
  );
  const potential = column(run.thermo, 'potential_eV').map((e) => e / atoms);
  const axes = {
    width: FULL_WIDTH,
    height: 120,
    x: { title: `time (${unit.name})`, domain: [0, end / unit.size] as const },
  };
  const lines = stretches.map((s) =>
    lineLayer(thinTrace(inUnit(s.time, unit), s.deviation, 400), COLOUR.blue, 1),
  );
  const wells = lineLayer(thinTrace(inUnit(time, unit), potential), COLOUR.vermilion, 1);
  const panels = [
    ...(lines.length > 0
      ? [panel({ ...axes, last: false, y: { title: ['Δ conserved', '(meV/atom)'] } }, lines)]
      : []),
    panel({ ...axes, last: true, y: { title: ['potential', '(eV/atom)'] } }, [wells]),
  ];
  const drifts = stretches.filter((s) => s.time.length > 9).map((s) => 1e3 * slope(s.time, s.deviation));
  return {
    id: 'conservation',
    title: 'Energy conservation',
    caption: [
      'Top: the conserved energy (heat exchanged with thermostats included) from its value when the ensemble last changed.',
      drifts.length > 0
        ? `Its median drift is ${number(quantile(drifts, 0.5), 2)} meV/atom/ps${drifts.length > 1 ? ` over ${drifts.length} stretches` : ''}.`
        : '',
      'Bottom: the potential energy.',
    ].join(' '),
    spec: stack(panels),
  };
}

function stretchesOf(
  time: readonly number[],
  conserved: readonly number[],
  generation: readonly number[],
  atoms: number,
): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < conserved.length; ) {
    let to = from + 1;
    while (to < conserved.length && (generation[to] ?? 0) === (generation[from] ?? 0)) to++;
    const first = conserved[from];
    const deviation = conserved.slice(from, to).map((e) => (1e3 * (e - first)) / atoms);
    if (to - from > 1 && deviation.every(Number.isFinite))
      stretches.push({ time: time.slice(from, to), deviation });
    from = to;
  }
  return stretches;
}
