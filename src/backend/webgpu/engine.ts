import { strains } from '../../../integrators/collective.wgsl.ts';
import { chainEnergy } from '../../../integrators/noseHooverChain.ts';
import { degreesOfFreedom, type Integrator, targetTemperature } from '../../../integrators/substeps.ts';
import { UserError } from '../../core/errors.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential } from '../../core/potential.ts';
import { BOLTZMANN } from '../../core/units.ts';
import { kineticEnergy, temperatureOf } from '../../core/velocities.ts';
import type { Engine, Stop, Watch } from '../backend.ts';
import { flightRecorder } from '../stepping/flightRecorder.ts';
import { observe } from '../stepping/observe.ts';
import { driftTrouble, hottest, stateTrouble } from '../stepping/stability.ts';
import { liveFrom, snapshot } from '../stepping/system.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import { deviceForces, settle, submit } from './deviceForces.ts';
import { deviceRecorder } from './deviceRecorder.ts';
import { faultText, forceFieldFor } from './forceField.ts';
import { grading } from './grading.ts';
import { requireRoomFor } from './memory.ts';
import { mirror } from './mirror.ts';
import { batchOf, steps as stepsOf, submitSteps } from './steps.ts';

/** Why the state on the device is frozen. */
interface Halt {
  readonly fault: number;
  readonly text: string;
}

/**
 * Steps one system on the device, which judges and keeps states by itself. The host has a picture of it wherever `advance` ends and where
 * a grade comes near a threshold: f32 only screens, what counts is f64.
 */
