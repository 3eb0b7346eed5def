/** f_ij = Re Σ Z ∂(g Y)/∂r_ij, one lane a neighbour. Z is contracted over k before the gradient of Y_lm is formed. */
import { f32 } from '../../src/core/each.wgsl.ts';
import { lmCount } from './harmonics.ts';
import { fours, type PackedSite } from './packSite.ts';
import { LANES } from './packUses.ts';
import { harmonicCode } from './siteHarmonics.wgsl.ts';

/** From `az` to `pairForces` of the row's entries; `along` adds to the force along the bond: r, p and bin are at hand. */
export function pairForces({ S, lmax, K }: PackedSite, along: string): string {
  const LM = lmCount(lmax);
  const Q = fours(K);
  const dots = (lm: number, of: 'g' | 'dg', imaginary: number) =>
    Array.from({ length: Q }, (_, q) => `dot(az[from_ + ${2 * (lm * Q + q) + imaginary}u], ${of}${q})`).join(
      ' + ',
    );
  const four = (q: number, x: 'x' | 'y') =>
    [0, 1, 2, 3].map((k) => (4 * q + k < K ? `c${4 * q + k}.${x}` : '0.0')).join(', ');
  const radial = Array.from({ length: Q }, (_, q) => {
    const some = Array.from({ length: Math.min(4, K - 4 * q) }, (_, k) => 4 * q + k);
    return `${some.map((k) => `let c${k} = curve(bin.first, ${k}u, bin.t);`).join(' ')}
      let g${q} = vec4<f32>(${four(q, 'x')});
      let dg${q} = vec4<f32>(${four(q, 'y')});`;
  });
  return /* wgsl */ `
  for (var p = begin + lane; p < end; p += ${LANES}u) {
    let entry = entries[p];
    let d = pairWindow(entry, here);
    let radius = radiusOf(d);
    let r = radius.r;
    let b = u32(windows[entry.x].w);
    var f = vec3<f32>(0.0);
    if (r < cutoffs[a * ${S}u + b]) {
      let bin = binOf(a * ${S}u + b, radius);
      ${radial.join('\n      ')}
      let u = lengthOf(d) / r;
      let from_ = ${S === 1 ? '0u' : `b * ${2 * LM * Q}u`};
      var along = 0.0;
      var grad = vec3<f32>(0.0);
      ${harmonicCode(lmax, {
        // The imaginary part of m = 0 meets nothing.
        begin: (m) =>
          m === 0
            ? 'var z = 0.0; var n = 0.0;'
            : 'var s = vec2<f32>(0.0); var z = vec2<f32>(0.0); var n = vec2<f32>(0.0);',
        each: (lm, m) =>
          m === 0
            ? `{ z += (${dots(lm, 'g', 0)}) * dy; n += (${dots(lm, 'dg', 0)}) * y; }`
            : `{ let w = vec2<f32>(${dots(lm, 'g', 0)}, ${dots(lm, 'g', 1)});
          s += w * y;
          z += w * dy;
          n += vec2<f32>(${dots(lm, 'dg', 0)}, ${dots(lm, 'dg', 1)}) * y; }`,
        end: (m) =>
          m === 0
            ? 'along += n; grad.z += z;'
            : `along += n.x * e.x - n.y * e.y;
        grad.z += z.x * e.x - z.y * e.y;
        grad.x += ${f32(m)} * (s.x * below.x - s.y * below.y);
        grad.y -= ${f32(m)} * (s.x * below.y + s.y * below.x);`,
      })}
      ${along}
      f = (along - dot(u, grad) / r) * u + grad / r;
    }
    pairForces[3u * p] = f.x;
    pairForces[3u * p + 1u] = f.y;
    pairForces[3u * p + 2u] = f.z;
  }`;
}
