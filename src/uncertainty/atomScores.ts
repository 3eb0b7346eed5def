import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { Uncertainty } from './uncertainty.ts';

/** What measures say of atoms beside what is true. */
export interface AtomScores {
  /** ‖F − F_true‖ of each atom of each frame, eV/Å. */
  readonly errors: Float64Array;
  /** By name of the measure, one an atom. */
  readonly scores: Readonly<Record<string, Float64Array>>;
}

/** Evaluates the frames and grades all their atoms. Throws a UserError where the potential does not know an element. */
export function atomScores(
  potential: Potential,
  measures: Readonly<Record<string, Uncertainty>>,
  frames: readonly LabelledFrame[],
): AtomScores {
  const atoms = frames.reduce((sum, { core }) => sum + core.length, 0);
  const names = Object.keys(measures);
  const errors = new Float64Array(atoms);
  const scores = Object.fromEntries(names.map((name) => [name, new Float64Array(atoms)]));
  const wanted = [...new Set(['forces' as const, ...Object.values(measures).flatMap((m) => m.needs)])];
  let at = 0;
  for (const { structure: s, label } of frames) {
    const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff), wanted);
    for (const name of names) scores[name].set(measures[name].grade(e, s), at);
    for (let i = 0; i < s.species.length; i++) {
      const off = (x: number) => e.forces[3 * i + x] - label.forces[3 * i + x];
      errors[at + i] = Math.hypot(off(0), off(1), off(2));
    }
    at += s.species.length;
  }
  return { errors, scores };
}
