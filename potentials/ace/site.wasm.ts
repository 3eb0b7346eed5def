/**
 * Two atoms of an atomic cluster expansion at a time: the equations of `site.ts` and `evaluate.ts`. The neighbours of one atom
 * lie in the lanes of f64x2 while A is gathered and while forces are read out; the two atoms do while A is multiplied out.
 * What a lane computes never depends on the other lane, so the pairing of atoms does not show.
 */
import { curve } from '../../src/core/curve.wasm';
import { across, address, both, fma, fnma, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import * as at from './siteLayout';

// Every address below is of its block: s system, t tables, w scratch, lane one atom's neighbourhood, g its part of one species.

/** Energies, pair forces, virials and what else the system block asks for, of both atoms of a couple; twice the same where alone. */
export function site(s: usize, w: usize, i0: i32, i1: i32): void {
  const t = address(s, sys.TABLES);
  const a = word(address(s, sys.SPECIES), i0);
  const centre = address(address(t, at.CENTRES), a);
  const S = word(t, at.SPECIES_COUNT);
  const lane0 = address(w, at.LANES);
  const lane1 = lane0 + <usize>word(w, at.LANE_BYTES);
  const values = address(w, at.VALUES);
  memory.fill(values, 0, <usize>(word(centre, at.BASIS_SIZE) + 1) << 5);
  v128.store(values, f64x2.splat(1));
  expand(s, t, w, lane0, i0, a, S, 0);
  if (i1 != i0) expand(s, t, w, lane1, i1, a, S, 1);
  const stages = word(s, sys.STAGES);
  if (stages != 0 && stages < 5) return;
  multiply(centre, values);
  const P = word(centre, at.DENSITIES);
  const slopes = address(w, at.SLOPES);
  contractAll(centre, values, address(centre, at.WEIGHTS_LEFT), P, address(w, at.CONTRACTED), slopes);
  embedAtom(s, t, w, centre, a, lane0, i0, 0);
  if (i1 != i0) embedAtom(s, t, w, centre, a, lane1, i1, 1);
  if (stages == 5) return;
  if (word(s, sys.FIRST_MEMBER) == 0) {
    backpropagate(centre, w, address(centre, at.WEIGHTS_RIGHT), P);
    if (stages == 6) return;
    const forces = address(s, sys.PAIR_FORCES);
    readOut(s, t, w, lane0, i0, a, S, 0, forces, true);
    if (i1 != i0) readOut(s, t, w, lane1, i1, a, S, 1, forces, true);
    if (word(s, sys.PROJECTIONS) != 0) project(s, centre, values, i0, i1);
  }
  if (word(s, sys.MEMBER_ENERGIES) != 0 || word(s, sys.MEMBER_COUNT) != 0)
    members(s, t, w, centre, a, S, lane0, lane1, i0, i1);
}

/** Members are linear: their slope is 1, and core repulsion is the same for all. */
function members(
  s: usize, t: usize, w: usize, centre: usize, a: i32, S: i32,
  lane0: usize, lane1: usize, i0: i32, i1: i32,
): void {
  const all = word(centre, at.MEMBERS);
  const slopes = address(w, at.SLOPES);
  const contracted = address(w, at.CONTRACTED);
  contractAll(centre, address(w, at.VALUES), address(centre, at.MEMBERS_LEFT), all, contracted, slopes);
  const energies = address(s, sys.MEMBER_ENERGIES);
  if (energies != 0) {
    const E0 = load<f64>(address(centre, at.CORE_SWITCH), 16);
    const step = <usize>word(w, at.CAPACITY) << 3;
    const hasCore = word(t, at.HAS_CORE) != 0;
    const core0 = E0 + (hasCore ? coreEnergy(lane0, S, step) : 0);
    const core1 = E0 + (hasCore && i1 != i0 ? coreEnergy(lane1, S, step) : 0);
    const n = <usize>word(s, sys.ATOMS) << 3;
    for (let m: usize = 0; m < <usize>all; m++) {
      const rho = v128.load(slopes + (m << 4));
      if (i1 != i0) store<f64>(energies + m * n + (<usize>i1 << 3), f64x2.extract_lane(rho, 1) + core1);
      store<f64>(energies + m * n + (<usize>i0 << 3), f64x2.extract_lane(rho, 0) + core0);
    }
  }
  const first = <usize>word(s, sys.FIRST_MEMBER);
  const count = <usize>word(s, sys.MEMBER_COUNT);
  const terms = <usize>word(centre, at.TERMS) << 3;
  const groups = <usize>word(centre, at.LEFT_GROUPS) << 5;
  const pairs = <usize>(word(s, sys.ATOMS) * word(s, sys.ROW)) * 24;
  for (let k: usize = 0; k < count; k++) {
    const m = first + k;
    v128.store(slopes, f64x2.splat(1));
    store<u32>(w + (at.CONTRACTED << 2), <u32>(contracted + m * groups));
    backpropagate(centre, w, address(centre, at.MEMBERS_RIGHT) + m * terms, 1);
    store<u32>(w + (at.CONTRACTED << 2), <u32>contracted);
    const forces = address(s, sys.MEMBER_PAIR_FORCES) + k * pairs;
    readOut(s, t, w, lane0, i0, a, S, 0, forces, false);
    if (i1 != i0) readOut(s, t, w, lane1, i1, a, S, 1, forces, false);
  }
}

/** B_v of both atoms. */
function project(s: usize, centre: usize, values: usize, i0: i32, i1: i32): void {
  const width = <usize>word(s, sys.PROJECTION_WIDTH) << 3;
  let to0 = address(s, sys.PROJECTIONS) + <usize>i0 * width;
  let to1 = address(s, sys.PROJECTIONS) + <usize>i1 * width;
  const functions = word(centre, at.FUNCTIONS);
  const start = address(centre, at.FUNCTION_START);
  let factors = address(centre, at.FUNCTION_FACTORS);
  let weights = address(centre, at.FUNCTION_WEIGHTS);
  for (let v = 0; v < functions; v++, to0 += 8, to1 += 8) {
    let B = f64x2.splat(0);
    for (const end = factors + (<usize>(word(start, v + 1) - word(start, v)) << 3); factors < end; factors += 8) {
      const p = values + <usize>load<i32>(factors);
      const q = values + <usize>load<i32>(factors, 4);
      const term = fnma(v128.load(p, 16), v128.load(q, 16), f64x2.mul(v128.load(p), v128.load(q)));
      B = fma(both(weights), term, B);
      weights += 8;
    }
    if (i1 != i0) store<f64>(to1, f64x2.extract_lane(B, 1));
    store<f64>(to0, f64x2.extract_lane(B, 0));
  }
}

/** Neighbours of atom i and the A they make. */
function expand(s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32, side: i32): void {
  gather(s, t, w, lane, i, a, S);
  const stages = word(s, sys.STAGES);
  if (stages == 1) return;
  let free = lane + <usize>(S * at.GROUP_BYTES) + <usize>(S * at.GEOMETRY_ARRAYS * word(w, at.CAPACITY)) * 8;
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    if (word(g, at.COUNT) == 0) continue;
    const bond = address(address(t, at.BONDS), a * S + b);
    const stride = <usize>((word(g, at.COUNT) + 1) >> 1) << 4;
    store<u32>(g + (at.RADIAL_ROWS << 2), <u32>free);
    free += stride * <usize>(2 * word(bond, at.ROWS));
    store<u32>(g + (at.HARMONIC_ROWS << 2), <u32>free);
    const lmax = word(t, at.LMAX);
    free += stride * <usize>(((lmax + 1) * (lmax + 2)) / 2 + 2 * lmax + 2);
    normalise(g, w);
    radial(bond, g, w, stride);
    mix(bond, g, stride);
    if (stages == 2) continue;
    harmonics(t, g, w, stride, lmax);
    if (stages == 3) continue;
    accumulate(t, bond, g, w, stride, lmax, side);
  }
}

