import { GPA } from '../core/units.ts';
import { type CsvSeries, openCsv } from './csvSeries.ts';
import type { RunMaterial } from './items.ts';

type Sample = Extract<RunMaterial, { type: 'sampled' }>;

/** thermo.csv: one row a sample; columns of the measures are named `<measure>_max`. */
export function openThermo(
  path: string,
): { append(sample: Sample): void } & Pick<CsvSeries, 'rewind' | 'sync'> {
  const file = openCsv(path);
  return { ...file, append: (sample) => file.append(namesOf(sample), rowOf(sample)) };
}

function namesOf({ measures }: Sample): string[] {
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
