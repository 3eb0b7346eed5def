import { lennardJonesPair } from '../../potentials/lennardJones/lennardJones.ts';
import { pairPotential } from '../../potentials/pairPotential.ts';
import { taper } from '../../potentials/radial.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { blankEvaluation, type Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { maxwellBoltzmann } from '../../src/core/velocities.ts';

/** Lennard-Jones argon, tapered early so that small cells are cheap. */
export const argon: Potential = pairPotential({
  kind: 'argon',
  elements: ['Ar'],
  cutoff: 6,
  pair: [taper(lennardJonesPair(0.0103235, 3.405), 4.5, 6)],
});

/** Atoms that do not see each other. */
export const idealGas: Potential = {
  kind: 'idealGas',
  elements: ['Ar'],
  cutoff: 1,
  members: 1,
  projectionWidth: 0,
  evaluate: (s, _, want, out) => blankEvaluation(idealGas, s.species.length, want, out),
};

/** fcc argon, 4·repeats³ atoms. */
export function argonCrystal(repeats: number, a = 5.35): Structure {
  const half = a / 2;
  const cell = structureFrom(
    ['Ar', 'Ar', 'Ar', 'Ar'],
    [0, 0, 0, 0, half, half, half, 0, half, half, half, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  return supercell(cell, [repeats, repeats, repeats]);
}

/** A start at step 0 whose temperature is exact. */
export function startAt(structure: Structure, temperature: number, seed = 1): MdState {
  const velocities = maxwellBoltzmann(structure, temperature, seed, true);
  return { step: 0, structure, velocities, extended: new Float64Array(0) };
}