/** Sorts the neighbours within the cutoffs by species; x, y, z and r² for now. */
function gather(s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32): void {
  const capacity = word(w, at.CAPACITY);
  const arrays = lane + <usize>(S * at.GROUP_BYTES);
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    store<i32>(g, 0);
    store<u32>(g + (at.GEOMETRY << 2), <u32>(arrays + <usize>(b * at.GEOMETRY_ARRAYS * capacity) * 8));
  }
  const positions = address(s, sys.POSITIONS);
  const species = address(s, sys.SPECIES);
  const row = word(s, sys.ROW) * i;
  const count = load<i32>(address(s, sys.COUNTS) + (<usize>i << 2));
  const neighbours = address(s, sys.NEIGHBOURS) + (<usize>row << 2);
  const shifts = address(s, sys.SHIFTS) + (<usize>row << 3);
  const cell = address(s, sys.CELL);
  const here = v128.load(positions + <usize>i * 24);
  const hereZ = load<f64>(positions + <usize>i * 24, 16);
  const cutoffs = address(t, at.CUTOFFS_SQUARED) + (<usize>(a * S) << 3);
  const step = <usize>capacity << 3;
  for (let p = 0; p < count; p++) {
    const j = <usize>load<i32>(neighbours + (<usize>p << 2));
    let d = f64x2.sub(v128.load(positions + j * 24), here);
    let z = load<f64>(positions + j * 24, 16) - hereZ;
    const shift = shifts + (<usize>p << 3);
    if (load<i64>(shift) != 0) {
      const ka = <f64>load<i16>(shift);
      const kb = <f64>load<i16>(shift, 2);
      const kc = <f64>load<i16>(shift, 4);
      d = f64x2.add(d, f64x2.mul(f64x2.splat(ka), v128.load(cell)));
      d = f64x2.add(d, f64x2.mul(f64x2.splat(kb), v128.load(cell, 24)));
      d = f64x2.add(d, f64x2.mul(f64x2.splat(kc), v128.load(cell, 48)));
      z = z + ka * load<f64>(cell, 16) + kb * load<f64>(cell, 40) + kc * load<f64>(cell, 64);
    }
    const d2 = f64x2.mul(d, d);
    const r2 = across(d2) + z * z;
    const b = load<i32>(species + (j << 2));
    if (!(r2 < load<f64>(cutoffs + (<usize>b << 3)))) continue;
    if (address(address(t, at.BONDS), a * S + b) == 0) {
      store<i32>(s + (sys.FAULT << 2), i + 1);
      continue;
    }
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = word(g, at.COUNT);
    const to = address(g, at.GEOMETRY) + (<usize>n << 3);
    store<f64>(to, f64x2.extract_lane(d, 0));
    store<f64>(to + step, f64x2.extract_lane(d, 1));
    store<f64>(to + 2 * step, z);
    store<f64>(to + 3 * step, r2);
    store<i32>(to + 7 * step, p);
    store<i32>(g, n + 1);
  }
  // An odd neighbour gets a companion at infinity, where all radial functions are zero.
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = word(g, at.COUNT);
    if ((n & 1) == 0) continue;
    const to = address(g, at.GEOMETRY) + (<usize>n << 3);
    store<f64>(to, 0);
    store<f64>(to + step, 0);
    store<f64>(to + 2 * step, 1e100);
    store<f64>(to + 3 * step, 1e200);
  }
}

/** From vectors and squared lengths to unit vectors and lengths. */
function normalise(g: usize, w: usize): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  let p = address(g, at.GEOMETRY);
  const end = p + (<usize>word(g, at.COUNT) << 3);
  for (; p < end; p += 16) {
    const r = f64x2.sqrt(v128.load(p + <usize>at.R * step));
    const inverse = f64x2.div(f64x2.splat(1), r);
    v128.store(p, f64x2.mul(v128.load(p), inverse));
    v128.store(p + step, f64x2.mul(v128.load(p + step), inverse));
    v128.store(p + 2 * step, f64x2.mul(v128.load(p + 2 * step), inverse));
    v128.store(p + <usize>at.R * step, r);
    v128.store(p + <usize>at.INVERSE * step, inverse);
  }
}

