import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { arena, type SharedMemory } from '../core/arena.ts';
import type { Crew, Task } from '../core/crew.ts';
import * as at from '../core/crewLayout.ts';
import { instantiate, loadKernels, newMemory } from '../core/kernels.ts';

/** What `crew.wasm.ts` and `maxvol.wasm.ts` offer to the caller's thread. */
export interface CrewKernels {
  free(): number;
  crewBegin(control: number, tasks: number, count: number): void;
  crewFinish(control: number): number;
  crewDismiss(control: number): void;
  /** Bytes that reflections need beside their blocks. */
  crewClearing(): number;
  crewCarryOut(task: number, scratch: number): void;
  makeDominant(
    c: number,
    rows: number,
    K: number,
    slots: number,
    tol: number,
    largest: number,
    pivots: number,
  ): number;
}

export interface OwnCrew extends Crew {
  readonly kernels: CrewKernels;
  readonly memory: SharedMemory;
  /** Bytes that each thread may use while it carries out a task; called once, before the first. */
  reserve(scratch: number): void;
  /** Ends the threads; the crew must not be used again. */
  dispose(): void;
}

/** A thread's whole program. */
const PROGRAM = `
const { module, memory, control, thread } = require('node:worker_threads').workerData;
try {
  new WebAssembly.Instance(module, { env: { memory } }).exports.crewServe(control, thread);
} catch (error) {
  Atomics.store(new Int32Array(memory.buffer), (control + ${at.FAILED}) / 4, 1);
  throw error;
}`;

/** More threads would wait for one another. */
const MOST_THREADS = 9;

export function defaultThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism());
}

/** Most tasks at a time. */
const MOST_TASKS = 1024;

/**
 * Threads start with the first tasks that are several, do not keep the process alive and end with it. The caller's thread blocks while
 * tasks are carried out, so all of this is synchronous.
 */
export function createCrew(threads: number): OwnCrew {
  const { module } = loadKernels();
  const memory = newMemory();
  const kernels = instantiate(module, memory) as CrewKernels;
  const shared = arena(memory, kernels.free());
  const control = shared.i32(at.CONTROL_BYTES / 4);
  const tasksAt = shared.i32(((MOST_TASKS + 1) * at.TASK_BYTES) / 4);
  const factors = new Float64Array(tasksAt.buffer, tasksAt.byteOffset, tasksAt.length / 2);
  let isAlone = true;
  let busy = false;
  let cause: unknown;
  const start = (thread: number) => {
    const workerData = { module, memory, control: control.byteOffset, thread };
    const worker = new Worker(PROGRAM, { eval: true, execArgv: [], workerData });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.unref();
  };
  const write = ({ kind, factor, words }: Task, k: number) => {
    const word = (k * at.TASK_BYTES) / 4;
    tasksAt[word + at.TASK_KIND] = kind;
    factors[(word + at.TASK_FACTOR / 4) / 2] = factor ?? 0;
    tasksAt.set(words, word + at.TASK_WORDS);
  };
  /** Tasks of a `meanwhile` are for the caller's thread alone. */
  const aside = (tasks: readonly Task[]) => {
    for (const task of tasks) {
      write(task, MOST_TASKS);
      kernels.crewCarryOut(tasksAt.byteOffset + MOST_TASKS * at.TASK_BYTES, control[at.SCRATCH / 4]);
    }
  };
  return {
    threads,
    kernels,
    memory,
    arena: shared,
    reserve(scratch) {
      control[at.SCRATCH_SIZE / 4] = scratch;
      control[at.SCRATCH / 4] = shared.f64((threads * scratch) / 8).byteOffset;
    },
    run<T>(tasks: readonly Task[], meanwhile?: () => T): T {
      if (busy) return aside(tasks) as T;
      if (tasks.length > MOST_TASKS) throw new Error(`${tasks.length} tasks, must be at most ${MOST_TASKS}`);
      if (tasks.length > 1 && isAlone) {
        for (let thread = 1; thread < threads; thread++) start(thread);
        isAlone = false;
      }
      tasks.forEach(write);
      kernels.crewBegin(control.byteOffset, tasksAt.byteOffset, tasks.length);
      busy = true;
      let alive = true;
      let result: T;
      try {
        result = meanwhile?.() as T;
      } finally {
        busy = false;
        alive = kernels.crewFinish(control.byteOffset) === 0;
      }
      if (!alive) throw new Error('a thread of the trainer has died', { cause });
      return result;
    },
    dispose: () => kernels.crewDismiss(control.byteOffset),
  };
}
