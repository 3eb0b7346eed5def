/**
 * Threads that carry out one command at a time, each its share: the caller's thread is number 0, the others wait in `serve`.
 * Which thread does which piece never shows in a result.
 */
import { site } from '../../../potentials/ace/site.wasm';
import { densityOf, forceOf } from '../../../potentials/eam/embeddedAtom.wasm';
import { fillRow, findReverse } from '../../core/neighbours.wasm';
import { gatherForces, settleForces } from '../../core/pairForces.wasm';
import { address, word } from '../../core/simd.wasm';
import * as sys from '../../core/systemLayout';
import { grade } from '../../uncertainty/largestCoordinate.wasm';
import * as team from './commands';

const block = memory.data(64, 64);

/** Where the control block lies, and where memory is free. */
export function control(): usize {
  return block;
}

export function free(): usize {
  return __heap_base;
}

/** Rounds of looking before a thread lies down to sleep: about the time it takes to wake it. */
const PATIENCE = 4000;
/** ns between two looks at whether another thread has died. */
const CHECK = 200_000_000;

/** Bytes of a scratch that belong to a kernel between commands. */
const HEADER = 256;

// @ts-ignore: decorator
@inline
function at(k: i32): usize {
  return block + (<usize>k << 2);
}

/** The life of thread `thread` ≥ 1. */
export function serve(thread: i32): void {
  let seen = 0;
  for (;;) {
    for (let k = 0; k < PATIENCE && atomic.load<i32>(at(team.GENERATION)) == seen; k++) {}
    while (atomic.load<i32>(at(team.GENERATION)) == seen) atomic.wait<i32>(at(team.GENERATION), seen, -1);
    seen = atomic.load<i32>(at(team.GENERATION));
    const command = atomic.load<i32>(at(team.COMMAND));
    if (command == team.STOP) return;
    work(command, thread);
    if (atomic.add<i32>(at(team.DONE), 1) + 2 == word(block, team.THREADS)) atomic.notify(at(team.DONE), 1);
  }
}

/** Has `command` carried out by all; 0, or 1 where a thread has died. */
export function run(command: i32): i32 {
  const others = word(block, team.THREADS) - 1;
  atomic.store<i32>(at(team.NEXT), 0);
  atomic.store<i32>(at(team.DONE), 0);
  atomic.store<i32>(at(team.COMMAND), command);
  atomic.add<i32>(at(team.GENERATION), 1);
  if (others > 0) atomic.notify(at(team.GENERATION), others);
  if (command == team.STOP) return 0;
  work(command, 0);
  for (let k = 0; k < PATIENCE && atomic.load<i32>(at(team.DONE)) < others; k++) {}
  let done = atomic.load<i32>(at(team.DONE));
  while (done < others) {
    if (atomic.load<i32>(at(team.FAILED)) != 0) return 1;
    atomic.wait<i32>(at(team.DONE), done, CHECK);
    done = atomic.load<i32>(at(team.DONE));
  }
  return 0;
}

/** Takes pieces of `total` things until none are left. */
function work(command: i32, thread: i32): void {
  const s = address(block, team.SYSTEM);
  const scratch = address(s, sys.SCRATCH) + <usize>thread * <usize>word(s, sys.SCRATCH_SIZE);
  const sites = command == team.ACE_SITES;
  const total = sites ? word(s, sys.COUPLES) : command == team.GRADE ? word(s, sys.GRADED_BLOCKS) : word(s, sys.ATOMS);
  const piece = sites ? 2 : command == team.GRADE ? 1 : command == team.FIND_REVERSE ? 128 : 32;
  for (;;) {
    const from = atomic.add<i32>(at(team.NEXT), piece);
    if (from >= total) return;
    const to = min(from + piece, total);
    if (command == team.FIND_REVERSE) findReverse(s, from, to, address(s, sys.READ_MARKS) + <usize>(thread * total) * 8);
    else for (let k = from; k < to; k++) carryOut(command, s, scratch, k);
  }
}

function carryOut(command: i32, s: usize, scratch: usize, k: i32): void {
  if (command == team.ACE_SITES) {
    const couple = address(s, sys.COUPLE) + (<usize>k << 3);
    site(s, scratch, load<i32>(couple), load<i32>(couple, 4));
  } else if (command == team.GATHER_FORCES) gatherForces(s, k, address(s, sys.PAIR_FORCES), address(s, sys.FORCES));
  else if (command == team.GATHER_MEMBERS) gatherMembers(s, k);
  else if (command == team.SETTLE_FORCES) settleForces(s, k, address(s, sys.FORCES));
  else if (command == team.SETTLE_MEMBERS) settleMembers(s, k);
  else if (command == team.FILL_ROWS) fillRow(s, k, scratch + HEADER);
  else if (command == team.EAM_DENSITIES) densityOf(s, k, scratch + HEADER);
  else if (command == team.EAM_FORCES) forceOf(s, k, scratch + HEADER);
  else if (command == team.GRADE) grade(s, k);
}

function gatherMembers(s: usize, i: i32): void {
  const atoms = <usize>word(s, sys.ATOMS);
  const first = <usize>word(s, sys.FIRST_MEMBER);
  for (let k: usize = 0; k < <usize>word(s, sys.MEMBER_COUNT); k++)
    gatherForces(
      s,
      i,
      address(s, sys.MEMBER_PAIR_FORCES) + k * atoms * <usize>word(s, sys.ROW) * 24,
      address(s, sys.MEMBER_FORCES) + (first + k) * atoms * 24,
    );
}

function settleMembers(s: usize, i: i32): void {
  const forces = address(s, sys.MEMBER_FORCES);
  const each = <usize>word(s, sys.ATOMS) * 24;
  for (let m: usize = 0; m < <usize>word(s, sys.MEMBER_COUNT); m++) settleForces(s, i, forces + m * each);
}
