/** Throughput and memory against the number of atoms. */
import { prepareOnDevice } from '../backend/wasm/wasmBackend.ts';
import type { Potential } from '../core/potential.ts';
import { crystal } from '../core/prototypes.ts';
import { rates, UNWATCHED } from './rates.ts';
import { startOf, VERLET, type Workload } from './workload.ts';

/** One size of one potential. */
export interface Scaling {
  readonly atoms: number;
  /** Atom-steps per second. */
  readonly rate: number;
  /** Of shared memory, an atom. */
  readonly bytes: number;
}

/** Atom-steps of one measurement, as far as whole steps allow. */
const ATOM_STEPS = 2e5;
const MOST_STEPS = 400;

/** Sizes as near to `atoms` as cubes of whole cells come. */
export async function scaling(
  potential: Potential,
  crystalOf: Omit<Workload, 'repeat'>,
  atoms: readonly number[],
  threads: number,
  repeats: number,
): Promise<Scaling[]> {
  const { prototype, elements, a } = crystalOf;
  const sites = crystal(prototype, elements, a).species.length;
  const found: Scaling[] = [];
  for (const wanted of atoms) {
    const repeat = Math.max(1, Math.round(Math.cbrt(wanted / sites)));
    found.push(await measured(potential, { ...crystalOf, repeat }, threads, repeats));
  }
  return found;
}

async function measured(
  potential: Potential,
  workload: Workload,
  threads: number,
  repeats: number,
): Promise<Scaling> {
  const start = startOf(workload);
  const atoms = start.structure.species.length;
  const { engine, device } = await prepareOnDevice(potential, VERLET, start, threads);
  const steps = Math.max(1, Math.min(MOST_STEPS, Math.round(ATOM_STEPS / atoms)));
  const name = `${atoms} atoms`;
  const found = await rates([{ name, engine, watch: UNWATCHED, atoms, steps }], repeats);
  const bytes = device.system.bytes() / atoms;
  engine.dispose();
  return { atoms, rate: found.get(name)!, bytes };
}