/** Rows of g_k, each followed by its slopes; and the core repulsion. */
function radial(bond: usize, g: usize, w: usize, stride: usize): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const out = address(w, at.CURVE_OUT);
  const bytes = stride;
  const table = address(bond, at.CURVE);
  const lengths = geometry + <usize>at.R * step;
  for (let q: usize = 0; q < bytes; q += 8) curve(table, load<f64>(lengths + q), out + (q << 2));
  const K = word(bond, at.BASE_COUNT);
  const rows = address(g, at.RADIAL_ROWS);
  const recurrence = address(bond, at.RECURRENCE);
  for (let q: usize = 0; q < bytes; q += 16) {
    const c = out + (q << 2);
    const x = i64x2.shuffle(v128.load(c), v128.load(c, 32), 0, 2);
    const env = i64x2.shuffle(v128.load(c), v128.load(c, 32), 1, 3);
    const dx = i64x2.shuffle(v128.load(c, 16), v128.load(c, 48), 0, 2);
    const denv = i64x2.shuffle(v128.load(c, 16), v128.load(c, 48), 1, 3);
    // env·P and its slope obey the recurrence of P.
    let before = f64x2.splat(0);
    let dBefore = f64x2.splat(0);
    let P = env;
    let dP = denv;
    let f = recurrence;
    let to = rows + q;
    for (let k = 0; k < K; k++, f += 40, to += 2 * stride) {
      const A = both(f);
      const line = fma(A, x, both(f + 8));
      const C = both(f + 16);
      const next = fma(line, P, f64x2.mul(C, before));
      const dNext = fma(line, dP, fma(f64x2.mul(A, dx), P, f64x2.mul(C, dBefore)));
      before = P;
      dBefore = dP;
      P = next;
      dP = dNext;
      const a = both(f + 24);
      const b = both(f + 32);
      v128.store(to, fma(a, env, f64x2.mul(b, P)));
      v128.store(to + stride, fma(a, denv, f64x2.mul(b, dP)));
    }
  }
  const core = address(bond, at.CORE_CURVE);
  for (let q: usize = 0; q < bytes; q += 8) {
    let v: f64 = 0;
    let dv: f64 = 0;
    if (core != 0) {
      curve(core, load<f64>(lengths + q), out);
      const inverse = load<f64>(geometry + <usize>at.INVERSE * step + q);
      v = load<f64>(out) * inverse;
      dv = (load<f64>(out, 16) - v) * inverse;
    }
    store<f64>(geometry + <usize>at.CORE * step + q, v);
    store<f64>(geometry + <usize>at.ALONG * step + q, dv);
  }
}

/** Mixed channels from the base, values and slopes alike. */
function mix(bond: usize, g: usize, stride: usize): void {
  const K = word(bond, at.BASE_COUNT);
  const row: usize = stride << 1;
  const rows = address(g, at.RADIAL_ROWS);
  let blocks = address(bond, at.MIX_BLOCKS);
  let weights = address(bond, at.MIX_WEIGHTS);
  let to = rows + <usize>K * row;
  const end = <usize>K * row;
  for (let size = load<i32>(blocks); size != 0; blocks += 4, size = load<i32>(blocks)) {
    if (size == 4) {
      for (let c: usize = 0; c < row; c += 32) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let d0 = a0;
        let d1 = a0;
        let f = weights;
        for (let q: usize = c; q < end; q += row, f += 32) {
          const x = v128.load(rows + q);
          const y = v128.load(rows + q, 16);
          let k = both(f);
          a0 = fma(k, x, a0);
          a1 = fma(k, y, a1);
          k = both(f + 8);
          b0 = fma(k, x, b0);
          b1 = fma(k, y, b1);
          k = both(f + 16);
          c0 = fma(k, x, c0);
          c1 = fma(k, y, c1);
          k = both(f + 24);
          d0 = fma(k, x, d0);
          d1 = fma(k, y, d1);
        }
        const p = to + c;
        v128.store(p, a0);
        v128.store(p, a1, 16);
        v128.store(p + row, b0);
        v128.store(p + row, b1, 16);
        v128.store(p + 2 * row, c0);
        v128.store(p + 2 * row, c1, 16);
        v128.store(p + 3 * row, d0);
        v128.store(p + 3 * row, d1, 16);
      }
    } else {
      for (let c: usize = 0; c < row; c += 32) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let f = weights;
        for (let q: usize = c; q < end; q += row, f += 24) {
          const x = v128.load(rows + q);
          const y = v128.load(rows + q, 16);
          let k = both(f);
          a0 = fma(k, x, a0);
          a1 = fma(k, y, a1);
          k = both(f + 8);
          b0 = fma(k, x, b0);
          b1 = fma(k, y, b1);
          k = both(f + 16);
          c0 = fma(k, x, c0);
          c1 = fma(k, y, c1);
        }
        const p = to + c;
        v128.store(p, a0);
        v128.store(p, a1, 16);
        v128.store(p + row, b0);
        v128.store(p + row, b1, 16);
        v128.store(p + 2 * row, c0);
        v128.store(p + 2 * row, c1, 16);
      }
    }
    weights += <usize>(size * K) << 3;
    to += <usize>size * row;
  }
}

/** Rows of d^m P_l/dz^m by lm, then of the powers (x + iy)^m, real and imaginary. */
function harmonics(t: usize, g: usize, w: usize, stride: usize, lmax: i32): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const rows = address(g, at.HARMONIC_ROWS);
  const factors = address(t, at.LEGENDRE);
  const powers = rows + stride * <usize>(((lmax + 1) * (lmax + 2)) / 2);
  for (let q: usize = 0; q < stride; q += 16) {
    const x = v128.load(geometry + q);
    const y = v128.load(geometry + step + q);
    const z = v128.load(geometry + 2 * step + q);
    let re = f64x2.splat(1);
    let im = f64x2.splat(0);
    v128.store(powers + q, re);
    v128.store(powers + q + stride, im);
    let to = powers + q + 2 * stride;
    for (let m = 1; m <= lmax; m++, to += 2 * stride) {
      const next = fnma(y, im, f64x2.mul(x, re));
      im = fma(y, re, f64x2.mul(x, im));
      re = next;
      v128.store(to, re);
      v128.store(to + stride, im);
    }
    // Upwards in l for each m; the two factors of (m, m) are its value and nothing.
    for (let m = 0; m <= lmax; m++) {
      let lm = (m * (m + 3)) / 2;
      let before = f64x2.splat(0);
      let P = both(factors + (<usize>lm << 4));
      v128.store(rows + <usize>lm * stride + q, P);
      for (let l = m + 1; l <= lmax; l++) {
        lm += l;
        const f = factors + (<usize>lm << 4);
        const next = fnma(both(f + 8), before, f64x2.mul(f64x2.mul(both(f), z), P));
        before = P;
        P = next;
        v128.store(rows + <usize>lm * stride + q, P);
      }
    }
  }
}

