import { UserError } from '../../src/core/errors.ts';
import { type AcePotential, acePotential, type LearnableAce, learnableAce } from './ace.ts';
import { isLinear } from './model.ts';
import { readPacemaker } from './pacemaker.ts';
import { readYace } from './yace.ts';

/**
 * A potential of the field from the text of `file`, by its ending: .yaml or .yml (pacemaker) or .yace. A linear .yaml can be
 * taught. Throws a UserError with line and rule for a file that breaks its format.
 */
export function readPotentialFile(text: string, file: string): AcePotential | LearnableAce {
  if (/\.yace$/i.test(file)) return acePotential(readYace(text, file));
  if (!/\.ya?ml$/i.test(file))
    throw new UserError(
      `${file}: got an unknown kind of file, must end in .yaml or .yace; rename or convert it`,
    );
  const model = readPacemaker(text, file);
  return isLinear(model) ? learnableAce(model) : acePotential(model);
}
