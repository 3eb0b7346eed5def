/** Rows of a linear expansion, four neighbours at a time. The truth is designRows.ts. */
import { address, both, fma, fnma, across, word } from '../../src/core/simd.wasm';
import * as at from './designRowsLayout';

// @ts-ignore: decorator
@inline
function f64At(p: usize, k: i32): f64 {
  return load<f64>(p + (<usize>k << 3));
}

// @ts-ignore: decorator
@inline
function addTo(p: usize, x: f64): void {
  store<f64>(p, load<f64>(p) + x);
}

/** What part `part` of `parts` of the functions of every site of the batch adds to the rows. */
export function addRows(batch: usize, part: i32, parts: i32): void {
  const sites = address(batch, at.SITE_BLOCKS);
  const scratch = address(batch, at.PART_SCRATCH) + <usize>part * address(batch, at.PART_BYTES);
  for (let q = 0; q < word(batch, at.SITES); q++) {
    const site = sites + ((<usize>q * at.SITE_WORDS) << 2);
    const graph = address(site, at.GRAPH);
    const count = word(graph, at.FUNCTIONS);
    const from = (count * part) / parts;
    const to = (count * (part + 1)) / parts;
    const w = scratch;
    const a = w + (address(graph, at.VALUE_COUNT) << 4);
    memory.fill(w, 0, address(graph, at.VALUE_COUNT) << 4);
    adjoints(graph, address(site, at.VALUES), from, to, w, a);
    const blocks = (word(site, at.NEIGHBOURS) + 3) >> 2;
    for (let block = 0; block < blocks; block++) addBlock(batch, site, graph, block, from, to, a);
  }
}

// @ts-ignore: decorator
@inline
function addProduct(w: usize, to: i32, a: v128, x: usize, from: i32): void {
  // (a_re + i a_im)(x_re + i x_im)
  const v = v128.load(x + (<usize>from << 4));
  const swapped = v128.shuffle<f64>(v, v, 1, 0);
  const re = v128.shuffle<f64>(a, a, 0, 0);
  const im = f64x2.mul(v128.shuffle<f64>(a, a, 1, 1), f64x2(-1, 1));
  const p = w + (<usize>to << 4);
  v128.store(p, fma(im, swapped, fma(re, v, v128.load(p))));
}

/** ∂B_v/∂A of functions from … to into `a`, re and im; `w` is zero before and after. */
function adjoints(graph: usize, x: usize, from: i32, to: i32, w: usize, a: usize): void {
  const functionStart = address(graph, at.FUNCTION_START);
  const functionTerm = address(graph, at.FUNCTION_TERM);
  const functionWeight = address(graph, at.FUNCTION_WEIGHT);
  const termLeft = address(graph, at.TERM_LEFT);
  const termRight = address(graph, at.TERM_RIGHT);
  const left = address(graph, at.LEFT);
  const right = address(graph, at.RIGHT);
  const mirrorOf = address(graph, at.MIRROR_OF);
  const mirrorSign = address(graph, at.MIRROR_SIGN);
  const innerStart = address(graph, at.INNER_START);
  const inner = address(graph, at.INNER);
  const mirrorStart = address(graph, at.MIRROR_START);
  const mirrors = address(graph, at.MIRRORS);
  const leafStart = address(graph, at.LEAF_START);
  const leaves = address(graph, at.LEAVES);
  const firstInner = word(graph, at.FIRST_INNER);
  const firstMirror = word(graph, at.BASIS_SIZE) + 1;
  const zero = f64x2.splat(0);
  for (let v = from; v < to; v++) {
    for (let t = word(functionStart, v); t < word(functionStart, v + 1); t++) {
      const weight = f64x2.splat(f64At(functionWeight, t));
      const term = word(functionTerm, t);
      const p = word(termLeft, term);
      const q = word(termRight, term);
      const wp = w + (<usize>p << 4);
      v128.store(wp, fma(weight, v128.load(x + (<usize>q << 4)), v128.load(wp)));
      const wq = w + (<usize>q << 4);
      v128.store(wq, fma(weight, v128.load(x + (<usize>p << 4)), v128.load(wq)));
    }
    for (let k = word(innerStart, v); k < word(innerStart, v + 1); k++) {
      const value = word(inner, k);
      const p = word(left, value - firstInner);
      const q = word(right, value - firstInner);
      const here = w + (<usize>value << 4);
      const b = v128.load(here);
      v128.store(here, zero);
      addProduct(w, p, b, x, q);
      addProduct(w, q, b, x, p);
    }
    for (let k = word(mirrorStart, v); k < word(mirrorStart, v + 1); k++) {
      const value = word(mirrors, k);
      const sign = f64At(mirrorSign, value - firstMirror);
      const here = w + (<usize>value << 4);
      const there = w + (<usize>word(mirrorOf, value - firstMirror) << 4);
      v128.store(there, fma(f64x2(sign, -sign), v128.load(here), v128.load(there)));
      v128.store(here, zero);
    }
    for (let k = word(leafStart, v); k < word(leafStart, v + 1); k++) {
      const here = w + (<usize>word(leaves, k) << 4);
      v128.store(a, v128.load(here));
      v128.store(here, zero);
      a += 16;
    }
    // The constant takes part in products with one factor.
    v128.store(w, zero);
  }
}

