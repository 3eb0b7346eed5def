import { inverse3, multiply3, signedVolume, transformRows, volume } from '../core/cell.ts';
import { atomCount, type Structure, subset } from '../core/structure.ts';
import type { Symmetry } from './symmetry.ts';

/** The same crystal in its smallest cell, axes as they are; `tolerance` (Å) is that of the symmetry. */
export function primitiveCell(
  s: Structure,
  { translations }: Pick<Symmetry, 'translations'>,
  tolerance = 1e-3,
): Structure {
  if (translations.length === 1) return s;
  const cell = smallestCell(s.cell, translations);
  const inverse = inverse3(cell);
  const isSame = (i: number, j: number) => {
    const d = [0, 1, 2].map((x) => s.positions[3 * i + x] - s.positions[3 * j + x]);
    const f = transformRows(d, inverse, new Float64Array(3));
    const rest = transformRows(
      f.map((x) => x - Math.round(x)),
      cell,
      new Float64Array(3),
    );
    return s.species[i] === s.species[j] && Math.hypot(...rest) < 2 * tolerance;
  };
  const kept: number[] = [];
  for (let i = 0; i < atomCount(s); i++) if (!kept.some((j) => isSame(i, j))) kept.push(i);
  return { ...subset(s, kept), cell };
}

/** Rows of the three shortest lattice vectors that make a cell as small as can be, right-handed. */
function smallestCell(cell: Float64Array, translations: readonly Float64Array[]): Float64Array {
  const wanted = volume(cell) / translations.length;
  const shifts = [-1, 0, 1];
  const vectors = translations
    .flatMap((t) =>
      shifts.flatMap((a) => shifts.flatMap((b) => shifts.map((c) => [t[0] + a, t[1] + b, t[2] + c]))),
    )
    .map((f) => transformRows(f, cell, new Float64Array(3)))
    .filter((v) => Math.hypot(...v) > 1e-3)
    .sort((p, q) => Math.hypot(...p) - Math.hypot(...q));
  for (let c = 2; c < vectors.length; c++)
    for (let b = 1; b < c; b++)
      for (let a = 0; a < b; a++) {
        const rows = Float64Array.of(...vectors[a], ...vectors[b], ...vectors[c]);
        const v = signedVolume(rows);
        if (Math.abs(Math.abs(v) - wanted) > 1e-3 * wanted) continue;
        return v > 0 ? rows : multiply3([-1, 0, 0, 0, -1, 0, 0, 0, -1], rows);
      }
  return cell;
}
