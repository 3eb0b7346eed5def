import { GPA } from '../core/units.ts';
import { writeNumber } from '../io/number.ts';
import type { RunMaterial } from './items.ts';
import { openSeries, type Series } from './series.ts';

type Sample = Extract<RunMaterial, { type: 'sampled' }>;

/** thermo.csv: one row a sample; columns of the measures are named `<measure>_max`. */
export function openThermo(path: string): { append(sample: Sample): void } & Pick<Series, 'rewind' | 'sync'> {
  const series = openSeries(path, recordsOf);
  return {
    ...series,
    append(sample) {
      if (series.size() === 0) series.append(-1, `${headerOf(sample).join(',')}\n`);
      series.append(sample.observables.step, `${rowOf(sample).map(writeNumber).join(',')}\n`);
    },
  };
}

function headerOf({ measures }: Sample): string[] {
  const fixed =
    'step,time_fs,temperature_K,pressure_GPa,potential_eV,kinetic_eV,conserved_eV,volume_A3,generation,labels';
  return [...fixed.split(','), ...measures.map((kind) => `${kind}_max`)];
}

function rowOf({ observables: o, checks, measures, generation, labels }: Sample): number[] {
  const energies = [o.potentialEnergy, o.kineticEnergy, o.conserved];
  const grades = measures.map((kind) => checks.find((c) => c.measure === kind)?.max ?? Number.NaN);
  return [
    o.step,
    o.time,
    o.temperature,
    o.pressure * GPA,
    ...energies,
    o.volume,
    generation,
    labels,
    ...grades,
  ];
}

/** The header belongs to step −1, a torn row to no step at all. */
function recordsOf(text: string): { offset: number; step: number }[] {
  const records = [];
  let offset = 0;
  for (const line of text.match(/.+\n?|\n/g) ?? []) {
    const step = offset === 0 ? -1 : Number.parseInt(line, 10);
    records.push({
      offset,
      step: line.endsWith('\n') && Number.isFinite(step) ? step : Number.POSITIVE_INFINITY,
    });
    offset += line.length;
  }
  return records;
}