/** A of the channels of one bond, into lane `of` of the values. */
function accumulate(t: usize, bond: usize, g: usize, w: usize, stride: usize, lmax: i32, side: i32): void {
  const rows = address(g, at.RADIAL_ROWS);
  const harmonic = address(g, at.HARMONIC_ROWS);
  const powers = harmonic + stride * <usize>(((lmax + 1) * (lmax + 2)) / 2);
  const values = address(w, at.VALUES) + (<usize>side << 3);
  const norms = address(t, at.NORMS);
  const channelStart = address(bond, at.CHANNEL_START);
  const rowOf = address(bond, at.ROW_OF);
  const valueStart = address(bond, at.VALUE_START);
  for (let l = 0; l <= lmax; l++) {
    const first = word(channelStart, l);
    const channels = word(channelStart, l + 1) - first;
    if (channels == 0) continue;
    for (let m = 0; m <= l; m++) {
      const lm = (l * (l + 1)) / 2 + m;
      const norm = load<f64>(norms + (<usize>lm << 3));
      const P = harmonic + <usize>lm * stride;
      const E = powers + <usize>(2 * m) * stride;
      let to = values + (<usize>(word(valueStart, l) + m * channels) << 5);
      for (let q = 0; q < channels; ) {
        const left = channels - q;
        const size = left >= 5 && left != 6 ? 5 : left >= 3 ? 3 : left;
        const of0 = rows + <usize>word(rowOf, first + q) * 2 * stride;
        const of1 = size > 1 ? rows + <usize>word(rowOf, first + q + 1) * 2 * stride : of0;
        const of2 = size > 2 ? rows + <usize>word(rowOf, first + q + 2) * 2 * stride : of0;
        if (size == 5) {
          const of3 = rows + <usize>word(rowOf, first + q + 3) * 2 * stride;
          const of4 = rows + <usize>word(rowOf, first + q + 4) * 2 * stride;
          if (m == 0) five(of0, of1, of2, of3, of4, P, stride, norm, to);
          else fiveComplex(of0, of1, of2, of3, of4, P, E, stride, norm, to);
        } else {
          if (m == 0) three(of0, of1, of2, P, stride, norm, to, size);
          else threeComplex(of0, of1, of2, P, E, stride, norm, to, size);
        }
        q += size;
        to += <usize>size << 5;
      }
    }
  }
}

function five(
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize,
  P: usize, stride: usize, norm: f64, to: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const y = v128.load(P + q);
    a0 = fma(v128.load(r0 + q), y, a0);
    a1 = fma(v128.load(r1 + q), y, a1);
    a2 = fma(v128.load(r2 + q), y, a2);
    a3 = fma(v128.load(r3 + q), y, a3);
    a4 = fma(v128.load(r4 + q), y, a4);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(a1), 32);
  store<f64>(to, norm * across(a2), 64);
  store<f64>(to, norm * across(a3), 96);
  store<f64>(to, norm * across(a4), 128);
}

function three(
  r0: usize, r1: usize, r2: usize,
  P: usize, stride: usize, norm: f64, to: usize, size: i32,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const y = v128.load(P + q);
    a0 = fma(v128.load(r0 + q), y, a0);
    a1 = fma(v128.load(r1 + q), y, a1);
    a2 = fma(v128.load(r2 + q), y, a2);
  }
  store<f64>(to, norm * across(a0));
  if (size > 1) store<f64>(to, norm * across(a1), 32);
  if (size > 2) store<f64>(to, norm * across(a2), 64);
}

function fiveComplex(
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize,
  P: usize, E: usize, stride: usize, norm: f64, to: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  let b4 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const p = v128.load(P + q);
    const re = f64x2.mul(p, v128.load(E + q));
    const im = f64x2.mul(p, v128.load(E + q + stride));
    let r = v128.load(r0 + q);
    a0 = fma(r, re, a0);
    b0 = fma(r, im, b0);
    r = v128.load(r1 + q);
    a1 = fma(r, re, a1);
    b1 = fma(r, im, b1);
    r = v128.load(r2 + q);
    a2 = fma(r, re, a2);
    b2 = fma(r, im, b2);
    r = v128.load(r3 + q);
    a3 = fma(r, re, a3);
    b3 = fma(r, im, b3);
    r = v128.load(r4 + q);
    a4 = fma(r, re, a4);
    b4 = fma(r, im, b4);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(b0), 16);
  store<f64>(to, norm * across(a1), 32);
  store<f64>(to, norm * across(b1), 48);
  store<f64>(to, norm * across(a2), 64);
  store<f64>(to, norm * across(b2), 80);
  store<f64>(to, norm * across(a3), 96);
  store<f64>(to, norm * across(b3), 112);
  store<f64>(to, norm * across(a4), 128);
  store<f64>(to, norm * across(b4), 144);
}

function threeComplex(
  r0: usize, r1: usize, r2: usize,
  P: usize, E: usize, stride: usize, norm: f64, to: usize, size: i32,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const p = v128.load(P + q);
    const re = f64x2.mul(p, v128.load(E + q));
    const im = f64x2.mul(p, v128.load(E + q + stride));
    let r = v128.load(r0 + q);
    a0 = fma(r, re, a0);
    b0 = fma(r, im, b0);
    r = v128.load(r1 + q);
    a1 = fma(r, re, a1);
    b1 = fma(r, im, b1);
    r = v128.load(r2 + q);
    a2 = fma(r, re, a2);
    b2 = fma(r, im, b2);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(b0), 16);
  if (size > 1) {
    store<f64>(to, norm * across(a1), 32);
    store<f64>(to, norm * across(b1), 48);
  }
  if (size > 2) {
    store<f64>(to, norm * across(a2), 64);
    store<f64>(to, norm * across(b2), 80);
  }
}

