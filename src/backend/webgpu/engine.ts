import { degreesOfFreedom, type Integrator, targetTemperature } from '../../../integrators/substeps.ts';
import { fromFixed } from '../../core/fixedPoint.wgsl.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential, Quantity } from '../../core/potential.ts';
import { kineticEnergy, temperatureOf } from '../../core/velocities.ts';
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
import { steps as stepsOf } from './steps.ts';

/** Steps between two looks at the halt flag. */
const BATCH = 50;

/**
 * Steps one system on the device. The host reads it where `advance` ends and where it is graded: grades are f64 on the CPU, by the
 * kernels of `wasm`.
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
  const recorder = flightRecorder(live, (measure, e, s) => measure.grade(e, s));
  const known = structure.elements.map((symbol) => potential.elements.indexOf(symbol));
  const free = (i: number) => field.e0[known[structure.species[i]]];
  const freedom = degreesOfFreedom(integrator, n);
  const temperature = () => temperatureOf(kineticEnergy(system.masses, system.velocities), freedom);
  const startTemperature = temperature();
  const result = { energy: 0, energies: new Float64Array(n), forces: system.forces, virial: system.virial };
  let grader: FrameEvaluator | undefined;
  let conservedBefore: number | undefined;

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
    fromFixed(new Int32Array(fixed), system.positions);
    const moving = new Float32Array(v);
    for (let i = 0; i < n; i++) for (let x = 0; x < 3; x++) system.velocities[3 * i + x] = moving[4 * i + x];
    addForces(result, new Float32Array(f), new Float32Array(w), free);
    for (const h of new Float32Array(heat).subarray(0, n)) system.extended[0] += h;
    write(gpu, device.heat, new Float32Array(n));
  };

  /** Runs what was encoded, and what a list that had to grow left undone; why the state is frozen, or undefined. */
  const carryOut = async (encode: (pass: GPUComputePassEncoder) => void, count: number) => {
    submit(gpu, encode);
    const goal = system.step + count;
    for (;;) {
      const { words, again, fault, atom } = await settle(gpu, forces);
      system.step = words[at.STEP] + words[at.STEP_HIGH] * 2 ** 32;
      if (fault !== 0) return faultText(fault, atom);
      if (!again) return undefined;
      submit(gpu, (pass) => {
        if (count > 0) steps.encodeRest(pass);
        else forces.encode(pass);
        for (let k = system.step + 1; k < goal; k++) steps.encode(pass);
      });
    }
  };

  const check = async (watch: Watch) => {
    const needs = [...new Set<Quantity>(watch.measures.flatMap((w) => w.measure.needs))];
    grader ??= await wasmBackend().evaluator!(potential);
    return recorder.check(watch, await grader.evaluate(structure, needs));
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
    for (let done = 0; ; ) {
      const due = recorder.due(watch);
      if (done === count || (graded && due) || done === 0) {
        const problem = instability();
        if (problem) return unstable(problem);
      }
      if (due && (graded || done === count)) {
        const { conserved } = observe(integrator, system, result.energy);
        const drift = driftTrouble(conservedBefore ?? conserved, conserved, n);
        if (drift) return unstable(drift);
        conservedBefore = conserved;
        if (graded ? await check(watch) : recorder.check(watch, NOTHING))
          return {
            reason: 'uncertain',
            state: recorder.trusted(),
            step: system.step,
            frames: recorder.take(),
          };
      }
      if (done === count) return { reason: 'finished', state: snapshot(live) };
      if (signal.aborted) {
        await load();
        return { reason: 'aborted', state: snapshot(live) };
      }
      const untilCheck = graded ? watch.interval - (system.step % watch.interval) : BATCH;
      const size = Math.min(count - done, untilCheck, BATCH);
      const problem = await carryOut((pass) => {
        for (let k = 0; k < size; k++) steps.encode(pass);
      }, size);
      done += size;
      if (problem !== undefined || done === count || (graded && recorder.due(watch))) await load();
      if (problem !== undefined) return unstable(problem);
    }
  }

  device.upload(system.positions, system.velocities);
  device.set(at.STEP, system.step >>> 0, Math.floor(system.step / 2 ** 32));
  const trouble = await carryOut((pass) => forces.encode(pass), 0);
  if (trouble !== undefined) throw new Error(`webgpu: ${trouble}`);
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
