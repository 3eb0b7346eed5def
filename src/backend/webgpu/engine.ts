import { degreesOfFreedom, type Integrator, targetTemperature } from '../../../integrators/substeps.ts';
import { UserError } from '../../core/errors.ts';
import { fromFixed } from '../../core/fixedPoint.wgsl.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential, Quantity } from '../../core/potential.ts';
import { kineticEnergy, temperatureOf } from '../../core/velocities.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';
import type { Engine, FrameEvaluator, Stop, Watch } from '../backend.ts';
import { flightRecorder } from '../stepping/flightRecorder.ts';
import { observe } from '../stepping/observe.ts';
import { driftTrouble, stateTrouble } from '../stepping/stability.ts';
import { liveFrom, snapshot } from '../stepping/system.ts';
import { wasmBackend } from '../wasm/wasmBackend.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import { addForces, deviceForces, settle, submit } from './deviceForces.ts';
import { faultText, forceFieldFor } from './forceField.ts';
import { read, write } from './kernel.ts';
import { type Screen, screenFor, trustworthy } from './screen.ts';
import { type Look, steps as stepsOf } from './steps.ts';

/** Steps between two looks at the halt flag. */
const BATCH = 50;

/**
 * Steps one system on the device. The host reads it where `advance` ends and where a grade comes near `select`: f32 grades on the device
 * only screen, what counts is f64 on the CPU by the kernels of `wasm`. Measures that the device cannot screen are f64 at every check.
 */
