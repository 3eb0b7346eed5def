/**
 * FIRE: velocities turn towards the force while they gain, v ← (1−α) v + α |v| F/|F|, and stop when F·v < 0.
 * Bitzek et al., PRL 97, 170201 (2006); its parameters. Unit mass, so time is in Å/√eV.
 */
import type { Evaluation, Potential } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import { verletList } from '../core/verletList.ts';

const FIRE = { start: 0.1, most: 0.3, grow: 1.1, shrink: 0.5, alpha: 0.1, relent: 0.99, wait: 5 };
/** Å: a step of any atom is no longer than this, whatever an ensemble far from its data may say. */
const LONGEST_STEP = 0.1;

/** Moves only the atoms marked in `mobile`, until their forces are below `calm` (eV/Å) or after `steps` steps. */
export function relaxMobile(
  start: Structure,
  mobile: Uint8Array,
  potential: Potential,
  steps: number,
  calm: number,
): Structure {
  const s = { ...start, positions: start.positions.slice() };
  const v = new Float64Array(s.positions.length);
  const list = verletList(potential.cutoff, 0.5);
  let [dt, alpha, downhill] = [FIRE.start, FIRE.alpha, 0];
  let evaluation: Evaluation | undefined;
  for (let step = 0; step < steps; step++) {
    evaluation = potential.evaluate(s, list.current(s), ['forces'], evaluation);
    const F = evaluation.forces;
    const { power, force, speed, largest } = dots(F, v, mobile);
    if (!(largest > calm) || !Number.isFinite(largest)) break;
    if (power > 0) {
      downhill++;
      const turn = (alpha * speed) / force;
      for (let k = 0; k < v.length; k++) v[k] = (1 - alpha) * v[k] + turn * F[k];
      if (downhill > FIRE.wait) [dt, alpha] = [Math.min(dt * FIRE.grow, FIRE.most), alpha * FIRE.relent];
    } else {
      if (step > 0) dt *= FIRE.shrink;
      [alpha, downhill] = [FIRE.alpha, 0];
      v.fill(0);
    }
    advance(s.positions, v, F, mobile, dt);
  }
  return s;
}

/** Over the mobile atoms: F·v, |F|, |v| and the largest force on one of them. */
function dots(F: Float64Array, v: Float64Array, mobile: Uint8Array) {
  let [power, force, speed, largest] = [0, 0, 0, 0];
  for (let i = 0; i < mobile.length; i++) {
    if (!mobile[i]) continue;
    let own = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      power += F[k] * v[k];
      speed += v[k] * v[k];
      own += F[k] * F[k];
    }
    force += own;
    largest = Math.max(largest, own);
  }
  return { power, force: Math.sqrt(force), speed: Math.sqrt(speed), largest: Math.sqrt(largest) };
}

function advance(r: Float64Array, v: Float64Array, F: Float64Array, mobile: Uint8Array, dt: number): void {
  for (let i = 0; i < mobile.length; i++) {
    if (!mobile[i]) continue;
    for (let k = 3 * i; k < 3 * i + 3; k++) v[k] += dt * F[k];
    const length = dt * Math.hypot(v[3 * i], v[3 * i + 1], v[3 * i + 2]);
    const scale = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
    for (let k = 3 * i; k < 3 * i + 3; k++) r[k] += scale * dt * v[k];
  }
}
