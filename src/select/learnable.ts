import type { LearnablePotential } from '../../potentials/learnable.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';

/** The same potential, if it is linear in its coefficients. Throws a UserError if not. */
export function learnable(potential: Potential): LearnablePotential {
  if ('rows' in potential && 'parameters' in potential) return potential as LearnablePotential;
  throw new UserError(
    `strategy: got the potential ${potential.kind}, must be one that is taught; choose another strategy`,
  );
}
