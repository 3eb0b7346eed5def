import type { Arena } from '../src/core/arena.ts';
import type { Piecewise } from './piecewise.ts';

/** Writes a curve as `src/core/curve.wasm.ts` reads it and gives its address. */
export function packCurve(arena: Arena, { degree, stretches }: Piecewise): number {
  const bin = 4 * (degree + 1);
  const coefficients = stretches.map((s) => arena.f64(s.coefficients).byteOffset);
  const zeros = arena.f64(bin).byteOffset;
  const out = arena.f64(2 + 4 * (stretches.length + 1));
  const words = new Int32Array(out.buffer, out.byteOffset, 2 * out.length);
  words[0] = 8 * bin;
  const beyond = { start: 0, end: Infinity, bins: 1, scale: 0 };
  [...stretches.map((s) => ({ ...s, scale: s.bins / (s.end - s.start) })), beyond].forEach((s, k) => {
    const at = 2 + 4 * k;
    out.set([s.end, s.start, s.scale], at);
    words[2 * at + 6] = s.bins;
    words[2 * at + 7] = coefficients[k] ?? zeros;
  });
  return out.byteOffset;
}
