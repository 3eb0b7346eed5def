/**
 * What a system has beside its atoms, on a device: pairs of words, of which cell and heat are fixed point as positions are
 * (2⁻³² Å, 2⁻³² eV), so that small changes add up without loss however long a run is.
 */
import { fromFixed, toFixed, WINDOW } from './fixedPoint.wgsl.ts';

/** Rows a b c of the cell, nine pairs. */
export const CELL = 0;
/** eV of heat and work taken in since the host last looked. */
export const HEAT = 9;
/** Here and below an f32 in the first word of each pair: eV that the chain of thermostats holds, and its velocities, 1/fs. */
export const STORED = 10;
export const CHAIN = 11;
export const LONGEST_CHAIN = 16;
export const BOX_PAIRS: number = CHAIN + LONGEST_CHAIN;

/** `cell` Å, [9]; no heat, no chain. */
export function toBox(cell: Float64Array): Int32Array {
  const box = new Int32Array(2 * BOX_PAIRS);
  box.set(toFixed(cell), 2 * CELL);
  return box;
}

/** The pairs from `STORED` on. */
export function toChain(stored: number, velocities: Float64Array): Float32Array {
  const pairs = new Float32Array(2 * (1 + LONGEST_CHAIN));
  pairs[0] = stored;
  velocities.forEach((v, k) => {
    pairs[2 * (1 + k)] = v;
  });
  return pairs;
}

/** Cell into `cell`, but for rows that were left open, where it `moves`; chain into `chain`; gives the heat. */
export function fromBox(words: ArrayBuffer, moves: boolean, cell: Float64Array, chain: Float64Array): number {
  const values = fromFixed(new Int32Array(words, 0, 2 * STORED), new Float64Array(STORED));
  const bits = new Float32Array(words);
  for (let k = 0; k < chain.length; k++) chain[k] = bits[2 * (CHAIN + k)];
  for (let row = 0; moves && row < 9; row += 3)
    if (cell[row] !== 0 || cell[row + 1] !== 0 || cell[row + 2] !== 0)
      cell.set(values.subarray(row, row + 3), row);
  return values[HEAT];
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
`;

/** Bindings: box (writable). After `BOX`. */
export const BOX_CHANGES = /* wgsl */ `
fn gainHeat(energy: f32) {
  box[${HEAT}] = moved(box[${HEAT}], energy);
}
fn keepStored(energy: f32) {
  box[${STORED}].x = bitcast<i32>(energy);
}
fn chainAt(k: u32) -> f32 {
  return bitcast<f32>(box[${CHAIN}u + k].x);
}
fn keepChain(k: u32, velocity: f32) {
  box[${CHAIN}u + k].x = bitcast<i32>(velocity);
}
/** To the nearest, for every lattice vector counts many times. */
fn cellWindow(k: u32) -> vec4<i32> {
  var row = vec4<i32>();
  for (var x = 0u; x < 3u; x++) { row[x] = windowOf(moved(box[3u * k + x], 2.9802322387695312e-8)); }
  return row;
}
`;
