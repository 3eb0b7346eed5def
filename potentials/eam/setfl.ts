/**
 * The `setfl` format of tabulated embedded-atom potentials, both LAMMPS `eam/alloy` (one density an element) and
 * `eam/fs` (one for each element that feels it): three comments; count and symbols; Nρ Δρ Nr Δr cutoff; for each element a
 * line `Z mass a lattice`, F(ρ) and f(r); then r·φ(r) of the pairs 11 21 22 31 32 33 …, in eV Å.
 */
import { element, isElement } from '../../src/core/elements.ts';
import { UserError } from '../../src/core/errors.ts';
import { pairTable } from '../pairPotential.ts';
import type { RadialFunction } from '../radial.ts';
import type { EamFunctions } from './embeddedAtom.ts';
import { spline } from './spline.ts';

export interface Setfl {
  readonly elements: readonly string[];
  readonly drho: number;
  readonly dr: number;
  /** Å. */
  readonly cutoff: number;
  /** F_a at multiples of `drho`, eV. */
  readonly embedding: readonly Float64Array[];
  /** f_{b→a} at multiples of `dr`, at `[b · elements + a]`. */
  readonly density: readonly Float64Array[];
  /** r·φ_ab at multiples of `dr`, eV Å, at `[a · elements + b]`. */
  readonly pair: readonly Float64Array[];
}

/** `place` names the file in messages. */
export function parseSetfl(text: string, place: string): Setfl {
  const lines = text.split(/\r?\n/);
  const words = (line: number) => (lines[line] ?? '').trim().split(/\s+/);
  const [count, ...elements] = words(3);
  if (Number(count) !== elements.length || elements.length === 0 || !elements.every(isElement))
    throw new UserError(
      `${place}:4: got '${words(3).join(' ')}', must be the number of elements and their symbols; ` +
        'is this a setfl (eam/alloy or eam/fs) file?',
    );
  const [nrho, drho, nr, dr, cutoff] = words(4).map(Number);
  if (!(nrho >= 5 && drho > 0 && nr >= 5 && dr > 0 && cutoff > 0))
    throw new UserError(
      `${place}:5: got '${words(4).join(' ')}', must be Nrho drho Nr dr cutoff with five points or more and positive ` +
        'numbers; mend the line',
    );
  const width = elements.length;
  const rest = lines.slice(5).reduce((sum, line) => sum + (line.match(/\S+/g)?.length ?? 0), 0);
  const pairs = (width * (width + 1)) / 2;
  const finnisSinclair = width > 1 && rest >= width * (nrho + width * nr) + pairs * nr;

  let line = 5;
  const take = (what: string, length: number) => {
    const out = new Float64Array(length);
    for (let k = 0; k < length; line++) {
      if (line >= lines.length)
        throw new UserError(
          `${place}: got ${k} numbers of ${what}, must be ${length}; the file has been cut off or line 5 is wrong`,
        );
      for (const word of lines[line].match(/\S+/g) ?? []) {
        const value = Number(word);
        if (!Number.isFinite(value) || k === length)
          throw new UserError(
            `${place}:${line + 1}: got '${word}', must be ${k === length ? 'the end' : 'a number'} of ${what}; ` +
              'check the counts in line 5',
          );
        out[k++] = value;
      }
    }
    return out;
  };

  const embedding: Float64Array[] = [];
  const density: Float64Array[] = [];
  for (const from of elements) {
    while (line < lines.length && lines[line].trim() === '') line++;
    line++;
    embedding.push(take(`the embedding energy of ${from}`, nrho));
    const read = elements.slice(0, finnisSinclair ? width : 1).map(() => take(`the density of ${from}`, nr));
    for (let at = 0; at < width; at++) density.push(read[finnisSinclair ? at : 0]);
  }
  const pair = new Array<Float64Array>(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      pair[a * width + b] = take(`the pair energy of ${elements[a]} and ${elements[b]}`, nr);
      pair[b * width + a] = pair[a * width + b];
    }
  return { elements, drho, dr, cutoff, embedding, density, pair };
}

/** Tables as functions; above the last density F goes on as a straight line, as in LAMMPS. */
export function interpolate(t: Setfl): EamFunctions {
  return {
    elements: t.elements,
    cutoff: t.cutoff,
    embedding: t.embedding.map((values) =>
      straightBeyond(spline(values, t.drho), (values.length - 1) * t.drho),
    ),
    density: t.density.map((values) => spline(values, t.dr)),
    pair: pairTable(t.elements.length, (a, b) =>
      overDistance(spline(t.pair[a * t.elements.length + b], t.dr)),
    ),
    shape: { spacing: t.dr, points: t.pair[0].length },
  };
}

function straightBeyond(f: RadialFunction, end: number): RadialFunction {
  return (rho, out) => {
    f(rho, out);
    if (rho > end) out[0] += out[1] * (rho - end);
  };
}

function overDistance(rphi: RadialFunction): RadialFunction {
  return (r, out) => {
    rphi(r, out);
    out[0] /= r;
    out[1] = (out[1] - out[0]) / r;
  };
}

/** Samples functions on grids of `nr` distances up to the cutoff and `nrho` densities up to `rhoMax`. */
export function tabulate(f: EamFunctions, nr: number, nrho: number, rhoMax: number): Setfl {
  const dr = f.cutoff / (nr - 1);
  const drho = rhoMax / (nrho - 1);
  const out = new Float64Array(2);
  const sample = (g: RadialFunction, n: number, delta: number, weight: (x: number) => number) =>
    Float64Array.from({ length: n }, (_, k) => {
      // φ itself, taken from a table of r·φ, has no value at 0.
      const x = Math.max(k * delta, 1e-9);
      g(x, out);
      return out[0] * weight(x);
    });
  return {
    elements: f.elements,
    drho,
    dr,
    cutoff: f.cutoff,
    embedding: f.embedding.map((F) => sample(F, nrho, drho, () => 1)),
    density: f.density.map((g) => sample(g, nr, dr, () => 1)),
    pair: f.pair.map((g) => sample(g, nr, dr, (r) => r)),
  };
}

/** A setfl file for other codes; `finnisSinclair` writes a density for each element that feels it. */
export function formatSetfl(t: Setfl, comment: string, finnisSinclair = false): string {
  const width = t.elements.length;
  const numbers = (values: Float64Array) =>
    Array.from({ length: Math.ceil(values.length / 5) }, (_, k) =>
      Array.from(values.subarray(5 * k, 5 * k + 5), (v) => v.toExponential(16)).join(' '),
    );
  const lines = [comment, '', '', `${width} ${t.elements.join(' ')}`];
  lines.push(`${t.embedding[0].length} ${t.drho} ${t.density[0].length} ${t.dr} ${t.cutoff}`);
  t.elements.forEach((symbol, from) => {
    const { atomicNumber, mass } = element(symbol);
    lines.push(`${atomicNumber} ${mass} 0 none`, ...numbers(t.embedding[from]));
    for (let at = 0; at < (finnisSinclair ? width : 1); at++)
      lines.push(...numbers(t.density[from * width + at]));
  });
  for (let a = 0; a < width; a++) for (let b = 0; b <= a; b++) lines.push(...numbers(t.pair[a * width + b]));
  return `${lines.join('\n')}\n`;
}
