import { normals, STREAM } from '../core/philox.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Label } from './calculator.ts';
import { ACCEPTED, refused, type Verdict } from './hygiene.ts';

/** Å, standard deviation of each coordinate's displacement. */
const DISPLACEMENT = 0.03;
/** The trapezoidal rule is exact to second order; what is left, and the noise of a calculation, stays well below. */
const RELATIVE = 0.3;
/** eV. */
const NOISE = 5e-3;

/** The structure with every atom moved at random, always the same way. */
export function displaced(s: Structure): Structure {
  const positions = s.positions.slice();
  const move = new Float64Array(4);
  for (let i = 0; i < atomCount(s); i++) {
    normals(0, STREAM.rattle, 0, i, move);
    for (let x = 0; x < 3; x++) positions[3 * i + x] += DISPLACEMENT * move[x];
  }
  return { ...s, positions };
}

/**
 * Forces against energies along a random direction: E(r+δ) − E(r) = −½(F(r) + F(r+δ))·δ + O(δ³). Unlike a difference
 * of energies about r it also tells at a crystal's equilibrium, where F(r) = 0, and it costs a single further label.
 */
export function judgeSign(from: Structure, at: Label, to: Structure, there: Label): Verdict {
  const rise = there.energy - at.energy;
  let work = 0;
  for (let k = 0; k < from.positions.length; k++)
    work -= 0.5 * (at.forces[k] + there.forces[k]) * (to.positions[k] - from.positions[k]);
  if (Math.abs(rise - work) <= RELATIVE * Math.abs(work) + NOISE) return ACCEPTED;
  return refused(
    'forcesAgainstEnergy',
    `along a random displacement the energy changes by ${rise.toPrecision(4)} eV, its forces say ${work.toPrecision(4)} eV; check their sign and units`,
  );
}
