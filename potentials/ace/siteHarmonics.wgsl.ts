/** `harmonics.ts` on a device, written out for one lmax. */
import { f32 } from '../../src/core/each.wgsl.ts';
import { lmIndex } from './harmonics.ts';

/** Straight-line code over m, then l: y and dy are Q_lm(z) and its slope, e = (x + iy)^m, `below` the power before. */
export function harmonicCode(
  lmax: number,
  body: {
    begin?: (m: number) => string;
    each: (lm: number, m: number) => string;
    end?: (m: number) => string;
  },
): string {
  const lines = ['var e = vec2<f32>(1.0, 0.0);', 'var below = vec2<f32>(0.0);'];
  let diagonal = 1;
  for (let m = 0; m <= lmax; m++) {
    if (m > 0) {
      lines.push('below = e;', 'e = vec2<f32>(u.x * e.x - u.y * e.y, u.x * e.y + u.y * e.x);');
      diagonal *= -Math.sqrt(1 + 0.5 / m);
    }
    lines.push(
      '{',
      body.begin?.(m) ?? '',
      `var y = ${f32(diagonal)};`,
      'var dy = 0.0;',
      'var y2 = 0.0;',
      'var dy2 = 0.0;',
    );
    for (let l = m; l <= lmax; l++) {
      if (l > m) {
        const up = Math.sqrt((4 * l * l - 1) / (l * l - m * m));
        const back = l === m + 1 ? 0 : Math.sqrt(((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1));
        lines.push(
          `{ let y1 = y; let dy1 = dy;
          y = ${f32(up)} * (u.z * y1 - ${f32(back)} * y2);
          dy = ${f32(up)} * (y1 + u.z * dy1 - ${f32(back)} * dy2);
          y2 = y1; dy2 = dy1; }`,
        );
      }
      lines.push(body.each(lmIndex(l, m), m));
    }
    lines.push(body.end?.(m) ?? '', '}');
  }
  return lines.join('\n');
}
