/**
 * Two atoms of an atomic cluster expansion at a time: the equations of `site.ts` and `evaluate.ts`. The neighbours of one atom
 * lie in the lanes of f64x2 while A is gathered and while forces are read out; the two atoms do while A is multiplied out.
 * What a lane computes never depends on the other lane, so the pairing of atoms does not show.
 */
import { address, both, fma, fnma, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import { coreEnergy, embedAtom } from './siteEnergy.wasm';
import { expand } from './siteExpand.wasm';
import { readOut } from './siteForces.wasm';
import * as at from './siteLayout';
import { backpropagate, contractAll, multiply } from './siteProducts.wasm';

// Addresses are of blocks: s system, t tables, w scratch, lane one atom's neighbourhood, g its part of one species.

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
    const forces = address(s, address(s, sys.SHIFTS) == 0 ? sys.FORCES : sys.PAIR_FORCES);
    const virials = address(s, sys.VIRIALS);
    readOut(s, t, w, lane0, i0, a, S, 0, forces, virials);
    if (i1 != i0) readOut(s, t, w, lane1, i1, a, S, 1, forces, virials);
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
  const compact = address(s, sys.SHIFTS) == 0;
  const pairForces = address(s, compact ? sys.MEMBER_FORCES : sys.MEMBER_PAIR_FORCES);
  const each = <usize>(word(s, sys.ATOMS) * (compact ? 1 : word(s, sys.ROW))) * 24;
  const stresses = address(s, sys.MEMBER_VIRIALS);
  const eachStress = <usize>word(s, sys.ATOMS) * 72;
  for (let k: usize = 0; k < count; k++) {
    const m = first + k;
    v128.store(slopes, f64x2.splat(1));
    store<u32>(w + (at.CONTRACTED << 2), <u32>(contracted + m * groups));
    backpropagate(centre, w, address(centre, at.MEMBERS_RIGHT) + m * terms, 1);
    store<u32>(w + (at.CONTRACTED << 2), <u32>contracted);
    const forces = pairForces + k * each;
    const virials = stresses == 0 ? stresses : stresses + m * eachStress;
    readOut(s, t, w, lane0, i0, a, S, 0, forces, virials);
    if (i1 != i0) readOut(s, t, w, lane1, i1, a, S, 1, forces, virials);
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
