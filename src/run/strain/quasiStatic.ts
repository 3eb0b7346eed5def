/**
 * Strain without dynamics: a step of the run is one increment of the strain path, after which atoms, and sides where a pressure is given,
 * are relaxed. The same loop, thresholds and files as for molecular dynamics; time is only what the path is written against.
 */
import { deform } from '../../../integrators/deform.ts';
import { valueAt } from '../../../integrators/schedule.ts';
import {
  type CellRescale,
  checkIntegrator,
  type Deform,
  type Integrator,
} from '../../../integrators/substeps.ts';
import { workLedger } from '../../../integrators/work.ts';
import type { Backend, Engine, FrameEvaluator, Watch } from '../../backend/backend.ts';
import { ALWAYS } from '../../backend/stepping/evaluator.ts';
import { flightRecorder } from '../../backend/stepping/flightRecorder.ts';
import { observe } from '../../backend/stepping/observe.ts';
import { type Live, liveFrom, snapshot } from '../../backend/stepping/system.ts';
import { UserError } from '../../core/errors.ts';
import { GPA } from '../../core/units.ts';
import { relax } from '../../properties/relax.ts';

/** When an increment counts as settled. */
export interface Settling {
  /** eV/Å. */
  readonly force: number;
  /** eV/Å³, of free sides. */
  readonly stress: number;
  /** Evaluations at most. */
  readonly steps: number;
}

/** A backend whose steps are increments, evaluated by `backend`. */
export function quasiStatic(backend: Backend, settling: Settling): Backend {
  return {
    kind: backend.kind,
    describe: async () => `${(await backend.describe?.()) ?? backend.kind}, quasi-static`,
    async prepare(potential, integrator, start) {
      checkIntegrator(integrator, start.structure, start.extended);
      if (!backend.evaluator)
        throw new UserError(
          `backend: '${backend.kind}' only steps, must evaluate to relax increments of strain; use backend: wasm`,
        );
      const live = liveFrom(start, integrator);
      live.system.velocities.fill(0);
      return quasiStaticEngine(integrator, live, await backend.evaluator(potential), settling);
    },
    ...(backend.evaluator && { evaluator: backend.evaluator }),
  };
}

async function quasiStaticEngine(
  integrator: Integrator,
  live: Live,
  evaluator: FrameEvaluator,
  settling: Settling,
): Promise<Engine> {
  const { system, structure } = live;
  const recorder = flightRecorder(live, (measure, e, s) => measure.grade(e, s));
  const path = integrator.substeps.find((s): s is Deform => s.kind === 'deform')!;
  const sides = integrator.substeps.find((s): s is CellRescale => s.kind === 'cellRescale');
  const increment = deform(path, integrator, system, workLedger(system));
  let energy = 0;
  let trouble: string | undefined;

  const evaluate = async (watch?: Watch) => {
    const needs = watch?.measures.flatMap(({ measure }) => measure.needs) ?? [];
    const e = await evaluator.evaluate(structure, [...new Set([...ALWAYS, ...needs])]);
    system.forces = e.forces.slice();
    system.virial = e.virial.slice();
    energy = e.energy;
    return e;
  };
  const step = async () => {
    increment();
    system.step++;
    const found = await relax(evaluator, structure, {
      cell: sides ? [...sides.axes, false, false, false] : false,
      pressure: sides ? valueAt(sides.pressure, system.step * integrator.timestep) * GPA : 0,
      force: settling.force,
      stress: settling.stress * GPA,
      steps: settling.steps,
    });
    system.positions.set(found.structure.positions);
    system.cell.set(found.structure.cell);
    trouble = found.failure;
  };
  await evaluate();

  return {
    async advance(steps, watch, signal) {
      for (let done = 0; ; done++) {
        if (recorder.due(watch) && recorder.check(watch, await evaluate(watch))) return recorder.uncertain();
        if (trouble) return recorder.unstable(trouble);
        if (done === steps) return { reason: 'finished', state: snapshot(live) };
        if (signal.aborted) return { reason: 'aborted', state: snapshot(live) };
        await step();
        await evaluate();
      }
    },
    observe: () => observe(integrator, system, energy),
    state: () => snapshot(live),
    trusted: recorder.trusted,
    checks: recorder.checks,
    dispose: evaluator.dispose,
  };
}
