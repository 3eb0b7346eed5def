/** Rows of the neighbour list of `neighbours.ts`, atom by atom so that threads can share them out; in the same order, to the bit. */
import * as sys from './systemLayout';
import { address, word } from './simd.wasm';

/** Fills the row of atom i, or only counts where the row has no room. `scratch` holds 16 bytes a slot. */
export function fillRow(s: usize, i: i32, scratch: usize): void {
  const capacity = word(s, sys.ROW);
  const row = capacity * i;
  const neighbours = address(s, sys.NEIGHBOURS) + (<usize>row << 2);
  const shifts = address(s, sys.SHIFTS) + (<usize>row << 3);
  const sorted = scratch;
  const found = scratch + (<usize>capacity << 3);
  const count = search(s, i, capacity, sorted, shifts);
  store<i32>(address(s, sys.COUNTS) + (<usize>i << 2), count);
  if (count > capacity) {
    atomic.store<i32>(s + (sys.LONGEST << 2), max(count, atomic.load<i32>(s + (sys.LONGEST << 2))));
    return;
  }
  // Keys are (atom, place in the order of discovery).
  const keys = mergeSort(sorted, found, count);
  const other = keys == sorted ? found : sorted;
  for (let p = 0; p < count; p++) {
    const key = load<u64>(keys + (<usize>p << 3));
    store<i32>(neighbours + (<usize>p << 2), <i32>(key >> 32));
    store<i64>(other + (<usize>p << 3), load<i64>(shifts + (<usize>(<u32>key) << 3)));
  }
  memory.copy(shifts, other, <usize>count << 3);
  sortImages(neighbours, shifts, count);
}

/** All neighbours of atom i as they come; how many there are. What does not fit is counted only. */
function search(s: usize, i: i32, capacity: i32, keys: usize, shifts: usize): i32 {
  const r = address(s, sys.POSITIONS);
  const cell = address(s, sys.CELL);
  const cutoff = load<f64>(address(s, sys.LIST_CUTOFF));
  const limit = cutoff * cutoff;
  const bins = address(s, sys.BIN_COUNT);
  const reach = address(s, sys.BIN_REACH);
  const periodic = address(s, sys.PERIODIC);
  const start = address(s, sys.BIN_START);
  const atoms = address(s, sys.BIN_ATOMS);
  const own = address(s, sys.BIN_OF) + <usize>i * 12;
  const wraps = address(s, sys.WRAPS);
  const na = word(bins, 0);
  const nb = word(bins, 1);
  const nc = word(bins, 2);
  const wa = word(wraps, 3 * i);
  const wb = word(wraps, 3 * i + 1);
  const wc = word(wraps, 3 * i + 2);
  const x0 = load<f64>(r + <usize>i * 24);
  const y0 = load<f64>(r + <usize>i * 24, 8);
  const z0 = load<f64>(r + <usize>i * 24, 16);
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
        const end = word(start, k + 1);
        for (let p = word(start, k); p < end; p++) {
          const j = word(atoms, p);
          const a = ia + wa - word(wraps, 3 * j);
          const b = ib + wb - word(wraps, 3 * j + 1);
          const c = ic + wc - word(wraps, 3 * j + 2);
          if (i == j && a == 0 && b == 0 && c == 0) continue;
          const there = r + <usize>j * 24;
          const fa = <f64>a;
          const fb = <f64>b;
          const fc = <f64>c;
          const x = load<f64>(there) - x0 + fa * load<f64>(cell) + fb * load<f64>(cell, 24) + fc * load<f64>(cell, 48);
          const y =
            load<f64>(there, 8) - y0 + fa * load<f64>(cell, 8) + fb * load<f64>(cell, 32) + fc * load<f64>(cell, 56);
          const z =
            load<f64>(there, 16) - z0 + fa * load<f64>(cell, 16) + fb * load<f64>(cell, 40) + fc * load<f64>(cell, 64);
          if (!(x * x + y * y + z * z < limit)) continue;
          if (count < capacity) {
            store<u64>(keys + (<usize>count << 3), (<u64>j << 32) | <u64>count);
            const to = shifts + (<usize>count << 3);
            store<i16>(to, <i16>a);
            store<i16>(to, <i16>b, 2);
            store<i16>(to, <i16>c, 4);
            store<i16>(to, 0, 6);
          }
          count++;
        }
      }
    }
  }
  return count;
}

function floorDivide(k: i32, n: i32): i32 {
  return k >= 0 ? k / n : -((n - 1 - k) / n);
}

/** Sorts `count` keys at `a`; `b` is as large. The result is where this returns. */
function mergeSort(a: usize, b: usize, count: i32): usize {
  for (let width = 1; width < count; width <<= 1) {
    for (let from = 0; from < count; from += width << 1) {
      const middle = min(from + width, count);
      const end = min(from + (width << 1), count);
      let p = a + (<usize>from << 3);
      let q = a + (<usize>middle << 3);
      const pEnd = q;
      const qEnd = a + (<usize>end << 3);
      for (let to = b + (<usize>from << 3); p < pEnd || q < qEnd; to += 8) {
        if (q >= qEnd || (p < pEnd && load<u64>(p) < load<u64>(q))) {
          store<u64>(to, load<u64>(p));
          p += 8;
        } else {
          store<u64>(to, load<u64>(q));
          q += 8;
        }
      }
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

/** For every slot of atom i, the slot in which the neighbour sees it. */
export function findReverse(s: usize, i: i32): void {
  const capacity = word(s, sys.ROW);
  const row = capacity * i;
  const count = word(address(s, sys.COUNTS), i);
  for (let p = row; p < row + count; p++) {
    const shift = address(s, sys.SHIFTS) + (<usize>p << 3);
    const key =
      (<i64>-(<i32>load<i16>(shift)) << 32) + (<i64>-(<i32>load<i16>(shift, 2)) << 16) + <i64>-(<i32>load<i16>(shift, 4));
    const j = word(address(s, sys.NEIGHBOURS), p);
    let low = capacity * j;
    let high = low + word(address(s, sys.COUNTS), j);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = word(address(s, sys.NEIGHBOURS), middle);
      if (other < i || (other == i && shiftKey(address(s, sys.SHIFTS) + (<usize>middle << 3)) < key)) low = middle + 1;
      else high = middle;
    }
    store<i32>(address(s, sys.REVERSE) + (<usize>p << 2), low);
  }
}
