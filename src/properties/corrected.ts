import type { Label } from '../calculators/calculator.ts';
import { volume } from '../core/cell.ts';
import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { stressOf } from './strain.ts';

/** What a label says that a potential does not, at one structure. */
export interface Residual {
  /** eV/Å, label minus potential, [3n]; empty where only the stress is off. */
  readonly forces: Float64Array;
  /** eV/Å³, Voigt. */
  readonly stress: Float64Array;
}

/** The label must hold a stress. */
export async function residualAt(evaluates: Evaluates, s: Structure, label: Label): Promise<Residual> {
  const e = await evaluates.evaluate(s, ['forces', 'virial']);
  const stress = stressOf(e, s.cell);
  return {
    forces: label.forces.map((f, k) => f - e.forces[k]),
    stress: label.stress!.map((x, k) => x - stress[k]),
  };
}

/**
 * A potential put right at one structure by what a label says there: its forces are shifted by a constant, so that it
 * settles about where the reference would, and so is its stress.
 * A constant stress has no energy, so cells are relaxed by `fire`, which asks for none.
 */
export function corrected(evaluates: Evaluates, { forces, stress }: Residual): Evaluates {
  const [xx, yy, zz, yz, xz, xy] = stress;
  const shift = [xx, xy, xz, xy, yy, yz, xz, yz, zz];
  return {
    async evaluate(s, want) {
      const e = await evaluates.evaluate(s, want);
      const V = volume(s.cell);
      let energy = e.energy;
      for (let k = 0; k < forces.length; k++) energy -= forces[k] * s.positions[k];
      return {
        ...e,
        energy,
        forces: forces.length > 0 ? e.forces.map((f, k) => f + forces[k]) : e.forces,
        virial: e.virial.map((w, k) => w - V * shift[k]),
      };
    },
  };
}
