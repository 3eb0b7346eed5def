/** Where the time of a step goes, in µs per atom and step. */
import { ACE_SITES } from '../backend/wasm/commands.ts';
import { prepareOnDevice } from '../backend/wasm/wasmBackend.ts';
import type { Potential } from '../core/potential.ts';
import { STAGES } from '../core/systemLayout.ts';
import { median, UNWATCHED } from './rates.ts';
import { startOf, VERLET, type Workload } from './workload.ts';

/** `stages` of the kernel are there for expansions. */
export interface Split {
  readonly stages: Readonly<Record<string, number>>;
  readonly list: number;
  /** Steps between two lists. */
  readonly listInterval: number;
  readonly integrate: number;
  readonly step: number;
}

/** Stages of a site, in order, by the names under which they are told; see STAGES. */
const NAMES = [
  'neighbours',
  'radial',
  'harmonics + A',
  'harmonics + A',
  'products',
  'products',
  'derivatives',
];
const REPEATS = 7;

/** On one thread. */
export async function splitOf(potential: Potential, workload: Workload, steps: number): Promise<Split> {
  const start = startOf(workload);
  const atoms = start.structure.species.length;
  const { engine, device } = await prepareOnDevice(potential, VERLET, start, 1);
  const { system } = device;
  const perAtom = (milliseconds: number) => (1000 * milliseconds) / atoms;
  const never = new AbortController().signal;
  await engine.advance(steps, UNWATCHED, never);
  const before = { ...system.built };
  const began = performance.now();
  await engine.advance(steps, UNWATCHED, never);
  const step = perAtom(performance.now() - began) / steps;
  const lists = system.built.count - before.count;
  const list = perAtom(system.built.milliseconds - before.milliseconds) / steps;
  const evaluate = perAtom(typical(() => device.evaluate(['forces', 'virial'])));
  const stages: Record<string, number> = {};
  if ('tables' in potential) {
    let reached = 0;
    NAMES.forEach((name, k) => {
      system.words[STAGES] = (k + 1) % NAMES.length;
      const now = perAtom(typical(() => system.run(ACE_SITES)));
      stages[name] = (stages[name] ?? 0) + now - reached;
      reached = now;
    });
  }
  engine.dispose();
  return { stages, list, listInterval: steps / Math.max(1, lists), integrate: step - list - evaluate, step };
}

/** ms. */
function typical(work: () => void): number {
  const times = Array.from({ length: REPEATS }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return median(times);
}
