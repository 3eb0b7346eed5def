import type { Arena } from '../../src/core/arena.ts';
import { packCurve } from '../packCurve.ts';
import { piecewise } from '../piecewise.ts';
import type { RadialFunction } from '../radial.ts';
import * as at from './eamLayout.ts';
import type { EamFunctions } from './embeddedAtom.ts';

/** Writes f and r·φ of all pairs as `embeddedAtom.wasm.ts` reads them and gives the address. */
export function packFunctions(arena: Arena, functions: EamFunctions): number {
  const { elements, cutoff, density, pair, shape } = functions;
  const S = elements.length;
  const curves = pair.map((phi, k) => {
    const [a, b] = [Math.floor(k / S), k % S];
    const [f, rphi] = [density[b * S + a], timesDistance(phi)];
    return 'breaks' in shape
      ? packCurve(arena, piecewise(f, rphi, shape.breaks))
      : arena.f64(cubics(f, rphi, shape.spacing, shape.points)).byteOffset;
  });
  const words = arena.i32(at.EAM_WORDS);
  words[at.ELEMENTS] = S;
  words[at.CUTOFF_SQUARED] = arena.f64([cutoff ** 2]).byteOffset;
  words[at.CURVES] = arena.i32(curves).byteOffset;
  words[at.FORM] = 'breaks' in shape ? 0 : 1;
  if ('spacing' in shape) words[at.GRID] = arena.f64([1 / shape.spacing, shape.points - 2]).byteOffset;
  return words.byteOffset;
}

function timesDistance(phi: RadialFunction): RadialFunction {
  return (r, out) => {
    phi(r, out);
    out[1] = out[0] + r * out[1];
    out[0] *= r;
  };
}

/** The cubics that two splines consist of, from values and slopes at the ends of each: [points − 1][4][2], highest power first. */
function cubics(f: RadialFunction, g: RadialFunction, spacing: number, points: number): Float64Array {
  const knots = [f, g].map((h) => {
    const out = new Float64Array(2 * points);
    const pair = new Float64Array(2);
    for (let m = 0; m < points; m++) {
      // r·φ made from a φ that has been divided by r has no value at 0, where no atom ever is.
      h(Math.max(m, 1e-6) * spacing, pair);
      out.set([pair[0], pair[1] * spacing], 2 * m);
    }
    return out;
  });
  const out = new Float64Array(8 * (points - 1));
  for (let m = 0; m + 1 < points; m++)
    knots.forEach((k, which) => {
      const [value, slope, next, nextSlope] = k.subarray(2 * m, 2 * m + 4);
      const rise = next - value;
      const at = 8 * m + which;
      out[at] = slope + nextSlope - 2 * rise;
      out[at + 2] = 3 * rise - 2 * slope - nextSlope;
      out[at + 4] = slope;
      out[at + 6] = value;
    });
  return out;
}
