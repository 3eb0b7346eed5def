import type { Bias, BiasTerm } from '../../bias/bias.ts';
import { UserError } from '../../core/errors.ts';
import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import { ALWAYS, type Evaluator } from './evaluator.ts';

/**
 * An evaluator of the biased energy: what `inner` gives, with energy, forces and virial of the bias added; grades are those of the
 * ensemble as it is. `extended`: of the system, whose end the bias keeps, and whose first is heat and work: where the strength moves by
 * dτ, the energy −τσ moves by −σ dτ, work that is taken by the trapezoidal rule so that the conserved quantity stays one.
 */
export function biasedEvaluator(
  inner: Evaluator,
  bias: Bias,
  { kind, members }: Potential,
  extended: Float64Array,
): Evaluator {
  if (members < 2) {
    inner.dispose();
    throw new UserError(
      `md.bias: got a potential '${kind}' with ${members} member, must be an ensemble to disagree; raise train.ensemble.members`,
    );
  }
  const memory = extended.subarray(extended.length - bias.memory);
  const own = { forces: new Float64Array(0), energies: new Float64Array(0), virial: new Float64Array(9) };
  let seen: Evaluation | undefined;
  let before: Pick<BiasTerm, 'strength' | 'value'> | undefined;
  let latest: Evaluation;
  const withNeeds = (wanted: readonly Quantity[]) => [...new Set([...ALWAYS, ...wanted, ...bias.needs])];

  const add = (e: Evaluation, moved: boolean): Evaluation => {
    const term = bias.term(e, memory, moved);
    if (moved && before) extended[0] -= 0.5 * (term.value + before.value) * (term.strength - before.strength);
    before = { strength: term.strength, value: term.value };
    seen = e;
    latest = summed(e, term, own);
    return latest;
  };
  add(inner.holding(withNeeds([])), false);
  return {
    attend: (measures) => withNeeds(inner.attend(measures)),
    renew: (wanted = ALWAYS) => add(inner.renew(withNeeds(wanted)), true),
    holding(wanted) {
      const e = inner.holding(withNeeds(wanted));
      return e === seen ? latest : add(e, false);
    },
    get latest() {
      return latest;
    },
    grade: inner.grade,
    dispose: inner.dispose,
  };
}

/** The bias's energy is no atom's: all get an equal part. */
function summed(
  e: Evaluation,
  { strength, value, forces, virial }: BiasTerm,
  own: { forces: Float64Array; energies: Float64Array; readonly virial: Float64Array },
): Evaluation {
  if (own.forces.length !== e.forces.length) {
    own.forces = new Float64Array(e.forces.length);
    own.energies = new Float64Array(e.energies.length);
  }
  const energy = -strength * value;
  for (let k = 0; k < forces.length; k++) own.forces[k] = e.forces[k] + forces[k];
  for (let k = 0; k < 9; k++) own.virial[k] = e.virial[k] + virial[k];
  for (let i = 0; i < e.energies.length; i++) own.energies[i] = e.energies[i] + energy / e.energies.length;
  return { ...e, ...own, energy: e.energy + energy };
}
