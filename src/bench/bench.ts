import { prepareOnDevice } from '../backend/wasm/wasmBackend.ts';
import type { Potential } from '../core/potential.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import { type Runner, rates, UNWATCHED } from './rates.ts';
import { type Split, splitOf } from './split.ts';
import { startOf, VERLET, type Workload } from './workload.ts';

export interface BenchOptions {
  readonly potential: Potential;
  readonly workload: Workload;
  readonly threads: readonly number[];
  /** Of one measurement. */
  readonly steps: number;
  readonly repeats: number;
  /** Steps between two gradings whose cost is measured. */
  readonly intervals: readonly number[];
  /** Something else to time in turn, in atom-steps per second. */
  readonly yardstick?: () => number;
}

export interface BenchResult {
  readonly atoms: number;
  /** Atom-steps per second by number of threads. */
  readonly rates: Readonly<Record<number, number>>;
  /** Fraction by which grading every so many steps lengthens a run on the most threads. */
  readonly grading: Readonly<Record<number, number>>;
  readonly split: Split;
  /** All the yardstick gave. */
  readonly yardstick: readonly number[];
}

export async function bench(o: BenchOptions): Promise<BenchResult> {
  const { potential, workload, threads, steps, repeats } = o;
  const start = startOf(workload);
  const atoms = start.structure.species.length;
  const most = Math.max(...threads);
  const engineOn = async (count: number) => (await prepareOnDevice(potential, VERLET, start, count)).engine;
  const runners: Runner[] = [];
  for (const count of threads)
    runners.push({ name: String(count), engine: await engineOn(count), watch: UNWATCHED, atoms, steps });
  if (potential.projectionWidth > 0) {
    const measure = anyGrade(potential);
    const measures = [{ measure, select: Infinity, pause: Infinity }];
    for (const interval of o.intervals) {
      const watch = { interval, measures };
      const whole = interval * Math.ceil(steps / interval);
      runners.push({ name: `γ ${interval}`, engine: await engineOn(most), watch, atoms, steps: whole });
    }
  }
  const yardstick: number[] = [];
  const found = await rates(runners, repeats, () => {
    if (o.yardstick) yardstick.push(o.yardstick());
  });
  for (const r of runners) r.engine.dispose();
  const bare = found.get(String(most))!;
  return {
    atoms,
    rates: Object.fromEntries(threads.map((count) => [count, found.get(String(count))!])),
    grading: Object.fromEntries(
      o.intervals.flatMap((k) => (found.has(`γ ${k}`) ? [[k, bare / found.get(`γ ${k}`)! - 1]] : [])),
    ),
    split: await splitOf(potential, workload, steps),
    yardstick,
  };
}

/** What grading costs does not depend on the numbers in the active set. */
function anyGrade({ elements, projectionWidth: size }: Potential): Uncertainty {
  const inverse = new Float64Array(size * size).fill(1e-9);
  return {
    kind: 'extrapolationGrade',
    unit: '',
    needs: ['projections'],
    recipe: {
      of: 'projections',
      norm: 'largest',
      sets: elements.map((element) => ({ element, size, columns: size, groups: [[inverse]] })),
    },
    grade: () => {
      throw new Error('bench: grades are to be computed on the device');
    },
  };
}
