import { stepper } from '../../../integrators/execute.ts';
import { degreesOfFreedom, type Integrator, targetTemperature } from '../../../integrators/substeps.ts';
import { volume } from '../../core/cell.ts';
import type { Quantity } from '../../core/potential.ts';
import { kineticEnergy, temperatureOf } from '../../core/velocities.ts';
import type { Engine, Stop, Watch } from '../backend.ts';
import type { Evaluator } from './evaluator.ts';
import { flightRecorder } from './flightRecorder.ts';
import { observe } from './observe.ts';
import { driftTrouble, motionTrouble, stateTrouble } from './stability.ts';
import { type Live, snapshot } from './system.ts';

/** ms between two breaths for timers, signals and the rest of the program. */
const BREATH = 30;

/**
 * Steps one system; the host integrates, `forces` evaluates. After a stop the engine stays at the frame that caused it, so that `observe` and
 * `state` show it; advancing again goes on from there, and `trusted` is where a taught potential should start.
 */
export function steppingEngine(integrator: Integrator, live: Live, forces: Evaluator): Engine {
  const { system } = live;
  const recorder = flightRecorder(live, forces.grade);
  const freedom = degreesOfFreedom(integrator, system.masses.length);
  const temperature = () => temperatureOf(kineticEnergy(system.masses, system.velocities), freedom);
  const startTemperature = temperature();
  let volumeBefore = volume(system.cell);
  let trouble: string | undefined;
  let conservedBefore: number | undefined;
  let wanted: readonly Quantity[] | undefined;

  const accept = ({ forces, virial }: { forces: Float64Array; virial: Float64Array }) => {
    system.forces = forces;
    system.virial = virial;
  };
  const step = stepper(integrator, system, () => {
    trouble = motionTrouble(system, integrator.timestep, volumeBefore);
    volumeBefore = volume(system.cell);
    if (!trouble) accept(forces.renew(wanted));
  });
  const instability = () => {
    const target = targetTemperature(integrator, system.step * integrator.timestep) ?? startTemperature;
    return trouble ?? stateTrouble(system, temperature(), target);
  };
  accept(forces.latest);

  async function advance(steps: number, watch: Watch, signal: AbortSignal): Promise<Stop> {
    const graded = forces.attend(watch.measures.map((w) => w.measure));
    let breath = performance.now();
    for (let done = 0; ; done++) {
      const problem = instability();
      if (problem) return recorder.unstable(problem);
      if (recorder.due(watch)) {
        const evaluation = forces.holding(graded);
        accept(evaluation);
        const { conserved } = observe(integrator, system, evaluation.energy);
        const drift = driftTrouble(conservedBefore ?? conserved, conserved, system.masses.length);
        if (drift) return recorder.unstable(drift);
        conservedBefore = conserved;
        if (recorder.check(watch, evaluation)) return recorder.uncertain();
      }
      if (done === steps) return { reason: 'finished', state: snapshot(live) };
      if (signal.aborted) return { reason: 'aborted', state: snapshot(live) };
      if (performance.now() - breath > BREATH) {
        await new Promise((resolve) => setImmediate(resolve));
        breath = performance.now();
      }
      wanted = (system.step + 1) % watch.interval === 0 ? graded : undefined;
      step();
    }
  }

  return {
    advance,
    observe: () => observe(integrator, system, forces.latest.energy),
    state: () => snapshot(live),
    trusted: recorder.trusted,
    checks: recorder.checks,
    dispose: forces.dispose,
  };
}