export async function webgpuEngine(
  gpu: Gpu,
  potential: Potential,
  integrator: Integrator,
  start: MdState,
): Promise<Engine> {
  const live = liveFrom(start, integrator);
  const { system, structure } = live;
  const n = system.masses.length;
  const field = forceFieldFor(gpu, potential, structure);
  const forces = deviceForces(gpu, potential, field, structure);
  const device = forces.system;
  const steps = stepsOf(gpu, integrator, forces);
  let seen: Map<Uncertainty, Float64Array> | undefined;
  const recorder = flightRecorder(live, (measure, e, s) => seen?.get(measure) ?? measure.grade(e, s));
  const known = structure.elements.map((symbol) => potential.elements.indexOf(symbol));
  const free = (i: number) => field.e0[known[structure.species[i]]];
  const freedom = degreesOfFreedom(integrator, n);
  const temperature = () => temperatureOf(kineticEnergy(system.masses, system.velocities), freedom);
  const startTemperature = temperature();
  const result = { energy: 0, energies: new Float64Array(n), forces: system.forces, virial: system.virial };
  let grader: FrameEvaluator | undefined;
  let conservedBefore: number | undefined;
  let screen: Screen | undefined;
  let watched: Watch | undefined;
  /** Whether the screen has proved to be good enough. */
  let screened = false;

  const place = (fixed: ArrayBuffer, v: ArrayBuffer) => {
    fromFixed(new Int32Array(fixed), system.positions);
    const moving = new Float32Array(v);
    for (let i = 0; i < n; i++) for (let x = 0; x < 3; x++) system.velocities[3 * i + x] = moving[4 * i + x];
  };

  const sum = (heat: ArrayBuffer) => new Float32Array(heat).subarray(0, n).reduce((all, h) => all + h, 0);

  /** Brings the state on the device to the host. */
  const load = async () => {
    const [fixed, v, f, w, heat] = await read(
      gpu,
      device.fixed,
      device.velocities,
      device.forces,
      device.virials,
      device.heat,
    );
    place(fixed, v);
    addForces(result, new Float32Array(f), new Float32Array(w), free);
    system.extended[0] += sum(heat);
    write(gpu, device.heat, new Float32Array(n));
  };

  /** Runs what was encoded, and what a list that had to grow left undone; why the state is frozen, or undefined. */
  const carryOut = async (count: number, lookAt: (step: number) => Look | undefined) => {
    const goal = system.step + count;
    const go = (pass: GPUComputePassEncoder, first: number) => {
      for (let step = first; step <= goal; step++) steps.encode(pass, lookAt(step));
    };
    submit(gpu, (pass) => {
      if (count === 0) forces.encode(pass);
      go(pass, system.step + 1);
    });
    for (;;) {
      const { words, again, fault, atom } = await settle(gpu, forces);
      system.step = words[at.STEP] + words[at.STEP_HIGH] * 2 ** 32;
      if (fault !== 0) return { fault, text: faultText(fault, atom) };
      if (!again) return undefined;
      submit(gpu, (pass) => {
        if (count === 0) forces.encode(pass);
        else steps.encodeRest(pass, lookAt(system.step + 1));
        go(pass, system.step + 2);
      });
    }
  };

  /** In f64; true when a grade is beyond `pause`. */
  const check = async (watch: Watch) => {
    const needs = [...new Set<Quantity>(watch.measures.flatMap((w) => w.measure.needs))];
    grader ??= await wasmBackend().evaluator!(potential);
    const e = await grader.evaluate(structure, needs);
    const beyond = recorder.check(watch, e);
    if (screen && !screened) {
      submit(gpu, screen.encode);
      screened = await trustworthy(screen, e, structure);
      device.calm();
      if (!screened) {
        screen.dispose();
        screen = undefined;
        process.emitWarning(
          'webgpu: this active set is too ill-conditioned for f32; grades are f64 on the CPU at every check',
        );
      }
    }
    return beyond;
  };
  /** Tells the recorder of the latest look on the device that found nothing. */
  const keepTrusted = async (watch: Watch, by: Screen, halted: boolean) => {
    const { trusted } = steps;
    const [fixed, v, heat, when] = await read(
      gpu,
      trusted.fixed,
      trusted.velocities,
      trusted.heat,
      trusted.step,
    );
    const [low, high] = new Uint32Array(when);
    const step = low + high * 2 ** 32;
    if (step <= recorder.trusted().step || step >= system.step) return;
    const [now, before] = [system.step, system.extended[0]];
    place(fixed, v);
    system.step = step;
    system.extended[0] += sum(heat);
    // Grades that halted are of a later state, which is checked next.
    if (halted) seen = new Map(watch.measures.map((w) => [w.measure, new Float64Array(n)]));
    else seen = await seenBy(watch, by);
    recorder.check(watch, NOTHING);
    seen = undefined;
    system.step = now;
    system.extended[0] = before;
  };
  /** What the device saw of the state as it is. */
  const accept = async (watch: Watch, by: Screen) => {
    seen = await seenBy(watch, by);
    const beyond = recorder.check(watch, NOTHING);
    seen = undefined;
    return beyond;
  };
  /** Grades of the latest look; measures that stop nothing are f64, of the atoms where the host has them. */
  const seenBy = async (watch: Watch, by: Screen) => {
    const grades = await by.grades();
    for (const { measure } of watch.measures)
      if (!measure.coordinates) grades.set(measure, await gradeOnHost(measure));
    return grades;
  };
  const gradeOnHost = async (measure: Uncertainty) => {
    grader ??= await wasmBackend().evaluator!(potential);
    return measure.grade(await grader.evaluate(structure, measure.needs), structure);
  };
  const unstable = (problem: string): Stop => ({
    reason: 'unstable',
    state: recorder.trusted(),
    step: system.step,
    detail: `step ${system.step}: ${problem}`,
    frames: recorder.take(),
  });
  const instability = () => {
    const target = targetTemperature(integrator, system.step * integrator.timestep) ?? startTemperature;
    return stateTrouble(system, temperature(), target);
  };

  async function advance(count: number, watch: Watch, signal: AbortSignal): Promise<Stop> {
    const graded = watch.measures.length > 0;
    const same = watch.measures.every(
      (w, k) => watched?.measures[k]?.measure === w.measure && watched.measures[k].select === w.select,
    );
    if (graded && !(same && watched?.measures.length === watch.measures.length)) {
      screen?.dispose();
      screen = screenFor(gpu, forces, structure, potential.projectionWidth, watch);
      screened = false;
    }
    watched = watch;
    let passed = false;
    // Whether the host has the state that the device is in.
    let current = true;
    const looking = () => (screen && screened ? screen : undefined);
    const bring = async (halted: boolean) => {
      const by = looking();
      if (by) await keepTrusted(watch, by, halted);
      await load();
      current = true;
    };
    for (let done = 0; ; ) {
      const due = current && recorder.due(watch);
      if (current) {
        const problem = instability();
        if (problem) return unstable(problem);
      }
      if (due && (graded || done === count)) {
        const { conserved } = observe(integrator, system, result.energy);
        const drift = driftTrouble(conservedBefore ?? conserved, conserved, n);
        if (drift) return unstable(drift);
        conservedBefore = conserved;
        const beyond = !graded
          ? recorder.check(watch, NOTHING)
          : screen && screened && passed
            ? await accept(watch, screen)
            : await check(watch);
        if (beyond)
          return {
            reason: 'uncertain',
            state: recorder.trusted(),
            step: system.step,
            frames: recorder.take(),
          };
      }
      if (done === count) return { reason: 'finished', state: snapshot(live) };
      if (signal.aborted) {
        if (!current) await bring(false);
        return { reason: 'aborted', state: snapshot(live) };
      }
      const look = looking()?.encode;
      const untilCheck = graded && !look ? watch.interval - (system.step % watch.interval) : BATCH;
      const size = Math.min(count - done, untilCheck, BATCH);
      const before = system.step;
      const problem = await carryOut(size, (step) => (step % watch.interval === 0 ? look : undefined));
      done += system.step - before;
      passed = problem === undefined && look !== undefined;
      current = false;
      if (problem || done === count || (graded && !look)) await bring(problem?.fault === at.GRADED);
      if (problem?.fault === at.GRADED) device.calm();
      else if (problem) return unstable(problem.text);
    }
  }

  device.upload(system.positions, system.velocities);
  device.set(at.STEP, system.step >>> 0, Math.floor(system.step / 2 ** 32));
  const trouble = await carryOut(0, () => undefined);
  if (trouble) throw new UserError(`webgpu: ${trouble.text}`);
  await load();
  return {
    advance,
    observe: () => observe(integrator, system, result.energy),
    state: () => snapshot(live),
    trusted: recorder.trusted,
    checks: recorder.checks,
    dispose() {
      grader?.dispose();
      gpu.dispose();
    },
  };
}

const NONE = new Float64Array(0);
const NOTHING = {
  energy: 0,
  energies: NONE,
  forces: NONE,
  virial: NONE,
  projections: NONE,
  projectionWidth: 0,
  memberEnergies: NONE,
  memberForces: NONE,
};
