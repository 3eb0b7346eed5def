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
