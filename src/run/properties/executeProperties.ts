import type { Backend } from '../../backend/backend.ts';
import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { Dynamics } from '../../properties/coexistence.ts';
import { type Evaluates, membersOf } from '../../properties/evaluates.ts';
import type { Outcome } from '../../properties/outcome.ts';
import type { SuiteOptions } from '../../properties/suite.ts';
import { measureAll, type Portrait } from './measureAll.ts';

export interface PropertiesRequest {
  readonly potential: Potential;
  readonly crystal: Structure;
  readonly options: SuiteOptions;
  /** Kinds of properties; all if undefined. */
  readonly only: readonly string[] | undefined;
  readonly backend: Backend;
  readonly reference: Evaluates | undefined;
  /** Told what is begun. */
  progress(line: string): void;
  readonly signal: AbortSignal;
}

export interface Portraits {
  readonly mean: Portrait;
  /** None where there is no ensemble. */
  readonly members: readonly Outcome<Portrait>[];
  readonly reference: Portrait | undefined;
}

/** Of the potential that drives, of every member and of the reference. Throws a UserError where there is no crystal to speak of. */
export async function executeProperties(request: PropertiesRequest): Promise<Portraits> {
  const { crystal, options, only, backend, signal } = request;
  const { mean, members } = membersOf(request.potential);
  const measure = (evaluates: Evaluates, start: Structure, who: string, dynamics?: Dynamics) =>
    measureAll(
      evaluates,
      start,
      options,
      only,
      (kind) => {
        signal.throwIfAborted();
        request.progress(`${who}: ${kind}`);
      },
      dynamics,
    );
  const by = async (potential: Potential, start: Structure, who: string) => {
    if (!backend.evaluator)
      throw new UserError(
        `--backend: got ${backend.kind}, which only steps and does not evaluate single structures; use plain`,
      );
    const evaluator = await backend.evaluator(potential);
    try {
      return await measure(evaluator, start, who, { backend, potential, signal });
    } finally {
      evaluator.dispose();
    }
  };
  const driving = required(await by(mean, crystal, 'mean'), 'properties');
  const each: Outcome<Portrait>[] = [];
  // From the mean's equilibrium it is a few steps to each member's.
  for (const member of members)
    each.push(await by(member, driving.subject.crystal, `member ${each.length + 1}`));
  const reference =
    request.reference && required(await measure(request.reference, crystal, 'reference'), 'reference');
  return { mean: driving, members: each, reference };
}

function required({ value, failure }: Outcome<Portrait>, who: string): Portrait {
  if (failure === undefined) return value;
  throw new UserError(`${who}: ${failure}; check the lattice parameter and the potential`, 4);
}
