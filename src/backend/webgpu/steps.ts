import { checkIntegrator, type Integrator } from '../../../integrators/substeps.ts';
import { movesKernel, ON_DEVICE } from '../../../integrators/substeps.wgsl.ts';
import { UserError } from '../../core/errors.ts';
import type { MdState } from '../../core/mdState.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceForces } from './deviceForces.ts';
import { bind } from './deviceSystem.ts';
import { complain } from './forceField.ts';
import { kernel, run } from './kernel.ts';

/** Throws a UserError for an integrator with sub-steps that the device does not execute. */
export function checkSteps(integrator: Integrator, start: MdState): void {
  checkIntegrator(integrator, start.structure, start.extended);
  const missing = integrator.substeps.filter((s) => !ON_DEVICE.includes(s.kind)).map((s) => s.kind);
  if (missing.length > 0)
    throw new UserError(
      `webgpu: got integrator ${integrator.kind} with ${[...new Set(missing)].join(', ')}, must consist of ${ON_DEVICE.join(', ')}; use velocityVerlet or langevin, or backend wasm`,
    );
}

export interface Steps {
  /** One step; once halted, nothing. */
  encode(pass: GPUComputePassEncoder): void;
  /** What is left of a step that halted for want of pairs. */
  encodeRest(pass: GPUComputePassEncoder): void;
}

export function steps(gpu: Gpu, integrator: Integrator, forces: DeviceForces): Steps {
  const { system } = forces;
  const n = system.atoms;
  const middle = integrator.substeps.findIndex((s) => s.kind === 'force');
  const moves = (list: Integrator['substeps']) => {
    if (list.length === 0) return () => {};
    const code = movesKernel(n, list, integrator, at.STEP, complain(at.UNSTABLE));
    const made = kernel(gpu, list.map((s) => s.kind).join(', '), code, [
      bind.control(system.control),
      bind.flags(system.faults),
      bind.forces(system.forces),
      bind.velocities(system.velocities, 'read_write'),
      bind.fixed(system.fixed, 'read_write'),
      bind.windows(system.windows, 'read_write'),
      bind.heat(system.heat, 'read_write'),
    ]);
    return (pass: GPUComputePassEncoder) => run(pass, made, Math.ceil(n / 64));
  };
  const before = moves(integrator.substeps.slice(0, middle));
  const after = moves(integrator.substeps.slice(middle + 1));
  const end = kernel(gpu, 'end of step', END, [
    { ...bind.control(system.control), access: 'read_write' },
    bind.flags(system.faults),
  ]);
  const encodeRest = (pass: GPUComputePassEncoder) => {
    forces.encode(pass);
    after(pass);
    run(pass, end, 1);
  };
  return {
    encodeRest,
    encode(pass) {
      before(pass);
      encodeRest(pass);
    },
  };
}

const END = `
@compute @workgroup_size(1)
fn main() {
  if (control[${at.HALT}] != 0u) { return; }
  control[${at.STEP}] += 1u;
  if (control[${at.STEP}] == 0u) { control[${at.STEP_HIGH}] += 1u; }
  control[${at.HALT}] = atomicLoad(&flags[${at.FAULT}]);
}`;