export async function webgpuEngine(
  gpu: Gpu,
  potential: Potential,
  integrator: Integrator,
  start: MdState,
): Promise<Engine> {
  const live = liveFrom(start, integrator);
  const { system, structure } = live;
  await requireRoomFor(gpu, potential, integrator, structure);
  const n = system.masses.length;
  const field = forceFieldFor(gpu, potential, structure);
  const forces = deviceForces(gpu, potential, field, structure);
  const device = forces.system;
  const steps = stepsOf(gpu, integrator, forces);
  const kept = deviceRecorder(device);
  const recorder = flightRecorder(live, (measure, e, s) => measure.grade(e, s));
  const grades = grading(gpu, potential, structure, forces);
  const known = structure.elements.map((symbol) => potential.elements.indexOf(symbol));
  const strained = integrator.substeps.some(strains);
  const host = mirror(live, forces, strained, (i) => field.e0[known[structure.species[i]]]);
  const freedom = degreesOfFreedom(integrator, n);
  const temperature = () => temperatureOf(kineticEnergy(system.masses, system.velocities), freedom);
  const startTemperature = temperature();
  let conservedBefore: number | undefined;

  const expected = (step: number) =>
    targetTemperature(integrator, step * integrator.timestep) ?? startTemperature;

  /** Runs `count` steps, and what a list that had to grow left undone; `check` follows the steps that are checked. */
  async function carryOut(count: number, checked: (step: number) => boolean): Promise<Halt | undefined> {
    const goal = system.step + count;
    kept.limit((hottest(Math.max(expected(system.step), expected(goal))) * freedom * BOLTZMANN) / 2);
    const { screen } = grades;
    const begin = (pass: GPUComputePassEncoder) => {
      forces.encode(pass);
      kept.encode(pass);
    };
    const check = (pass: GPUComputePassEncoder, step: number) => {
      if (!checked(step)) return;
      screen?.encode(pass);
      kept.encode(pass);
    };
    const rest = (from: number) =>
      submitSteps(gpu, from, goal, (pass, step) => {
        steps.encode(pass, step);
        check(pass, step);
      });
    if (count === 0) submit(gpu, begin);
    rest(system.step + 1);
    for (;;) {
      const { words, again, fault, atom } = await settle(gpu, forces);
      system.step = words[at.STEP] + words[at.STEP_HIGH] * 2 ** 32;
      if (fault !== 0) return { fault, text: faultText(fault, atom) };
      if (!again) return undefined;
      submit(gpu, (pass) => {
        if (count === 0) return begin(pass);
        steps.encodeRest(pass);
        check(pass, system.step + 1);
      });
      rest(system.step + 2);
    }
  }

  /** Batches until the goal, a halt, an abort or a check that the host has to make. */
  async function carryOn(goal: number, watch: Watch, signal: AbortSignal): Promise<Halt | undefined> {
    const byHost = watch.measures.length > 0 && !grades.screen;
    const checked = (step: number) => !byHost && step % watch.interval === 0;
    for (;;) {
      const batch = batchOf(n);
      const untilCheck = byHost ? watch.interval - (system.step % watch.interval) : batch;
      const halt = await carryOut(Math.min(goal - system.step, untilCheck, batch), checked);
      if (halt || system.step === goal || byHost || signal.aborted) {
        await bring(watch, halt);
        if (!byHost) conservedBefore = undefined;
        return halt;
      }
    }
  }

  /** Shows the host the state as it is, and the recorder what the device kept: flagged frames only where somebody will ask for them. */
  async function bring(watch: Watch, halt: Halt | undefined): Promise<void> {
    const { step } = system;
    const { trustedStep, flagged, conserved } = await kept.contents();
    const trusts = trustedStep > recorder.trustedStep;
    const latest = flagged.at(-1);
    const seenAt = latest?.step ?? (trusts ? trustedStep : undefined);
    const show = async () => {
      if (seenAt !== undefined && grades.screen) recorder.show(watch, await grades.latest(watch), seenAt);
    };
    if (trusts && trustedStep !== step) {
      await host.show(kept.trusted, trustedStep);
      recorder.trust();
    }
    if (halt) {
      for (const frame of flagged) {
        await host.showShape(frame.parts, frame.step);
        recorder.remember(watch, await grades.evaluate(watch));
      }
      kept.clear();
    } else if (seenAt !== step) {
      if (latest) await host.showShape(latest.parts, latest.step);
      await show();
    }
    system.step = step;
    kept.rebase(conserved + (await host.load()) / n);
    if (trusts && trustedStep === step) recorder.trust();
    if (!halt && seenAt === step) await show();
  }

  /** What the host finds in the state that it has. */
  async function judge(watch: Watch): Promise<Stop | undefined> {
    const problem = stateTrouble(system, temperature(), expected(system.step));
    if (problem) return recorder.unstable(problem);
    if (watch.measures.length === 0 || !recorder.due(watch)) return undefined;
    const { conserved } = observe(integrator, system, host.energy);
    const drift = driftTrouble(conservedBefore ?? conserved, conserved, n);
    if (drift) return recorder.unstable(drift);
    conservedBefore = conserved;
    const e = await grades.evaluate(watch);
    const beyond = recorder.check(watch, e);
    await grades.prove(e);
    return beyond ? recorder.uncertain() : undefined;
  }

  async function advance(count: number, watch: Watch, signal: AbortSignal): Promise<Stop> {
    grades.attend(watch);
    const goal = system.step + count;
    for (;;) {
      const stop = await judge(watch);
      if (stop) return stop;
      if (system.step === goal) return { reason: 'finished', state: snapshot(live) };
      if (signal.aborted) return { reason: 'aborted', state: snapshot(live) };
      const halt = await carryOn(goal, watch, signal);
      if (halt?.fault === at.GRADED) device.calm();
      else if (halt?.fault === at.AT_REST) throw new UserError(`step ${system.step} ${halt.text}`);
      else if (halt)
        return recorder.unstable(stateTrouble(system, temperature(), expected(system.step)) ?? halt.text);
    }
  }

  device.upload(system.positions, system.velocities);
  device.setChain(chainEnergy(integrator, system), system.extended.subarray(1));
  device.set(at.STEP, system.step >>> 0, Math.floor(system.step / 2 ** 32));
  const halt = await carryOut(0, () => false);
  if (halt) throw new UserError(`webgpu: ${halt.text}`);
  await host.load();
  return {
    advance,
    observe: () => observe(integrator, system, host.energy),
    state: () => snapshot(live),
    trusted: recorder.trusted,
    checks: recorder.checks,
    dispose() {
      grades.dispose();
      gpu.dispose();
    },
  };
}
