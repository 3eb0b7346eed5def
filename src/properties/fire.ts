/**
 * FIRE: velocities turn towards the force while they gain, v ← (1−α) v + α |v| F/|F|, and stop when F·v < 0.
 * Bitzek et al., PRL 97, 170201 (2006); its parameters. Unit mass, so time is in Å/√eV.
 */
import { dot, type Minimiser, shorten } from './minimise.ts';

const FIRE = { start: 0.1, most: 0.3, grow: 1.1, shrink: 0.5, alpha: 0.1, relent: 0.99, wait: 5 };

export const fire: Minimiser = async (f, x, isCalm, steps) => {
  const g = new Float64Array(x.length);
  const v = new Float64Array(x.length);
  let [dt, alpha, downhill, taken] = [FIRE.start, FIRE.alpha, 0, 0];
  while (taken < steps) {
    const energy = await f(x, g);
    taken++;
    if (isCalm() || !Number.isFinite(energy)) break;
    const power = -dot(g, v);
    if (power > 0) {
      downhill++;
      const turn = alpha * Math.sqrt(dot(v, v) / dot(g, g));
      for (let k = 0; k < v.length; k++) v[k] = (1 - alpha) * v[k] - turn * g[k];
      if (downhill > FIRE.wait) [dt, alpha] = [Math.min(dt * FIRE.grow, FIRE.most), alpha * FIRE.relent];
    } else {
      if (taken > 1) dt *= FIRE.shrink;
      [alpha, downhill] = [FIRE.alpha, 0];
      v.fill(0);
    }
    for (let k = 0; k < v.length; k++) v[k] -= dt * g[k];
    const step = v.map((u) => dt * u);
    shorten(step);
    for (let k = 0; k < x.length; k++) x[k] += step[k];
  }
  return taken;
};
