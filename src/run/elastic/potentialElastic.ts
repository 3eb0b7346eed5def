import type { LearnablePotential } from '../../../potentials/learnable.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { crystalElastic, type EnsembleElastic, ensembleElastic } from '../../properties/ensembleElastic.ts';
import { plainly } from '../../properties/evaluates.ts';
import { allowedTensors, independentConstants } from '../../properties/mandel.ts';
import { symmetryOf } from '../../properties/symmetry.ts';

/** Of any potential; one without members has none here either. */
export async function potentialElastic(potential: Potential, crystal: Structure): Promise<EnsembleElastic> {
  if ('parameters' in potential) return ensembleElastic(potential as LearnablePotential, crystal);
  const symmetry = symmetryOf(crystal);
  const mean = await crystalElastic(plainly(potential), crystal, symmetry);
  return { symmetry, constants: independentConstants(allowedTensors(symmetry.rotations)), mean, members: [] };
}
