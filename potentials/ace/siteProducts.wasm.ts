/** A multiplied out and back, for two atoms in the lanes at once: the equations of `products.ts`. */
import { address, both, fma, fnma, word } from '../../src/core/simd.wasm';
import * as at from './siteLayout';

/** Mirrors and inner products from A. */
export function multiply(centre: usize, values: usize): void {
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

/** Contracts `count` densities; ρ go to `rho`, [count] v128. */
export function contractAll(centre: usize, values: usize, weights: usize, count: i32, out: usize, rho: usize): void {
  const terms = <usize>word(centre, at.TERMS);
  const groups = <usize>word(centre, at.LEFT_GROUPS);
  let p = 0;
  for (; p + 1 < count; p += 2) {
    contractTwo(centre, values, weights + (<usize>p * terms << 3), out + (<usize>p * groups << 5), rho + (<usize>p << 4));
  }
  if (p < count)
    contract(centre, values, weights + (<usize>p * terms << 3), out + (<usize>p * groups << 5), rho + (<usize>p << 4));
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

/**
 * W = ∂E/∂value by running the products backwards, from the slopes ∂E/∂ρ of both atoms and the contracted right factors.
 */
export function backpropagate(centre: usize, w: usize, weights: usize, count: i32): void {
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
