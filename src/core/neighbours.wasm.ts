/** Rows of the neighbour list of `neighbours.ts`, atom by atom so that threads can share them out; in the same order, to the bit. */
import * as sys from './systemLayout';
import { packNeighbour, sortPacked } from './compactRow.wasm';
import { across, address, word } from './simd.wasm';

/** Relative room for rounding when candidates are looked over in wrapped positions. */
const ROUNDING = 1e-9;

/** Fills the row of atom i, or only counts where the row has no room. `scratch` holds LIST_BYTES and SLOT_BYTES a slot. */
export function fillRow(s: usize, i: i32, scratch: usize): void {
  const capacity = word(s, sys.ROW);
  const row = capacity * i;
  const neighbours = address(s, sys.NEIGHBOURS) + (<usize>row << 2);
  const found = scratch + sys.LIST_BYTES;
  const sorted = found + (<usize>capacity << 3);
  const compact = address(s, sys.SHIFTS) == 0;
  const shifts = compact ? sorted + (<usize>capacity << 3) : address(s, sys.SHIFTS) + (<usize>row << 3);
  const count = search(s, i, capacity, found, shifts);
  store<i32>(address(s, sys.COUNTS) + (<usize>i << 2), count);
  if (count > capacity) {
    atomic.store<i32>(s + (sys.LONGEST << 2), max(count, atomic.load<i32>(s + (sys.LONGEST << 2))));
    return;
  }
  // Keys are (place in the order of discovery, atom).
  const keys = sortByAtom(found, sorted, count, word(s, sys.ATOMS), scratch);
  if (compact) {
    for (let p = 0; p < count; p++) {
      const key = load<u64>(keys + (<usize>p << 3));
      const packed = packNeighbour(s, i, <i32>key, shifts + (<usize>(key >> 32) << 3));
      store<u32>(neighbours + (<usize>p << 2), packed);
    }
    sortPacked(neighbours, count);
    return;
  }
  const other = keys == found ? sorted : found;
  for (let p = 0; p < count; p++) {
    const key = load<u64>(keys + (<usize>p << 3));
    store<i32>(neighbours + (<usize>p << 2), <i32>key);
    store<i64>(other + (<usize>p << 3), load<i64>(shifts + (<usize>(key >> 32) << 3)));
  }
  memory.copy(shifts, other, <usize>count << 3);
  sortImages(neighbours, shifts, count);
}

/** All neighbours of atom i as they come; how many there are. What does not fit is counted only. */
function search(s: usize, i: i32, capacity: i32, keys: usize, shifts: usize): i32 {
  const cell = address(s, sys.CELL);
  const cutoff = load<f64>(address(s, sys.LIST_CUTOFF));
  const limit = cutoff * cutoff;
  const bins = address(s, sys.BIN_COUNT);
  const reach = address(s, sys.BIN_REACH);
  const periodic = address(s, sys.PERIODIC);
  const start = address(s, sys.BIN_START);
  const atoms = address(s, sys.BIN_ATOMS);
  const wrapped = address(s, sys.BIN_POSITIONS);
  const wraps = address(s, sys.BIN_WRAPS);
  const own = address(s, sys.BIN_OF) + <usize>i * 12;
  const na = word(bins, 0);
  const nb = word(bins, 1);
  const nc = word(bins, 2);
  const place = word(address(s, sys.BIN_PLACE), i);
  const home = wrapped + <usize>place * 24;
  const here = v128.load(home);
  const hereZ = load<f64>(home, 16);
  let count = 0;
  for (let da = -word(reach, 0); da <= word(reach, 0); da++) {
    const ka = word(own, 0) + da;
    const ia = floorDivide(ka, na);
    if (ia != 0 && word(periodic, 0) == 0) continue;
    for (let db = -word(reach, 1); db <= word(reach, 1); db++) {
      const kb = word(own, 1) + db;
      const ib = floorDivide(kb, nb);
      if (ib != 0 && word(periodic, 1) == 0) continue;
      for (let dc = -word(reach, 2); dc <= word(reach, 2); dc++) {
        const kc = word(own, 2) + dc;
        const ic = floorDivide(kc, nc);
        if (ic != 0 && word(periodic, 2) == 0) continue;
        const k = ((ka - ia * na) * nb + (kb - ib * nb)) * nc + (kc - ic * nc);
        const fa = <f64>ia;
        const fb = <f64>ib;
        const fc = <f64>ic;
        let origin = f64x2.sub(here, f64x2.mul(f64x2.splat(fa), v128.load(cell)));
        origin = f64x2.sub(origin, f64x2.mul(f64x2.splat(fb), v128.load(cell, 24)));
        origin = f64x2.sub(origin, f64x2.mul(f64x2.splat(fc), v128.load(cell, 48)));
        const originZ = hereZ - fa * load<f64>(cell, 16) - fb * load<f64>(cell, 40) - fc * load<f64>(cell, 64);
        const image = i16x8(<i16>ia, <i16>ib, <i16>ic, 0, 0, 0, 0, 0);
        const shift = i16x8.add(image, v128.load64_zero(wraps + (<usize>place << 3)));
        const end = word(start, k + 1);
        for (let p = word(start, k); p < end; p++) {
          const there = wrapped + <usize>p * 24;
          const d = f64x2.sub(v128.load(there), origin);
          const z = load<f64>(there, 16) - originZ;
          const r2 = across(f64x2.mul(d, d)) + z * z;
          if (r2 > limit * (1 + ROUNDING)) continue;
          const j = word(atoms, p);
          const to = shifts + (<usize>min(count, capacity - 1) << 3);
          v128.store64_lane(to, i16x8.sub(shift, v128.load64_zero(wraps + (<usize>p << 3))), 0);
          if (p == place && load<i64>(to) == 0) continue;
          if (r2 > limit * (1 - ROUNDING) && !within(s, i, j, to, limit)) continue;
          if (count < capacity) store<u64>(keys + (<usize>count << 3), (<u64>count << 32) | <u64>j);
          count++;
        }
      }
    }
  }
  return count;
}

