/**
 * Greedy growth of an active set's volume. Swapping the row b into slot j of the active set Â multiplies |det Â| by
 * |c_j|, with c = b Â⁻¹; the coordinates of every other environment follow by the rank-1 update
 *   c'_i = c_i − c_ij (c − e_j) / c_j        [MaxVol: Goreinov et al. 2010; arXiv 2212.08716]
 * so the greedy choice never needs Â again: what one label teaches lowers the grade of all that resemble it.
 */
import { type Environment, largest, volumeGain } from './environment.ts';

/** The one that adds most volume, the first of equals. */
export function largestGain(of: readonly Environment[]): Environment | undefined {
  return of.length > 0 ? of.reduce((a, b) => (volumeGain(b) > volumeGain(a) ? b : a)) : undefined;
}

/** `taught` enter the active set where they enlarge it; the coordinates of `all` follow. */
export function teach(taught: readonly Environment[], all: readonly Environment[]): void {
  const left = [...taught];
  for (let e = largestGain(left); e && volumeGain(e) > 1; e = largestGain(left)) {
    swapIn(e, all);
    left.splice(left.indexOf(e), 1);
  }
}

/** The rank-1 update of all coordinates when `e` takes the slot where its own are largest. */
function swapIn(e: Environment, all: readonly Environment[]): void {
  const j = largest(e.coordinates);
  const step = e.coordinates.slice();
  const pivot = step[j];
  step[j] -= 1;
  // A grade that is not finite says nothing about the others.
  if (!Number.isFinite(pivot)) return;
  for (const { element, coordinates: c } of all) {
    if (element !== e.element) continue;
    const factor = c[j] / pivot;
    for (let k = 0; k < step.length; k++) c[k] -= factor * step[k];
  }
}
