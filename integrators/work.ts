import { kineticEnergy } from '../src/core/velocities.ts';
import { type System, strainBox } from './system.ts';

/**
 * Work done on the atoms by straining the box, counted into the first extended variable: the kinetic part as it comes,
 * the potential part dU = −virial : X by the trapezoidal rule, whose second half is known once forces at the new
 * positions are. That half matters: noise makes X² first order in Δt.
 * Bussi and Parrinello, Phys. Rev. E 75, 056707 (2007), for the same account of stochastic moves.
 */
export interface WorkLedger {
  /** Strains the box by `f` = exp `x` or 1 + `x`, all [9]. */
  strain(x: Float64Array, f: Float64Array, inverse: Float64Array): void;
  /** Forces and virial are those of the new positions. */
  settle(): void;
}

export function workLedger(system: System): WorkLedger {
  const { masses, velocities, extended } = system;
  const pending = new Float64Array(9);
  return {
    strain(x, f, inverse) {
      for (let k = 0; k < 9; k++) {
        extended[0] -= 0.5 * system.virial[k] * x[k];
        pending[k] += x[k];
      }
      const before = kineticEnergy(masses, velocities);
      strainBox(system, f, inverse);
      extended[0] += kineticEnergy(masses, velocities) - before;
    },
    settle() {
      for (let k = 0; k < 9; k++) extended[0] -= 0.5 * system.virial[k] * pending[k];
      pending.fill(0);
    },
  };
}
