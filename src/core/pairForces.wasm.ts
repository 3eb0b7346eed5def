/** Forces from pair forces, F_i = Σ_j f_ij − f_ji: every atom gathers its own, in the order of its row. */
import * as sys from './systemLayout';
import { address, word } from './simd.wasm';

/** `pairs` as PAIR_FORCES, `forces` as FORCES. */
export function gatherForces(s: usize, i: i32, pairs: usize, forces: usize): void {
  const row = word(s, sys.ROW) * i;
  const end = row + word(address(s, sys.COUNTS), i);
  const reverse = address(s, sys.REVERSE);
  let xy = f64x2.splat(0);
  let z: f64 = 0;
  for (let p = row; p < end; p++) {
    const own = pairs + <usize>p * 24;
    const other = pairs + <usize>word(reverse, p) * 24;
    xy = f64x2.add(xy, f64x2.sub(v128.load(own), v128.load(other)));
    z += load<f64>(own, 16) - load<f64>(other, 16);
  }
  const to = forces + <usize>i * 24;
  v128.store(to, xy);
  store<f64>(to, z, 16);
}

/**
 * Compact systems store no pair forces: FORCES hold whole numbers of 2⁻⁴⁰ eV/Å while sites add to them. Sums of whole numbers do not
 * depend on their order, so neither do forces on threads, and those of all atoms add up to nothing, exactly.
 */
export const QUANTA: f64 = 1099511627776;

/** eV/Å: pair forces below it, all of one length of row, cannot overflow a sum. */
// @ts-ignore: decorator
@inline
export function largestPairForce(row: i32): f64 {
  return 4194304 / <f64>row;
}

/** `n` quanta to the number at `to`. */
// @ts-ignore: decorator
@inline
export function addQuanta(to: usize, n: i64): void {
  atomic.add<i64>(to, n);
}

/** From quanta to eV/Å. An atom whose energy is no number had a pair force that is none, or too large. */
export function settleForces(s: usize, i: i32, forces: usize): void {
  const energy = load<f64>(address(s, sys.ENERGIES) + (<usize>i << 3));
  const to = forces + <usize>i * 24;
  for (let x: usize = 0; x < 24; x += 8)
    store<f64>(to + x, isNaN(energy) ? NaN : <f64>load<i64>(to + x) / QUANTA);
}
