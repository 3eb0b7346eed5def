/** From W = ∂E/∂A to the force on every neighbour, two of them in the lanes; W is contracted over n before the gradient of Y_lm is formed. */
import { atomAt } from '../../src/core/compactRow.wasm';
import { addQuanta, largestPairForce, QUANTA } from '../../src/core/pairForces.wasm';
import { across, address, both, fma, fnma, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import * as at from './siteLayout';

/**
 * Pair forces ∂E_i/∂r_ij, to their slots or in compact systems to the atoms they act on, and the virial of atom i from its W, among
 * those of all atoms at `virials`; 0 where it is not wanted.
 */
export function readOut(
  s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32, side: i32, all: usize, virials: usize,
): void {
  const row = <usize>(word(s, sys.ROW) * i);
  const compact = address(s, sys.SHIFTS) == 0;
  const forces = all + row * 24;
  const count = <usize>load<i32>(address(s, sys.COUNTS) + (<usize>i << 2));
  if (!compact) memory.fill(forces, 0, count * 24);
  const virial = virials + <usize>i * 72;
  if (virials != 0) memory.fill(virial, 0, 72);
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    if (word(g, at.COUNT) == 0) continue;
    const bond = address(address(t, at.BONDS), a * S + b);
    orderAdjoints(t, bond, g, w, side);
    pairForces(t, bond, g, w, word(t, at.LMAX));
    if (compact) scatter(s, g, w, i, all);
    else deliver(g, w, forces);
    if (virials != 0) addVirial(g, w, virial);
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

/** Pair forces to both atoms, in quanta; where one does not fit, the atom's energy becomes no number. */
function scatter(s: usize, g: usize, w: usize, i: i32, forces: usize): void {
  const n = <usize>word(g, at.COUNT);
  const step = <usize>word(w, at.CAPACITY) << 3;
  const slots = address(g, at.GEOMETRY) + <usize>at.SLOT * step;
  const out = address(w, at.CURVE_OUT);
  const row = word(s, sys.ROW);
  const neighbours = address(s, sys.NEIGHBOURS) + (<usize>(row * i) << 2);
  const limit = largestPairForce(row);
  let ownX: i64 = 0;
  let ownY: i64 = 0;
  let ownZ: i64 = 0;
  for (let k: usize = 0; k < n; k++) {
    const from = out + ((k >> 1) << 6) + ((k & 1) << 3);
    const x = load<f64>(from);
    const y = load<f64>(from, 16);
    const z = load<f64>(from, 32);
    if (!(max(abs(x), max(abs(y), abs(z))) < limit)) {
      store<f64>(address(s, sys.ENERGIES) + (<usize>i << 3), NaN);
      continue;
    }
    const qx = <i64>nearest(x * QUANTA);
    const qy = <i64>nearest(y * QUANTA);
    const qz = <i64>nearest(z * QUANTA);
    ownX += qx;
    ownY += qy;
    ownZ += qz;
    const to = forces + <usize>atomAt(neighbours, load<i32>(slots + (k << 3))) * 24;
    addQuanta(to, -qx);
    addQuanta(to + 8, -qy);
    addQuanta(to + 16, -qz);
  }
  const own = forces + <usize>i * 24;
  addQuanta(own, ownX);
  addQuanta(own + 8, ownY);
  addQuanta(own + 16, ownZ);
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
