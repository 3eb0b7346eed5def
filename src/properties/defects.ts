import { takeOut } from '../core/pointDefects.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import { type Plane, slab } from '../core/surfaces.ts';
import type { Evaluates } from './evaluates.ts';
import { relax } from './relax.ts';

/** Å of nothing above a slab: more than any cutoff reaches. */
const VACUUM = 12;

/**
 * eV: E(N − 1) − E(N) (N − 1)/N of a supercell of a relaxed crystal, atoms settled at constant volume. NaN where they do not settle.
 */
export async function vacancyEnergy(
  evaluates: Evaluates,
  relaxed: Structure,
  repeat: readonly [number, number, number],
): Promise<number> {
  const whole = supercell(relaxed, repeat);
  const n = atomCount(whole);
  const perfect = (await evaluates.evaluate(whole, [])).energy;
  const found = await relax(evaluates, takeOut(whole, 1), { cell: false, force: 1e-3 });
  return found.converged ? found.energy - (perfect * (n - 1)) / n : Number.NaN;
}

/** eV/Å² of each of the two faces of a slab of a relaxed cubic crystal, atoms settled. NaN where they do not settle. */
export async function surfaceEnergy(
  evaluates: Evaluates,
  relaxed: Structure,
  plane: Plane,
  layers: number,
): Promise<number> {
  const { energy } = await evaluates.evaluate(relaxed, []);
  const bulk = energy / atomCount(relaxed);
  const cut = slab(relaxed, plane, [1, 1, layers], VACUUM);
  const found = await relax(evaluates, cut, { cell: false, force: 1e-3 });
  const area = cut.cell[0] * cut.cell[4] - cut.cell[1] * cut.cell[3];
  return found.converged ? (found.energy - bulk * atomCount(cut)) / (2 * area) : Number.NaN;
}
