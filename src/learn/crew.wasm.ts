/**
 * Threads that take tasks until none are left. A thread may come late or not at all: whoever is there does the work, and
 * the caller's thread is always there.
 */
import { addRows } from '../../potentials/ace/designRows.wasm';
import * as at from '../core/crewLayout';
import { address, word } from '../core/simd.wasm';
import { multiply } from './gemm.wasm';
import { clear, CLEARING } from './reflect.wasm';
import { mergeFactor, solveRidge } from './ridge.wasm';

/** Rounds of looking before a thread lies down to sleep. */
const PATIENCE = 2000;
/** ns between two looks at whether another thread has died. */
const CHECK = 200_000_000;
/** More than there can be tasks. */
const CLOSED: i64 = 0x40000000;

/** Bytes that reflections need beside their blocks. */
export function crewClearing(): usize {
  return CLEARING;
}

/** Makes `count` tasks known to all threads. */
export function crewBegin(control: usize, tasks: usize, count: i32): void {
  const generation = load<i32>(control, at.GENERATION) + 1;
  atomic.store<i64>(control, (<i64>generation << 32) | CLOSED, at.CLAIM);
  atomic.store<i32>(control, generation, at.GENERATION);
  atomic.store<i32>(control, count, at.COUNT);
  atomic.store<i32>(control, 0, at.DONE);
  atomic.store<i32>(control, <i32>tasks, at.TASKS);
  atomic.store<i64>(control, <i64>generation << 32, at.CLAIM);
  wake(control);
}

function wake(control: usize): void {
  atomic.add<i32>(control, 1, at.CALL);
  atomic.notify(control + at.CALL, -1);
}

/** Helps until all tasks are done; 0, or 1 where a thread has died. */
export function crewFinish(control: usize): i32 {
  help(control, 0);
  const count = load<i32>(control, at.COUNT);
  for (let k = 0; k < PATIENCE && atomic.load<i32>(control, at.DONE) < count; k++) {}
  let done = atomic.load<i32>(control, at.DONE);
  while (done < count) {
    if (atomic.load<i32>(control, at.FAILED) != 0) return 1;
    atomic.wait<i32>(control + at.DONE, done, CHECK);
    done = atomic.load<i32>(control, at.DONE);
  }
  return 0;
}

/** The life of thread `thread` ≥ 1. */
export function crewServe(control: usize, thread: i32): void {
  for (;;) {
    const call = atomic.load<i32>(control, at.CALL);
    if (atomic.load<i32>(control, at.DISMISSED) != 0) return;
    help(control, thread);
    for (let k = 0; k < PATIENCE && atomic.load<i32>(control, at.CALL) == call; k++) {}
    atomic.wait<i32>(control + at.CALL, call, -1);
  }
}

export function crewDismiss(control: usize): void {
  atomic.store<i32>(control, 1, at.DISMISSED);
  wake(control);
}

function help(control: usize, thread: i32): void {
  for (;;) {
    const claim = atomic.add<i64>(control, 1, at.CLAIM);
    const k = <i32>(claim & 0xffffffff);
    const count = atomic.load<i32>(control, at.COUNT);
    // Fields of a newer generation than the claim: there is nothing left to do for the older one.
    if (k >= count || atomic.load<i32>(control, at.GENERATION) != <i32>(claim >> 32)) return;
    const tasks = <usize>atomic.load<i32>(control, at.TASKS);
    const scratch = address(control, at.SCRATCH >> 2) + <usize>thread * address(control, at.SCRATCH_SIZE >> 2);
    crewCarryOut(tasks + <usize>k * at.TASK_BYTES, scratch);
    if (atomic.add<i32>(control, 1, at.DONE) + 1 == count) atomic.notify(control + at.DONE, 1);
  }
}

export function crewCarryOut(t: usize, scratch: usize): void {
  const kind = word(t, at.TASK_KIND);
  const factor = load<f64>(t, at.TASK_FACTOR);
  const w = t + (<usize>at.TASK_WORDS << 2);
  if (kind == at.CLEAR) clear(address(w, 0), word(w, 1), address(w, 2), word(w, 3), word(w, 4), false, scratch);
  else if (kind == at.MERGE) mergeFactor(address(w, 0), word(w, 1), address(w, 2), factor, scratch);
  else if (kind == at.RIDGE)
    solveRidge(address(w, 0), word(w, 1), factor, address(w, 2), address(w, 3), address(w, 4), scratch);
  else if (kind == at.MULTIPLY)
    multiply(
      word(w, 0), word(w, 1), word(w, 2), factor,
      address(w, 3), word(w, 4), word(w, 5),
      address(w, 6), word(w, 7), word(w, 8),
      address(w, 9), word(w, 10),
      scratch,
    );
  else if (kind == at.ACE_ROWS) addRows(address(w, 0), word(w, 1), word(w, 2));
}