/** Mirrors and inner products from A. */
function multiply(centre: usize, values: usize): void {
  const mirrors = word(centre, at.MIRRORS);
  let to = values + (<usize>(word(centre, at.BASIS_SIZE) + 1) << 5);
  const mirrorOf = address(centre, at.MIRROR_OF);
  const mirrorSign = address(centre, at.MIRROR_SIGN);
  for (let k = 0; k < mirrors; k++, to += 32) {
    const source = values + <usize>word(mirrorOf, k);
    const sign = both(mirrorSign + (<usize>k << 3));
    v128.store(to, f64x2.mul(sign, v128.load(source)));
    v128.store(to, f64x2.neg(f64x2.mul(sign, v128.load(source, 16))), 16);
  }
  let factors = address(centre, at.INNER_FACTORS);
  const end = factors + (<usize>word(centre, at.INNER) << 3);
  for (; factors < end; factors += 8, to += 32) {
    const p = values + <usize>load<i32>(factors);
    const q = values + <usize>load<i32>(factors, 4);
    const pRe = v128.load(p);
    const pIm = v128.load(p, 16);
    const qRe = v128.load(q);
    const qIm = v128.load(q, 16);
    v128.store(to, fnma(pIm, qIm, f64x2.mul(pRe, qRe)));
    v128.store(to, fma(pIm, qRe, f64x2.mul(pRe, qIm)), 16);
  }
}

/** Σ_t w_t term_t of one density (or two, `pairs`) of both atoms into `rho`; Σ_t w_t right factor by group into `out`. */
function contract(centre: usize, values: usize, weights: usize, out: usize, rho: usize): void {
  let head = address(centre, at.LEFT_HEADS);
  const end = head + (<usize>word(centre, at.LEFT_GROUPS) << 3);
  let term = address(centre, at.LEFT_TERMS);
  let f = weights;
  let sum = f64x2.splat(0);
  for (; head < end; head += 8, out += 32) {
    const stop = term + (<usize>load<i32>(head, 4) << 2);
    let re = f64x2.splat(0);
    let im = re;
    for (; term < stop; term += 4, f += 8) {
      const q = values + <usize>load<i32>(term);
      const k = both(f);
      re = fma(k, v128.load(q), re);
      im = fma(k, v128.load(q, 16), im);
    }
    v128.store(out, re);
    v128.store(out, im, 16);
    const p = values + <usize>load<i32>(head);
    sum = fma(v128.load(p), re, fnma(v128.load(p, 16), im, sum));
  }
  v128.store(rho, sum);
}

function contractTwo(centre: usize, values: usize, weights: usize, out: usize, rho: usize): void {
  let head = address(centre, at.LEFT_HEADS);
  const groups = <usize>word(centre, at.LEFT_GROUPS);
  const end = head + (groups << 3);
  const second = groups << 5;
  let term = address(centre, at.LEFT_TERMS);
  let f = weights;
  let sum0 = f64x2.splat(0);
  let sum1 = sum0;
  for (; head < end; head += 8, out += 32) {
    const stop = term + (<usize>load<i32>(head, 4) << 2);
    let re0 = f64x2.splat(0);
    let im0 = re0;
    let re1 = re0;
    let im1 = re0;
    for (; term < stop; term += 4, f += 16) {
      const q = values + <usize>load<i32>(term);
      const re = v128.load(q);
      const im = v128.load(q, 16);
      let k = both(f);
      re0 = fma(k, re, re0);
      im0 = fma(k, im, im0);
      k = both(f + 8);
      re1 = fma(k, re, re1);
      im1 = fma(k, im, im1);
    }
    v128.store(out, re0);
    v128.store(out, im0, 16);
    v128.store(out + second, re1);
    v128.store(out + second, im1, 16);
    const p = values + <usize>load<i32>(head);
    const re = v128.load(p);
    const im = v128.load(p, 16);
    sum0 = fma(re, re0, fnma(im, im0, sum0));
    sum1 = fma(re, re1, fnma(im, im1, sum1));
  }
  v128.store(rho, sum0);
  v128.store(rho, sum1, 16);
}

/** Contracts `count` densities; ρ go to `rho`, [count] v128. */
function contractAll(centre: usize, values: usize, weights: usize, count: i32, out: usize, rho: usize): void {
  const terms = <usize>word(centre, at.TERMS);
  const groups = <usize>word(centre, at.LEFT_GROUPS);
  let p = 0;
  for (; p + 1 < count; p += 2) {
    contractTwo(centre, values, weights + (<usize>p * terms << 3), out + (<usize>p * groups << 5), rho + (<usize>p << 4));
  }
  if (p < count)
    contract(centre, values, weights + (<usize>p * terms << 3), out + (<usize>p * groups << 5), rho + (<usize>p << 4));
}

/**
 * W = ∂E/∂value by running the products backwards, from the slopes ∂E/∂ρ of both atoms and the contracted right factors.
 */
function backpropagate(centre: usize, w: usize, weights: usize, count: i32): void {
  const values = address(w, at.VALUES);
  const adjoints = address(w, at.ADJOINTS);
  const slopes = address(w, at.SLOPES);
  const basis = word(centre, at.BASIS_SIZE) + 1;
  const mirrors = word(centre, at.MIRRORS);
  const inner = word(centre, at.INNER);
  memory.fill(adjoints, 0, <usize>(basis + mirrors + inner) << 5);
  const terms = <usize>word(centre, at.TERMS);
  let p = 0;
  for (; p + 1 < count; p += 2) rightTwo(centre, values, weights + (<usize>p * terms << 3), slopes + (<usize>p << 4), adjoints);
  if (p < count) right(centre, values, weights + (<usize>p * terms << 3), slopes + (<usize>p << 4), adjoints);
  left(centre, address(w, at.CONTRACTED), slopes, count, adjoints);

  let factors = address(centre, at.INNER_FACTORS) + (<usize>inner << 3);
  let from = adjoints + (<usize>(basis + mirrors + inner) << 5);
  for (let k = 0; k < inner; k++) {
    factors -= 8;
    from -= 32;
    const p = <usize>load<i32>(factors);
    const q = <usize>load<i32>(factors, 4);
    const a = v128.load(from);
    const b = v128.load(from, 16);
    let re = v128.load(values + q);
    let im = v128.load(values + q, 16);
    v128.store(adjoints + p, fma(a, re, fnma(b, im, v128.load(adjoints + p))));
    v128.store(adjoints + p, fma(a, im, fma(b, re, v128.load(adjoints + p, 16))), 16);
    re = v128.load(values + p);
    im = v128.load(values + p, 16);
    v128.store(adjoints + q, fma(a, re, fnma(b, im, v128.load(adjoints + q))));
    v128.store(adjoints + q, fma(a, im, fma(b, re, v128.load(adjoints + q, 16))), 16);
  }
  const mirrorOf = address(centre, at.MIRROR_OF);
  const mirrorSign = address(centre, at.MIRROR_SIGN);
  from = adjoints + (<usize>basis << 5);
  for (let k = 0; k < mirrors; k++, from += 32) {
    const to = adjoints + <usize>word(mirrorOf, k);
    const sign = both(mirrorSign + (<usize>k << 3));
    v128.store(to, fma(sign, v128.load(from), v128.load(to)));
    v128.store(to, fnma(sign, v128.load(from, 16), v128.load(to, 16)), 16);
  }
}

