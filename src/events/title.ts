import { completeCell, inverse3, transformRows } from '../core/cell.ts';
import type { Structure } from '../core/structure.ts';
import { displacements } from './displaced.ts';
import { localChange } from './localChange.ts';
import type { Transition } from './transition.ts';

/** Moved atoms from which on they are counted only. */
const MANY = 8;
/** Share of all squared displacements along one line that makes them a slip. */
const ALIGNED = 0.9;
/** An atom this share of its own way from where another one was has taken its place. */
const TAKEN = 0.4;

/** `1 Cu moved 2.56 Å`, `2 Al moved 2.1–2.9 Å (exchange)`, `144 atoms slipped, 96 fcc → hcp`. */
export function titleOf(t: Transition): string {
  const { structure } = t.before;
  if (t.moved.length < MANY) {
    const far = [...t.displacements].sort((p, q) => p - q);
    const range = rangeOf(far[0], far[far.length - 1]);
    return `${formula(structure, t.moved)} moved ${range} Å${isExchange(t) ? ' (exchange)' : ''}`;
  }
  const verb = isSlip(t) ? 'slipped' : 'rearranged';
  const main = localChange(t).turned.find((c) => c.from !== 'other' && c.to !== 'other');
  return `${t.moved.length} atoms ${verb}${main ? `, ${main.atoms} ${main.from} → ${main.to}` : ''}`;
}

/** Both ends where tenths tell them apart, or else what is between them. */
function rangeOf(least: number, most: number): string {
  return most - least < 0.1 ? ((least + most) / 2).toFixed(2) : `${least.toFixed(1)}–${most.toFixed(1)}`;
}

/** `1 Cu and 2 Ni`. */
function formula({ elements, species }: Structure, atoms: readonly number[]): string {
  const counts = elements.map((_, e) => atoms.filter((i) => species[i] === e).length);
  return elements.flatMap((symbol, e) => (counts[e] > 0 ? [`${counts[e]} ${symbol}`] : [])).join(' and ');
}

/** Whether an atom has come to where another one was that has gone elsewhere. */
function isExchange({ before, after, moved, displacements: far }: Transition): boolean {
  if (moved.length < 2) return false;
  const [r, q] = [before.structure.positions, after.structure.positions];
  const cell = completeCell(after.structure.cell);
  const to = inverse3(cell);
  const distance = (i: number, j: number) => {
    const d = [0, 1, 2].map((x) => q[3 * i + x] - r[3 * j + x]);
    const f = transformRows(d, to, new Float64Array(3));
    for (let x = 0; x < 3; x++) if (after.structure.periodic[x]) f[x] -= Math.round(f[x]);
    return Math.hypot(...transformRows(f, cell, f));
  };
  return moved.some((i, k) => moved.some((j) => i !== j && distance(i, j) < TAKEN * far[k]));
}

/** Whether all displacements lie along one line: the largest eigenvalue of Σ u uᵀ is nearly its trace. */
function isSlip({ before, after, moved }: Transition): boolean {
  const u = displacements(before.structure, after.structure);
  const m = new Float64Array(9);
  for (const i of moved)
    for (let x = 0; x < 3; x++) for (let y = 0; y < 3; y++) m[3 * x + y] += u[3 * i + x] * u[3 * i + y];
  const trace = m[0] + m[4] + m[8];
  let v = Float64Array.of(1, 0.9, 0.8);
  let largest = 0;
  // Powers of the matrix turn any vector towards its first eigenvector; a few do, where that stands out.
  for (let round = 0; round < 50; round++) {
    v = Float64Array.from(transformRows(v, m, v));
    largest = Math.hypot(...v);
    if (largest === 0) return false;
    v = v.map((x) => x / largest);
  }
  return largest > ALIGNED * trace;
}
