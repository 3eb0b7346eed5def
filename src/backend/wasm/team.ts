import { Worker } from 'node:worker_threads';
import { type Arena, arena } from '../../core/arena.ts';
import { instantiate, loadKernels, newMemory } from '../../core/kernels.ts';
import * as at from './commands.ts';

/** Threads over one shared memory, this one among them. */
export interface Team {
  readonly threads: number;
  readonly flavour: string;
  readonly arena: Arena;
  /** Has `command` (see commands.ts) carried out on the system block at `system` by all threads. Throws when a thread has died. */
  run(command: number, system: number): void;
  dispose(): void;
}

/** What the module offers; see `team.wasm.ts`. */
interface KernelExports {
  control(): number;
  free(): number;
  run(command: number): number;
}

/** A thread's whole program: it lives in `serve` until it is told to stop. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread, failed } = workerData;
try {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.postMessage('ready');
  instance.exports.serve(thread);
} catch (error) {
  Atomics.store(new Int32Array(memory.buffer), failed, 1);
  throw error;
}`;

/** Threads do not keep the process alive and end with it; `dispose` ends them earlier. */
export async function createTeam(threads: number): Promise<Team> {
  const { module, flavour } = loadKernels();
  const memory = newMemory();
  const kernels = instantiate(module, memory) as KernelExports;
  const control = new Int32Array(memory.buffer, kernels.control(), at.CONTROL_WORDS);
  const failed = kernels.control() / 4 + at.FAILED;
  let cause: unknown;
  const start = (thread: number) =>
    new Promise<Worker>((resolve, reject) => {
      const worker = new Worker(PROGRAM, {
        eval: true,
        execArgv: [],
        workerData: { module, memory, thread, failed },
      });
      worker.once('message', () => resolve(worker));
      worker.on('error', (error) => {
        cause = error;
        reject(error);
      });
    });
  const workers = await Promise.all(Array.from({ length: threads - 1 }, (_, k) => start(k + 1)));
  for (const worker of workers) worker.unref();
  control[at.THREADS] = threads;
  return {
    threads,
    flavour,
    arena: arena(memory, kernels.free()),
    run(command, system) {
      control[at.SYSTEM] = system;
      if (kernels.run(command) !== 0) throw new Error('a thread of the wasm backend has died', { cause });
    },
    dispose: () => {
      kernels.run(at.STOP);
    },
  };
}