/** What the terms say to their right factors. */
function right(centre: usize, values: usize, weights: usize, slopes: usize, adjoints: usize): void {
  let head = address(centre, at.RIGHT_HEADS);
  const end = head + (<usize>word(centre, at.RIGHT_GROUPS) << 3);
  let term = address(centre, at.RIGHT_TERMS);
  let f = weights;
  const slope = v128.load(slopes);
  for (; head < end; head += 8) {
    const stop = term + (<usize>load<i32>(head, 4) << 2);
    let re = f64x2.splat(0);
    let im = re;
    for (; term < stop; term += 4, f += 8) {
      const q = values + <usize>load<i32>(term);
      const k = both(f);
      re = fma(k, v128.load(q), re);
      im = fma(k, v128.load(q, 16), im);
    }
    const to = adjoints + <usize>load<i32>(head);
    v128.store(to, fma(slope, re, v128.load(to)));
    v128.store(to, fma(slope, im, v128.load(to, 16)), 16);
  }
}

function rightTwo(centre: usize, values: usize, weights: usize, slopes: usize, adjoints: usize): void {
  let head = address(centre, at.RIGHT_HEADS);
  const end = head + (<usize>word(centre, at.RIGHT_GROUPS) << 3);
  let term = address(centre, at.RIGHT_TERMS);
  let f = weights;
  const slope0 = v128.load(slopes);
  const slope1 = v128.load(slopes, 16);
  for (; head < end; head += 8) {
    const stop = term + (<usize>load<i32>(head, 4) << 2);
    let re = f64x2.splat(0);
    let im = re;
    for (; term < stop; term += 4, f += 16) {
      const q = values + <usize>load<i32>(term);
      const k = fma(both(f), slope0, f64x2.mul(both(f + 8), slope1));
      re = fma(k, v128.load(q), re);
      im = fma(k, v128.load(q, 16), im);
    }
    const to = adjoints + <usize>load<i32>(head);
    v128.store(to, f64x2.add(re, v128.load(to)));
    v128.store(to, f64x2.add(im, v128.load(to, 16)), 16);
  }
}

/** What the terms say to their left factors. */
function left(centre: usize, contracted: usize, slopes: usize, count: i32, adjoints: usize): void {
  const heads = address(centre, at.LEFT_HEADS);
  const groups = <usize>word(centre, at.LEFT_GROUPS);
  for (let p = 0; p < count; p++) {
    const slope = v128.load(slopes + (<usize>p << 4));
    let from = contracted + (<usize>p * groups << 5);
    for (let k: usize = 0; k < groups; k++, from += 32) {
      const to = adjoints + <usize>load<i32>(heads + (k << 3));
      v128.store(to, fma(slope, v128.load(from), v128.load(to)));
      v128.store(to, fma(slope, v128.load(from, 16), v128.load(to, 16)), 16);
    }
  }
}

/** Energy of one atom from its densities, which are replaced by the slopes ∂E/∂ρ. */
function embedAtom(s: usize, t: usize, w: usize, centre: usize, a: i32, lane: usize, i: i32, side: i32): void {
  const P = word(centre, at.DENSITIES);
  const form = word(centre, at.FORM);
  const prefactors = address(centre, at.PREFACTORS);
  const exponents = address(centre, at.EXPONENTS);
  let F: f64 = 0;
  for (let p: usize = 0; p < <usize>P; p++) {
    const slot = address(w, at.SLOPES) + (p << 4) + (<usize>side << 3);
    const rho = load<f64>(slot);
    const k = load<f64>(prefactors + (p << 3));
    const m = load<f64>(exponents + (p << 3));
    if (form == 0) finnisSinclair(rho, m);
    else shiftedScaled(rho, m);
    F += k * embedded;
    store<f64>(slot, k * embeddedSlope);
  }
  const numbers = address(centre, at.CORE_SWITCH);
  const E0 = load<f64>(numbers, 16);
  const rule = word(t, at.RULE);
  const S = word(t, at.SPECIES_COUNT);
  const step = <usize>word(w, at.CAPACITY) << 3;
  const core = word(t, at.HAS_CORE) != 0 ? coreEnergy(lane, S, step) : 0;
  let fcut: f64 = 1;
  let share: f64 = 1;
  let byCore: f64 = 0;
  if (rule == 1) {
    const cutoff = load<f64>(numbers);
    const width = load<f64>(numbers, 8);
    // This order matters for a cutoff of 0, where the expansion is off altogether.
    if (core >= cutoff) fcut = 0;
    else if (core > cutoff - width) {
      smoothStep(core, cutoff, width);
      fcut = stepValue;
      byCore = stepSlope;
    }
  } else if (rule == 2) {
    share = 0;
    let least = load<f64>(address(t, at.REACH));
    let nearest: usize = 0;
    let delta: f64 = 0;
    for (let b = 0; b < S; b++) {
      const g = lane + <usize>(b * at.GROUP_BYTES);
      const n = <usize>word(g, at.COUNT);
      if (n == 0) continue;
      const inner = address(address(address(t, at.BONDS), a * S + b), at.INNER_CUTOFF);
      const lengths = address(g, at.GEOMETRY) + <usize>at.R * step;
      for (let k: usize = 0; k < n; k++) {
        const d = load<f64>(lengths + (k << 3)) - load<f64>(inner);
        if (d >= least) continue;
        least = d;
        delta = load<f64>(inner, 8);
        nearest = address(g, at.GEOMETRY) + <usize>at.ALONG * step + (k << 3);
      }
    }
    if (nearest != 0) {
      smoothStep(delta - least, delta, delta);
      fcut = stepValue;
      share = 1 - stepValue;
    }
    scaleAlong(lane, S, step, share);
    if (nearest != 0) store<f64>(nearest, load<f64>(nearest) - (F - core) * stepSlope);
  }
  if (rule == 1) scaleAlong(lane, S, step, 1 + F * byCore);
  for (let p: usize = 0; p < <usize>P; p++) {
    const slot = address(w, at.SLOPES) + (p << 4) + (<usize>side << 3);
    store<f64>(slot, fcut * load<f64>(slot));
  }
  store<f64>(address(s, sys.ENERGIES) + (<usize>i << 3), fcut * F + share * core + E0);
}

