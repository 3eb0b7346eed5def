/** The surface of K. Müller and L. D. Brown, Theor. Chim. Acta 53, 75 (1979), a hundredth of it in eV, of one atom at (x, y) Å; stiff along z. */
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import type { Evaluates } from '../../src/properties/evaluates.ts';

const TERMS = [
  [-200, -1, 0, -10, 1, 0],
  [-100, -1, 0, -10, 0, 0.5],
  [-170, -6.5, 11, -6.5, -0.5, 1.5],
  [15, 0.7, 0.6, 0.7, -1, 1],
];
const STIFF = 20;

/** Published stationary points: x, y and energy (in their unit, three decimals). */
export const STATIONARY = {
  first: { at: [-0.5582, 1.4417], energy: -146.7 },
  middle: { at: [-0.05, 0.467], energy: -80.768 },
  last: { at: [0.623, 0.028], energy: -108.167 },
  high: { at: [-0.822, 0.624], energy: -40.665 },
  low: { at: [0.212, 0.293], energy: -72.249 },
} as const;

export const UNIT = 0.01;

/** `tilt`: eV/Å along x and y, added; its work is linear. `asked` counts evaluations. */
export function mullerBrown(tilt: readonly [number, number] = [0, 0]): Evaluates & { asked: number } {
  const NONE = new Float64Array(0);
  return {
    asked: 0,
    async evaluate({ positions: [x, y, z] }) {
      this.asked++;
      let energy = (STIFF / 2) * z * z + tilt[0] * x + tilt[1] * y;
      const forces = Float64Array.of(-tilt[0], -tilt[1], -STIFF * z);
      for (const [A, a, b, c, x0, y0] of TERMS) {
        const [dx, dy] = [x - x0, y - y0];
        const e = UNIT * A * Math.exp(a * dx * dx + b * dx * dy + c * dy * dy);
        energy += e;
        forces[0] -= e * (2 * a * dx + b * dy);
        forces[1] -= e * (b * dx + 2 * c * dy);
      }
      const energies = Float64Array.of(energy);
      return {
        energy,
        energies,
        forces,
        virial: new Float64Array(9),
        projections: NONE,
        projectionWidth: 0,
        memberEnergies: NONE,
        memberForces: NONE,
        memberVirials: NONE,
      };
    },
  };
}

export function pointAt([x, y]: readonly number[]): Structure {
  return structureFrom(['H'], [x, y, 0]);
}
