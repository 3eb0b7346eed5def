import { takeOut } from '../core/pointDefects.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import { type Plane, slab } from '../core/surfaces.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { relax } from './relax.ts';

/** Å of nothing above a slab: more than any cutoff reaches. */
const VACUUM = 12;

const SETTLED = { cell: false, force: 1e-3 } as const;

/** eV: E(N − 1) − E(N) (N − 1)/N of a supercell of a relaxed crystal of one element, atoms settled at constant volume. */
export async function vacancyEnergy(
  evaluates: Evaluates,
  relaxed: Structure,
  repeat: readonly [number, number, number],
): Promise<Outcome<number>> {
  return formationEnergy(evaluates, supercell(relaxed, repeat), (whole) => takeOut(whole, 1));
}

/** eV: E(N') − E(N) N'/N, N' atoms after `change`, settled at constant volume. */
export async function formationEnergy(
  evaluates: Evaluates,
  whole: Structure,
  change: (whole: Structure) => Structure,
): Promise<Outcome<number>> {
  const perfect = (await evaluates.evaluate(whole, [])).energy / atomCount(whole);
  const changed = change(whole);
  const { converged, energy, failure } = await relax(evaluates, changed, SETTLED);
  return converged ? found(energy - perfect * atomCount(changed)) : failed(failure!);
}

/** eV/Å² of each of the two faces of a slab of a relaxed cubic crystal, atoms settled. */
export async function surfaceEnergy(
  evaluates: Evaluates,
  relaxed: Structure,
  plane: Plane,
  layers: number,
): Promise<Outcome<number>> {
  const { energy } = await evaluates.evaluate(relaxed, []);
  const bulk = energy / atomCount(relaxed);
  const cut = slab(relaxed, plane, [1, 1, layers], VACUUM);
  const settled = await relax(evaluates, cut, SETTLED);
  const area = cut.cell[0] * cut.cell[4] - cut.cell[1] * cut.cell[3];
  return settled.converged
    ? found((settled.energy - bulk * atomCount(cut)) / (2 * area))
    : failed(settled.failure!);
}
