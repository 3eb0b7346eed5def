/** Energy of one atom from its densities and its neighbours' core repulsion: the equations of `evaluate.ts` and `switching.ts`. */
import { address, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import { embedded, embeddedSlope, finnisSinclair, shiftedScaled } from './embedding.wasm';
import * as at from './siteLayout';

/** Energy of one atom from its densities, which are replaced by the slopes ∂E/∂ρ. */
export function embedAtom(s: usize, t: usize, w: usize, centre: usize, a: i32, lane: usize, i: i32, side: i32): void {
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

export function coreEnergy(lane: usize, S: i32, step: usize): f64 {
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