function coreEnergy(lane: usize, S: i32, step: usize): f64 {
  let sum: f64 = 0;
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = <usize>word(g, at.COUNT);
    const core = address(g, at.GEOMETRY) + <usize>at.CORE * step;
    for (let k: usize = 0; k < n; k++) sum += load<f64>(core + (k << 3));
  }
  return sum;
}

function scaleAlong(lane: usize, S: i32, step: usize, by: f64): void {
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = <usize>word(g, at.COUNT);
    const along = address(g, at.GEOMETRY) + <usize>at.ALONG * step;
    for (let k: usize = 0; k < n; k++) store<f64>(along + (k << 3), by * load<f64>(along + (k << 3)));
  }
}

let stepValue: f64 = 0;
let stepSlope: f64 = 0;

function smoothStep(x: f64, e: f64, width: f64): void {
  stepSlope = 0;
  if (x <= e - width) stepValue = 1;
  else if (x >= e) stepValue = 0;
  else {
    const y = 1 - 2 * (1 + (x - e) / width);
    const y2 = y * y;
    stepValue = 0.5 + 3.75 * y * (0.25 - y2 / 6 + (y2 * y2) / 20);
    stepSlope = (-1.875 * (1 - y2) * (1 - y2)) / width;
  }
}

let embedded: f64 = 0;
let embeddedSlope: f64 = 0;

function finnisSinclair(x: f64, m: f64): void {
  const a = Math.abs(x);
  const line = Math.pow(1e-6, m - 1);
  if (a <= 1e-10) {
    embedded = line * x;
    embeddedSlope = line;
    return;
  }
  const q = 1e18 * a * a * a;
  const g = q <= 30 ? Math.exp(-q) : 0;
  const power = Math.pow(a, m);
  embedded = (x < 0 ? -1 : 1) * ((1 - g) * power + line * g * a);
  embeddedSlope = ((m * power) / a) * (1 - g) + ((3 * q) / a) * g * power + line * g * (1 - 3 * q);
}

function shiftedScaled(x: f64, m: f64): void {
  if (Math.abs(m - 1) < 1e-10) {
    embedded = x;
    embeddedSlope = 1;
    return;
  }
  const a = Math.abs(x);
  const nu = 1 / m;
  const decay = Math.exp(-a);
  const xo = Math.pow(nu, nu / (1 - nu)) * decay;
  const yo = Math.pow(nu, 1 / (1 - nu)) * decay;
  const power = Math.pow(xo + a, m);
  embedded = (reinterpret<i64>(x) < 0 ? -1 : 1) * (power - yo);
  embeddedSlope = yo + (m * (1 - xo) * power) / (xo + a);
}

/** Pair forces ∂E_i/∂r_ij and the virial of atom i from its W. */
function readOut(
  s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32, side: i32, all: usize, stressed: bool,
): void {
  const row = <usize>(word(s, sys.ROW) * i);
  const forces = all + row * 24;
  const count = <usize>load<i32>(address(s, sys.COUNTS) + (<usize>i << 2));
  memory.fill(forces, 0, count * 24);
  const virial = address(s, sys.VIRIALS) + <usize>i * 72;
  if (stressed) memory.fill(virial, 0, 72);
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    if (word(g, at.COUNT) == 0) continue;
    const bond = address(address(t, at.BONDS), a * S + b);
    orderAdjoints(t, bond, g, w, side);
    pairForces(t, bond, g, w, word(t, at.LMAX));
    deliver(g, w, forces);
    if (stressed) addVirial(g, w, virial);
  }
}

/** W times the norm of Y in the order in which neighbours read them, and the rows of the channels in the order of channels. */
function orderAdjoints(t: usize, bond: usize, g: usize, w: usize, side: i32): void {
  const lmax = word(t, at.LMAX);
  const adjoints = address(w, at.ADJOINTS) + (<usize>side << 3);
  const channelStart = address(bond, at.CHANNEL_START);
  const valueStart = address(bond, at.VALUE_START);
  const rowOf = address(bond, at.ROW_OF);
  const norms = address(t, at.NORMS);
  let to = address(w, at.READOUT);
  for (let m = 0; m <= lmax; m++)
    for (let l = m; l <= lmax; l++) {
      const channels = word(channelStart, l + 1) - word(channelStart, l);
      const norm = load<f64>(norms + (<usize>((l * (l + 1)) / 2 + m) << 3));
      let from = adjoints + (<usize>(word(valueStart, l) + m * channels) << 5);
      for (let q = 0; q < channels; q++, from += 32, to += 16) {
        store<f64>(to, norm * load<f64>(from));
        store<f64>(to, norm * load<f64>(from, 16), 8);
      }
    }
  const channels = word(channelStart, lmax + 1);
  const stride = <usize>((word(g, at.COUNT) + 1) >> 1) << 5;
  const rows = address(g, at.RADIAL_ROWS);
  const pointers = address(w, at.ROW_POINTERS);
  for (let q = 0; q < channels; q++) store<u32>(pointers + (<usize>q << 2), <u32>(rows + <usize>word(rowOf, q) * stride));
}

