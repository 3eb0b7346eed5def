import { pressureVolume, type System } from './system.ts';

/**
 * Work done on the atoms when the box is strained by X: dE = −(V·P) : X, by the trapezoidal rule over the move, whose
 * second half is known once forces at the new positions are. The mid-point matters: noise makes X² first order in Δt.
 * Bernetti and Bussi, J. Chem. Phys. 153, 114107 (2020), section II.E.
 */
export interface WorkLedger {
  /** The box is about to be strained by `x` [9]; `pv` is V·P [9] now. */
  strained(x: Float64Array, pv: Float64Array): void;
  /** Forces are those of the new positions. */
  settle(): void;
}

export function workLedger(system: System): WorkLedger {
  const pending = new Float64Array(9);
  const after = new Float64Array(9);
  let open = false;
  const add = (x: Float64Array, pv: Float64Array) => {
    for (let k = 0; k < 9; k++) system.extended[0] -= 0.5 * pv[k] * x[k];
  };
  return {
    strained(x, pv) {
      add(x, pv);
      for (let k = 0; k < 9; k++) pending[k] += x[k];
      open = true;
    },
    settle() {
      if (!open) return;
      add(pending, pressureVolume(system, after));
      pending.fill(0);
      open = false;
    },
  };
}