/** The truth's own judgement on a pair at the very edge. */
function within(s: usize, i: i32, j: i32, shift: usize, limit: f64): bool {
  const cell = address(s, sys.CELL);
  const here = address(s, sys.POSITIONS) + <usize>i * 24;
  const there = address(s, sys.POSITIONS) + <usize>j * 24;
  const a = <f64>load<i16>(shift);
  const b = <f64>load<i16>(shift, 2);
  const c = <f64>load<i16>(shift, 4);
  const x = load<f64>(there) - load<f64>(here) + a * load<f64>(cell) + b * load<f64>(cell, 24) + c * load<f64>(cell, 48);
  const y =
    load<f64>(there, 8) - load<f64>(here, 8) + a * load<f64>(cell, 8) + b * load<f64>(cell, 32) + c * load<f64>(cell, 56);
  const z =
    load<f64>(there, 16) - load<f64>(here, 16) + a * load<f64>(cell, 16) + b * load<f64>(cell, 40) + c * load<f64>(cell, 64);
  return x * x + y * y + z * z < limit;
}

function floorDivide(k: i32, n: i32): i32 {
  return k >= 0 ? k / n : -((n - 1 - k) / n);
}

/** Sorts `count` keys at `a` by their atom, digit by digit; `b` is as large. The result is where this returns. */
function sortByAtom(a: usize, b: usize, count: i32, atoms: i32, digits: usize): usize {
  const end = <usize>count << 3;
  for (let place = 0; place < 32 && (place == 0 || (atoms - 1) >> place != 0); place += 8) {
    memory.fill(digits, 0, sys.LIST_BYTES);
    for (let p: usize = 0; p < end; p += 8) {
      const to = digits + (<usize>((load<u32>(a + p) >> place) & 255) << 2);
      store<i32>(to, load<i32>(to) + 8);
    }
    let sum = 0;
    for (let d: usize = 0; d < <usize>sys.LIST_BYTES; d += 4) {
      const here = load<i32>(digits + d);
      store<i32>(digits + d, sum);
      sum += here;
    }
    for (let p: usize = 0; p < end; p += 8) {
      const key = load<u64>(a + p);
      const to = digits + (<usize>((<u32>key >> place) & 255) << 2);
      const at = load<i32>(to);
      store<u64>(b + <usize>at, key);
      store<i32>(to, at + 8);
    }
    const swap = a;
    a = b;
    b = swap;
  }
  return a;
}

/** A shift as a number in the order of (a, b, c). */
function shiftKey(p: usize): i64 {
  return (<i64>load<i16>(p) << 32) + (<i64>load<i16>(p, 2) << 16) + <i64>load<i16>(p, 4);
}

/** Images of one atom into ascending order of their shifts. */
function sortImages(neighbours: usize, shifts: usize, count: i32): void {
  for (let p = 1; p < count; p++) {
    const j = word(neighbours, p);
    const shift = load<i64>(shifts + (<usize>p << 3));
    const key = shiftKey(shifts + (<usize>p << 3));
    let q = p;
    for (; q > 0 && word(neighbours, q - 1) == j && shiftKey(shifts + (<usize>(q - 1) << 3)) > key; q--)
      store<i64>(shifts + (<usize>q << 3), load<i64>(shifts + (<usize>(q - 1) << 3)));
    store<i64>(shifts + (<usize>q << 3), shift);
  }
}

/**
 * For every slot of the atoms `from` … `to`−1, the slot in which the neighbour sees this atom. As these atoms come in ascending
 * order, so do they in the row of any neighbour: `next` (i64 a atom of the system, this thread's own) remembers how far each row
 * has been read, and under which `from`.
 */
export function findReverse(s: usize, from: i32, to: i32, next: usize): void {
  const capacity = word(s, sys.ROW);
  const counts = address(s, sys.COUNTS);
  const neighbours = address(s, sys.NEIGHBOURS);
  const reverse = address(s, sys.REVERSE);
  for (let i = from; i < to; i++) {
    const end = capacity * i + word(counts, i);
    for (let p = capacity * i; p < end; ) {
      const j = word(neighbours, p);
      let images = 1;
      while (p + images < end && word(neighbours, p + images) == j) images++;
      const mark = next + (<usize>j << 3);
      const q = load<i32>(mark, 4) == from + 1 ? load<i32>(mark) : firstOf(neighbours, i, capacity * j, word(counts, j));
      // Opposite shifts ascend in opposite order.
      for (let k = 0; k < images; k++) store<i32>(reverse + (<usize>(p + k) << 2), q + images - 1 - k);
      store<i32>(mark, q + images);
      store<i32>(mark, from + 1, 4);
      p += images;
    }
  }
}

/** The first of `count` slots from `low` on that holds atom i or a later one. */
function firstOf(neighbours: usize, i: i32, low: i32, count: i32): i32 {
  let high = low + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (word(neighbours, middle) < i) low = middle + 1;
    else high = middle;
  }
  return low;
}
