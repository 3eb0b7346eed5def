/**
 * Philox4x32-10, a counter-based random number generator: the same (seed, counter) always gives the same numbers.
 * Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function mulhi(a: number, b: number): number {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle % 0x10000);
  return (ah * bh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) >>> 0;
}

/** Ten rounds over counter (c0…c3) with key (k0, k1); four unsigned 32-bit numbers into `out`. */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): Uint32Array {
  for (let round = 0; round < 10; round++) {
    const high0 = mulhi(M0, c0 >>> 0);
    const low0 = Math.imul(M0, c0);
    const high1 = mulhi(M1, c2 >>> 0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** What a random number is for; two purposes never share numbers. */
export const STREAM = {
  velocities: 1,
  langevin: 2,
  csvr: 3,
  barostat: 4,
  bootstrap: 5,
  posterior: 6,
  rattle: 7,
  select: 8,
  sketch: 9,
  pops: 10,
  basis: 11,
  curvature: 12,
  replicas: 13,
} as const;
export type Stream = (typeof STREAM)[keyof typeof STREAM];

const words = new Uint32Array(4);
const TWO_32 = 4294967296;

/** Uniform in (0, 1). */
function open(word: number): number {
  return (word + 0.5) / TWO_32;
}

/** Four uniforms in (0, 1) from (seed, stream, step, index), into `out`. */
export function uniforms(
  seed: number,
  stream: Stream,
  step: number,
  index: number,
  out: Float64Array,
): Float64Array {
  philox4x32(
    index,
    step >>> 0,
    Math.floor(step / TWO_32),
    stream,
    seed >>> 0,
    Math.floor(seed / TWO_32),
    words,
  );
  for (let k = 0; k < 4; k++) out[k] = open(words[k]);
  return out;
}

/** Four standard normals (Box-Muller) from (seed, stream, step, index), into `out`. */
export function normals(
  seed: number,
  stream: Stream,
  step: number,
  index: number,
  out: Float64Array,
): Float64Array {
  uniforms(seed, stream, step, index, out);
  for (let k = 0; k < 4; k += 2) {
    const radius = Math.sqrt(-2 * Math.log(out[k]));
    const angle = 2 * Math.PI * out[k + 1];
    out[k] = radius * Math.cos(angle);
    out[k + 1] = radius * Math.sin(angle);
  }
  return out;
}