/** Force vectors of all neighbours in place of their curve values: x, y, z of two neighbours, 48 of 64 bytes. */
function pairForces(t: usize, bond: usize, g: usize, w: usize, lmax: i32): void {
  const stride = <usize>((word(g, at.COUNT) + 1) >> 1) << 4;
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const harmonic = address(g, at.HARMONIC_ROWS);
  const powers = harmonic + stride * <usize>(((lmax + 1) * (lmax + 2)) / 2);
  const channelStart = address(bond, at.CHANNEL_START);
  const pointers = address(w, at.ROW_POINTERS);
  const readout = address(w, at.READOUT);
  const out = address(w, at.CURVE_OUT);
  for (let v: usize = 0; v < stride; v += 16) {
    let along = v128.load(geometry + <usize>at.ALONG * step + v);
    let gx = f64x2.splat(0);
    let gy = gx;
    let gz = gx;
    let f = readout;
    // m = 0: everything is real.
    for (let l = 0; l <= lmax; l++) {
      let q = pointers + (<usize>word(channelStart, l) << 2);
      const end = pointers + (<usize>word(channelStart, l + 1) << 2);
      let p = f64x2.splat(0);
      let d = p;
      for (; q < end; q += 4, f += 16) {
        const k = both(f);
        const from = <usize>load<u32>(q) + v;
        p = fma(k, v128.load(from), p);
        d = fma(k, v128.load(from + stride), d);
      }
      const P = harmonic + <usize>((l * (l + 1)) / 2) * stride + v;
      along = fma(d, v128.load(P), along);
      if (l > 0) gz = fma(p, v128.load(P + stride), gz);
    }
    for (let m = 1; m <= lmax; m++) {
      let sRe = f64x2.splat(0);
      let sIm = sRe;
      let zRe = sRe;
      let zIm = sRe;
      let dRe = sRe;
      let dIm = sRe;
      let lm = (m * (m + 3)) / 2;
      for (let l = m; l <= lmax; l++, lm += l) {
        let q = pointers + (<usize>word(channelStart, l) << 2);
        const end = pointers + (<usize>word(channelStart, l + 1) << 2);
        let pRe = f64x2.splat(0);
        let pIm = pRe;
        let tRe = pRe;
        let tIm = pRe;
        for (; q < end; q += 4, f += 16) {
          const from = <usize>load<u32>(q) + v;
          const re = both(f);
          const im = both(f + 8);
          const R = v128.load(from);
          const dR = v128.load(from + stride);
          pRe = fma(re, R, pRe);
          pIm = fma(im, R, pIm);
          tRe = fma(re, dR, tRe);
          tIm = fma(im, dR, tIm);
        }
        const P = harmonic + <usize>lm * stride + v;
        const y = v128.load(P);
        sRe = fma(pRe, y, sRe);
        sIm = fma(pIm, y, sIm);
        dRe = fma(tRe, y, dRe);
        dIm = fma(tIm, y, dIm);
        if (l > m) {
          const dy = v128.load(P + stride);
          zRe = fma(pRe, dy, zRe);
          zIm = fma(pIm, dy, zIm);
        }
      }
      const E = powers + <usize>(2 * m) * stride + v;
      const eRe = v128.load(E);
      const eIm = v128.load(E + stride);
      along = fma(dRe, eRe, fnma(dIm, eIm, along));
      gz = fma(zRe, eRe, fnma(zIm, eIm, gz));
      const below = E - 2 * stride;
      const bRe = f64x2.mul(f64x2.splat(<f64>m), v128.load(below));
      const bIm = f64x2.mul(f64x2.splat(<f64>m), v128.load(below + stride));
      gx = fma(sRe, bRe, fnma(sIm, bIm, gx));
      gy = fnma(sRe, bIm, fnma(sIm, bRe, gy));
    }
    const x = v128.load(geometry + v);
    const y = v128.load(geometry + step + v);
    const z = v128.load(geometry + 2 * step + v);
    const inverse = v128.load(geometry + <usize>at.INVERSE * step + v);
    gx = f64x2.mul(gx, inverse);
    gy = f64x2.mul(gy, inverse);
    gz = f64x2.mul(gz, inverse);
    const radial = fnma(x, gx, fnma(y, gy, fnma(z, gz, along)));
    const to = out + (v << 2);
    v128.store(to, fma(radial, x, gx));
    v128.store(to, fma(radial, y, gy), 16);
    v128.store(to, fma(radial, z, gz), 32);
  }
}

/** Pair forces to their slots. */
function deliver(g: usize, w: usize, forces: usize): void {
  const n = <usize>word(g, at.COUNT);
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const out = address(w, at.CURVE_OUT);
  for (let k: usize = 0; k < n; k++) {
    const from = out + ((k >> 1) << 6) + ((k & 1) << 3);
    const x = load<f64>(from);
    const y = load<f64>(from, 16);
    const z = load<f64>(from, 32);
    const to = forces + <usize>load<i32>(geometry + <usize>at.SLOT * step + (k << 3)) * 24;
    store<f64>(to, x);
    store<f64>(to, y, 8);
    store<f64>(to, z, 16);
  }
}

/** −Σ r ⊗ f. */
function addVirial(g: usize, w: usize, virial: usize): void {
  const n = <usize>word(g, at.COUNT);
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const out = address(w, at.CURVE_OUT);
  const zero = f64x2.splat(0);
  for (let q: usize = 0; q < 3; q++) {
    let a = zero;
    let b = zero;
    let c = zero;
    for (let v: usize = 0; v < (n + 1) >> 1; v++) {
      const from = out + (v << 6);
      const d = f64x2.mul(v128.load(geometry + q * step + (v << 4)), v128.load(geometry + <usize>at.R * step + (v << 4)));
      a = fnma(d, v128.load(from), a);
      b = fnma(d, v128.load(from, 16), b);
      c = fnma(d, v128.load(from, 32), c);
    }
    const to = virial + q * 24;
    store<f64>(to, load<f64>(to) + across(a));
    store<f64>(to, load<f64>(to, 8) + across(b), 8);
    store<f64>(to, load<f64>(to, 16) + across(c), 16);
  }
}
