/**
 * L-BFGS along a force that is no gradient, as those on a band of images and on a dimer are: there is no energy to go down, so
 * steps are capped and memory is dropped where it points against the force. D. Sheppard, R. Terrell and G. Henkelman,
 * J. Chem. Phys. 128, 134106 (2008), who found it to need the fewest evaluations of all. Where it makes no progress, as on surfaces that
 * bend sharply where a bond is cut off, FIRE goes on, which needs more of them and hardly ever fails.
 */
import { fire } from './fire.ts';
import { descent, MEMORY, type Pair } from './lbfgs.ts';
import { dot, type Objective, shorten } from './minimise.ts';

/**
 * Writes the force at `x`, eV/Å; true where the rule behind it has changed, so that former forces tell nothing, undefined where
 * there is no force to follow any more.
 */
export type ForceField = (x: Float64Array, force: Float64Array) => Promise<boolean | undefined>;

/** A force that has grown by this much was reached with a step that misled. */
const ASTRAY = 4;
/** Steps without progress after which FIRE takes over. */
const PATIENCE = 25;

/** Moves `x` until `isCalm()`, asked after every evaluation, or `steps` evaluations; gives their number. */
export async function followForces(
  field: ForceField,
  x: Float64Array,
  isCalm: () => boolean,
  steps: number,
): Promise<number> {
  const force = new Float64Array(x.length);
  let pairs: Pair[] = [];
  if ((await field(x, force)) === undefined) return 1;
  let [taken, best, since] = [1, size(force), 0];
  while (!isCalm() && taken < steps) {
    const g = force.map((f) => -f);
    let step = descent(g, pairs);
    if (!(dot(step, force) > 0)) {
      pairs = [];
      step = descent(g, pairs);
    }
    shorten(step);
    for (let k = 0; k < x.length; k++) x[k] += step[k];
    const changed = await field(x, force);
    taken++;
    if (changed === undefined) break;
    const now = size(force);
    if (changed || now > ASTRAY * best) {
      pairs = [];
      if (changed) [best, since] = [now, 0];
    } else {
      const y = g.map((v, k) => -force[k] - v);
      const curvature = dot(step, y);
      if (curvature > 1e-14 * dot(y, y))
        pairs = [...pairs, { s: step, y, rho: 1 / curvature }].slice(-MEMORY);
    }
    if (now < 0.98 * best) [best, since] = [now, 0];
    else if (++since >= PATIENCE) return taken + (await fire(withoutEnergy(field), x, isCalm, steps - taken));
  }
  return taken;
}

/** For FIRE, which asks of the energy no more than that it be a number. */
function withoutEnergy(field: ForceField): Objective {
  return async (x, gradient) => {
    const followed = await field(x, gradient);
    for (let k = 0; k < gradient.length; k++) gradient[k] *= -1;
    return followed === undefined ? Number.NaN : 0;
  };
}

function size(force: Float64Array): number {
  return Math.sqrt(dot(force, force));
}
