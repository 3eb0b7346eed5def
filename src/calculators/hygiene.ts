import { z } from 'zod';
import { element } from '../core/elements.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { positive } from '../core/quantity.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Label } from './calculator.ts';

export const hygieneSchema = z.strictObject({
  closest: z.number().min(0).max(2).default(0.4).meta({
    description: 'smallest distance that is paid for, as a fraction of the sum of the covalent radii',
  }),
  forceCap: positive('force')
    .prefault('100 eV/Å')
    .meta({ description: 'largest force on an atom that is learned from' }),
  signCheck: z.boolean().default(false).meta({
    description: 'pay for one more label and check that forces are minus the slope of the energy',
  }),
});
export type Hygiene = z.output<typeof hygieneSchema>;

/** What a structure or a label was found to break. */
export type Rule = 'atomsTooClose' | 'wrongSize' | 'notFinite' | 'forceCap' | 'forcesAgainstEnergy';

export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly rule: Rule; readonly reason: string };

export const ACCEPTED: Verdict = { accepted: true };

export function refused(rule: Rule, reason: string): Verdict {
  return { accepted: false, rule, reason };
}

/** Whether a structure is worth a label. */
export function judgeStructure(s: Structure, { closest }: Hygiene): Verdict {
  const radius = s.elements.map((e) => element(e).covalentRadius * closest);
  const list = buildNeighbours(s, Math.max(1e-3, 2 * Math.max(...radius)));
  for (let i = 0; i < atomCount(s); i++)
    for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++) {
      const j = list.indices[p];
      const allowed = radius[s.species[i]] + radius[s.species[j]];
      const d = distance(s, i, j, list.shifts.subarray(3 * p, 3 * p + 3));
      if (d < allowed)
        return refused(
          'atomsTooClose',
          `atoms ${i} and ${j}: got a distance of ${d.toFixed(3)} Å, must be ≥ ${allowed.toFixed(3)} Å (label.hygiene.closest)`,
        );
    }
  return ACCEPTED;
}

/** Whether a label is complete: as many forces as atoms, and every number finite. */
export function judgeNumbers(s: Structure, { energy, forces, stress }: Label): Verdict {
  const n = atomCount(s);
  if (forces.length !== 3 * n)
    return refused('wrongSize', `got ${forces.length} force components, must be ${3 * n} for ${n} atoms`);
  if (stress && stress.length !== 6)
    return refused('wrongSize', `got ${stress.length} stress components, must be 6`);
  const bad = atomsWith(s, (i) => !Number.isFinite(norm(forces, i)));
  if (bad.length > 0)
    return refused(
      'notFinite',
      `${bad.length} of ${n} atoms have a force that is not finite (${listed(bad)})`,
    );
  if (!Number.isFinite(energy)) return refused('notFinite', `the energy is ${energy}`);
  if (stress?.some((x) => !Number.isFinite(x)))
    return refused('notFinite', `the stress is ${stress.join(' ')}`);
  return ACCEPTED;
}

/** Whether a label may be learned from. */
export function judgeLabel(s: Structure, label: Label, { forceCap }: Hygiene): Verdict {
  const numbers = judgeNumbers(s, label);
  if (!numbers.accepted) return numbers;
  const strong = atomsWith(s, (i) => norm(label.forces, i) > forceCap);
  if (strong.length === 0) return ACCEPTED;
  const most = Math.max(...strong.map((i) => norm(label.forces, i))).toPrecision(4);
  return refused(
    'forceCap',
    `${strong.length} of ${atomCount(s)} atoms (${listed(strong)}): got forces up to ${most} eV/Å, must be ≤ ${forceCap} eV/Å (label.hygiene.forceCap)`,
  );
}

function atomsWith(s: Structure, holds: (i: number) => boolean): number[] {
  return Array.from(s.species, (_, i) => i).filter(holds);
}

function listed(atoms: readonly number[]): string {
  return atoms.slice(0, 10).join(', ') + (atoms.length > 10 ? ', …' : '');
}

function norm(forces: ArrayLike<number>, i: number): number {
  return Math.hypot(forces[3 * i], forces[3 * i + 1], forces[3 * i + 2]);
}

function distance({ positions: r, cell }: Structure, i: number, j: number, shift: ArrayLike<number>): number {
  const component = (x: number) =>
    r[3 * j + x] - r[3 * i + x] + shift[0] * cell[x] + shift[1] * cell[3 + x] + shift[2] * cell[6 + x];
  return Math.hypot(component(0), component(1), component(2));
}