/** Meets the adjoints with ∂A/∂r of four neighbours. */
function addBlock(batch: usize, site: usize, graph: usize, block: i32, from: i32, to: i32, a: usize): void {
  const K = word(batch, at.WIDTH);
  const row = <usize>K << 3;
  const first = <usize>word(site, at.FIRST) << 3;
  const forces = address(batch, at.FORCES) + first;
  const others = address(site, at.OTHERS) + (<usize>block << 4);
  const count = word(site, at.NEIGHBOURS) - 4 * block;
  const onI = forces + <usize>word(site, at.ATOM) * 3 * row;
  const on0 = forces + <usize>word(others, 0) * 3 * row;
  const on1 = count > 1 ? forces + <usize>word(others, 1) * 3 * row : 0;
  const on2 = count > 2 ? forces + <usize>word(others, 2) * 3 * row : 0;
  const on3 = count > 3 ? forces + <usize>word(others, 3) * 3 * row : 0;
  const strain = address(batch, at.STRAIN) + first;
  const gradients = address(site, at.GRADIENTS) + <usize>block * (address(graph, at.BASIS_SIZE) + 1) * at.LEAF_BYTES;
  const bonds = address(site, at.BONDS) + <usize>block * 96;
  const leafStart = address(graph, at.LEAF_START);
  const leaves = address(graph, at.LEAVES);
  const rx0 = v128.load(bonds);
  const rx1 = v128.load(bonds, 16);
  const ry0 = v128.load(bonds, 32);
  const ry1 = v128.load(bonds, 48);
  const rz0 = v128.load(bonds, 64);
  const rz1 = v128.load(bonds, 80);
  const half = f64x2.splat(0.5);
  for (let v = from; v < to; v++) {
    let x0 = f64x2.splat(0);
    let x1 = x0;
    let y0 = x0;
    let y1 = x0;
    let z0 = x0;
    let z1 = x0;
    let leaf = leaves + (<usize>word(leafStart, v) << 2);
    const end = leaves + (<usize>word(leafStart, v + 1) << 2);
    for (; leaf < end; leaf += 4) {
      const g = gradients + <usize>load<i32>(leaf) * at.LEAF_BYTES;
      const re = both(a);
      x0 = fma(re, v128.load(g), x0);
      x1 = fma(re, v128.load(g, 16), x1);
      y0 = fma(re, v128.load(g, 64), y0);
      y1 = fma(re, v128.load(g, 80), y1);
      z0 = fma(re, v128.load(g, 128), z0);
      z1 = fma(re, v128.load(g, 144), z1);
      const im = both(a + 8);
      x0 = fnma(im, v128.load(g, 32), x0);
      x1 = fnma(im, v128.load(g, 48), x1);
      y0 = fnma(im, v128.load(g, 96), y0);
      y1 = fnma(im, v128.load(g, 112), y1);
      z0 = fnma(im, v128.load(g, 160), z0);
      z1 = fnma(im, v128.load(g, 176), z1);
      a += 16;
    }
    const k = <usize>v << 3;
    addTo(onI + k, across(f64x2.add(x0, x1)));
    addTo(onI + row + k, across(f64x2.add(y0, y1)));
    addTo(onI + 2 * row + k, across(f64x2.add(z0, z1)));
    takeFrom(on0 + k, row, x0, y0, z0);
    if (on1 != 0) takeFromSecond(on1 + k, row, x0, y0, z0);
    if (on2 != 0) takeFrom(on2 + k, row, x1, y1, z1);
    if (on3 != 0) takeFromSecond(on3 + k, row, x1, y1, z1);
    const s = strain + k;
    addTo(s, across(fma(rx0, x0, f64x2.mul(rx1, x1))));
    addTo(s + row, across(fma(ry0, y0, f64x2.mul(ry1, y1))));
    addTo(s + 2 * row, across(fma(rz0, z0, f64x2.mul(rz1, z1))));
    addTo(s + 3 * row, across(f64x2.mul(half, fma(ry0, z0, fma(rz0, y0, fma(ry1, z1, f64x2.mul(rz1, y1)))))));
    addTo(s + 4 * row, across(f64x2.mul(half, fma(rx0, z0, fma(rz0, x0, fma(rx1, z1, f64x2.mul(rz1, x1)))))));
    addTo(s + 5 * row, across(f64x2.mul(half, fma(rx0, y0, fma(ry0, x0, fma(rx1, y1, f64x2.mul(ry1, x1)))))));
  }
}

// @ts-ignore: decorator
@inline
function takeFrom(p: usize, row: usize, x: v128, y: v128, z: v128): void {
  addTo(p, -f64x2.extract_lane(x, 0));
  addTo(p + row, -f64x2.extract_lane(y, 0));
  addTo(p + 2 * row, -f64x2.extract_lane(z, 0));
}

// @ts-ignore: decorator
@inline
function takeFromSecond(p: usize, row: usize, x: v128, y: v128, z: v128): void {
  addTo(p, -f64x2.extract_lane(x, 1));
  addTo(p + row, -f64x2.extract_lane(y, 1));
  addTo(p + 2 * row, -f64x2.extract_lane(z, 1));
}
