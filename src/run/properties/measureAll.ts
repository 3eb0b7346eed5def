import type { Structure } from '../../core/structure.ts';
import type { Dynamics } from '../../properties/coexistence.ts';
import type { Evaluates } from '../../properties/evaluates.ts';
import type { Outcome } from '../../properties/outcome.ts';
import { type Subject, subjectOf } from '../../properties/subject.ts';
import { type Measured, PROPERTIES, type SuiteOptions } from '../../properties/suite.ts';

/** Everything measured on one crystal under one potential. */
export interface Portrait {
  readonly subject: Subject;
  /** By kind of property. */
  readonly measured: ReadonlyMap<string, Measured>;
  /** Kinds that this crystal has none of, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

/** `only`: kinds of properties, all but the dear ones if undefined. Fails where the crystal itself does not relax. */
export async function measureAll(
  evaluates: Evaluates,
  start: Structure,
  options: SuiteOptions,
  only: readonly string[] | undefined,
  progress: (kind: string) => void,
  dynamics?: Dynamics,
): Promise<Outcome<Portrait>> {
  const { value: subject, failure } = await subjectOf(evaluates, start, dynamics);
  if (failure !== undefined) return { failure };
  const measured = new Map<string, Measured>();
  const refused = new Map<string, string>();
  for (const property of PROPERTIES) {
    if (only ? !only.includes(property.kind) : property.dear) continue;
    const why = property.refuses?.(subject, options);
    if (why !== undefined) {
      refused.set(property.kind, why);
      continue;
    }
    progress(property.kind);
    measured.set(property.kind, await property.measure(subject, options));
  }
  return { value: { subject, measured, refused } };
}
