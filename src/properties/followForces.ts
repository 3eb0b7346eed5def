/**
 * L-BFGS along a force that is no gradient, as those on a band of images and on a dimer are: there is no energy to go down, so
 * steps are capped and memory is dropped where it points against the force. D. Sheppard, R. Terrell and G. Henkelman,
 * J. Chem. Phys. 128, 134106 (2008), who found it to need the fewest evaluations of all.
 */
import { descent, MEMORY, type Pair } from './lbfgs.ts';
import { dot, LONGEST_STEP, shorten } from './minimise.ts';

/**
 * Writes the force at `x`, eV/Å; true where the rule behind it has changed, so that former forces tell nothing, undefined where
 * there is no force to follow any more.
 */
export type ForceField = (x: Float64Array, force: Float64Array) => Promise<boolean | undefined>;

/** A force that has grown by this much was reached with a step that misled. */
const ASTRAY = 4;
/** Steps without progress after which shorter ones are tried; and how short they may become, Å. */
const PATIENCE = 25;
const SHORTEST = 0.01;

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
  let [taken, best, since, longest] = [1, size(force), 0, LONGEST_STEP];
  while (!isCalm() && taken < steps) {
    const g = force.map((f) => -f);
    let step = descent(g, pairs);
    if (!(dot(step, force) > 0)) {
      pairs = [];
      step = descent(g, pairs);
    }
    shorten(step, longest);
    for (let k = 0; k < x.length; k++) x[k] += step[k];
    const changed = await field(x, force);
    taken++;
    if (changed === undefined) break;
    const now = size(force);
    if (changed || now > ASTRAY * best) {
      pairs = [];
      if (changed) [best, since, longest] = [now, 0, LONGEST_STEP];
    } else {
      const y = g.map((v, k) => -force[k] - v);
      const curvature = dot(step, y);
      if (curvature > 1e-14 * dot(y, y))
        pairs = [...pairs, { s: step, y, rho: 1 / curvature }].slice(-MEMORY);
    }
    if (now < 0.98 * best) [best, since] = [now, 0];
    else if (++since >= PATIENCE) {
      pairs = [];
      [since, longest] = [0, Math.max(SHORTEST, longest / 2)];
    }
  }
  return taken;
}

function size(force: Float64Array): number {
  return Math.sqrt(dot(force, force));
}
