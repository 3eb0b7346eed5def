import type { Evaluation } from '../../src/core/potential.ts';
import type { Tolerance } from '../tolerances.ts';

export function largest(list: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < list.length; k++) if (!(Math.abs(list[k]) <= most)) most = Math.abs(list[k]);
  return most;
}

/** The largest |a − b| as a multiple of what is allowed; NaN where either is no number. */
export function excess(a: ArrayLike<number>, b: ArrayLike<number>, allowed: (x: number) => number): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let k = 0; k < b.length; k++) {
    const ratio = Math.abs(a[k] - b[k]) / allowed(b[k]);
    if (!(ratio <= worst)) worst = ratio;
  }
  return worst;
}

/** The worst of every quantity that `truth` holds, as a multiple of the tolerance: at most 1 passes. */
export function disagreement(e: Evaluation, truth: Evaluation, t: Tolerance): Record<string, number> {
  const perAtom = (x: number) => t.energy[0] + t.energy[1] * Math.abs(x);
  const to = (list: ArrayLike<number>) => t.force[0] + t.force[1] * largest(list);
  return {
    energy: excess([e.energy], [truth.energy], (x) => perAtom(x) * truth.energies.length),
    energies: excess(e.energies, truth.energies, perAtom),
    forces: excess(e.forces, truth.forces, () => to(truth.forces)),
    virial: excess(e.virial, truth.virial, () => to(truth.virial) + t.virial * truth.energies.length),
    projections: excess(e.projections, truth.projections, (x) => t.projection * (1 + Math.abs(x))),
    memberEnergies: excess(e.memberEnergies, truth.memberEnergies, perAtom),
    memberForces: excess(e.memberForces, truth.memberForces, () => to(truth.memberForces)),
    memberVirials: excess(
      e.memberVirials,
      truth.memberVirials,
      () => to(truth.memberVirials) + t.virial * truth.energies.length,
    ),
  };
}
