/**
 * What a system has beside its atoms, on a device: pairs of words, of which cell and heat are fixed point as positions are
 * (2⁻³² Å, 2⁻³² eV), so that small changes add up without loss however long a run is.
 */
import { toFixed, WINDOW } from './fixedPoint.wgsl.ts';

/** Rows a b c of the cell, nine pairs. */
export const CELL = 0;
/** eV of heat and work taken in since the host last looked. */
export const HEAT = 9;
/** Velocities of a chain of thermostats, 1/fs: bits of an f32 in the first word of each pair. */
export const CHAIN = 10;
export const LONGEST_CHAIN = 16;
export const BOX_PAIRS: number = CHAIN + LONGEST_CHAIN;

/** `cell` Å, [9]; `chain` 1/fs; no heat. */
export function toBox(cell: Float64Array, chain: ArrayLike<number> = []): Int32Array {
  const box = new Int32Array(2 * BOX_PAIRS);
  box.set(toFixed(cell), 2 * CELL);
  const bits = new Int32Array(Float32Array.from(chain).buffer);
  bits.forEach((word, k) => {
    box[2 * (CHAIN + k)] = word;
  });
  return box;
}

/** Windows of the cell's rows, [3][4], as kernels see the cell. */
export function boxWindows(box: Int32Array): Int32Array {
  return Int32Array.from({ length: 12 }, (_, k) => {
    if (k % 4 === 3) return 0;
    const pair = CELL + 3 * (k >> 2) + (k % 4);
    return Math.floor(box[2 * pair] * WINDOW + ((box[2 * pair + 1] >>> 0) + 128) / 256) | 0;
  });
}

/** Bindings: box. After `FIXED_POINT`. */
export const BOX = /* wgsl */ `
fn cellRow(k: u32) -> vec3<f32> {
  return vec3<f32>(coarse(box[3u * k]), coarse(box[3u * k + 1u]), coarse(box[3u * k + 2u]));
}
/** Å³. */
fn volumeOf() -> f32 {
  return abs(dot(cellRow(0u), cross(cellRow(1u), cellRow(2u))));
}
/** To the nearest, for every lattice vector counts many times. */
fn cellWindow(k: u32) -> vec4<i32> {
  var row = vec4<i32>();
  for (var x = 0u; x < 3u; x++) { row[x] = windowOf(moved(box[3u * k + x], 2.9802322387695312e-8)); }
  return row;
}
`;
