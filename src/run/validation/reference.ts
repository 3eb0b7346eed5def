import { integrators } from '../../../integrators/registry.ts';
import { potentials } from '../../../potentials/registry.ts';
import { labelByPotential } from '../../calculators/potential.ts';
import type { RunConfig } from '../../config/schema.ts';
import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import { atomCount } from '../../core/structure.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import { backendOf, startState } from '../assemble.ts';

/** The reference calculator as a potential that can drive a trajectory. Throws a UserError where it is none. */
export function referencePotential({ label }: Pick<RunConfig, 'label'>): Potential {
  const { calculator } = label;
  if (calculator.kind !== 'potential' || !('potential' in calculator))
    throw new UserError(
      `validate: calculator '${calculator.kind}' cannot drive a trajectory, only 'potential' can; remove the section 'validate', and 'strain.reference'`,
    );
  return potentials.create(calculator.potential as { kind: string });
}

/**
 * Fresh frames, evenly spaced over a trajectory as long as the run's own but driven by the reference and begun with
 * other velocities and other noise: what the finished ensemble has to get right.
 */
export async function referenceFrames(config: RunConfig, signal: AbortSignal): Promise<LabelledFrame[]> {
  const truth = referencePotential(config);
  const { frames, seed } = config.validate!;
  const integrator = integrators.create({ ...config.md.integrator, ...{ seed } });
  const engine = await backendOf(config).prepare(truth, integrator, startState(config, integrator));
  const found: LabelledFrame[] = [];
  for (let k = 1; k <= frames; k++) {
    const due = Math.round((k * config.md.steps) / frames);
    const stop = await engine.advance(due - engine.observe().step, { interval: 1, measures: [] }, signal);
    if (stop.reason === 'aborted') break;
    if (stop.reason !== 'finished')
      throw new UserError(
        `validate: the reference's own trajectory stopped: ${stop.reason}; shorten md.integrator.timestep`,
        4,
      );
    const { structure } = engine.state();
    const core = new Uint8Array(atomCount(structure)).fill(1);
    found.push({
      structure,
      label: labelByPotential(truth, structure),
      core,
      faithful: true,
      group: 'reference',
      generation: 0,
    });
  }
  engine.dispose();
  return found;
}
