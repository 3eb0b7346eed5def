import { checkIntegrator, type Integrator } from '../../../integrators/substeps.ts';
import { movesKernel, ON_DEVICE } from '../../../integrators/substeps.wgsl.ts';
import { UserError } from '../../core/errors.ts';
import type { MdState } from '../../core/mdState.ts';
import { each } from '../../core/neighbours.wgsl.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceForces } from './deviceForces.ts';
import { bind } from './deviceSystem.ts';
import { complain } from './forceField.ts';
import { kernel, run, storage } from './kernel.ts';

/** Throws a UserError for an integrator with sub-steps that the device does not execute. */
export function checkSteps(integrator: Integrator, start: MdState): void {
  checkIntegrator(integrator, start.structure, start.extended);
  const missing = integrator.substeps.filter((s) => !ON_DEVICE.includes(s.kind)).map((s) => s.kind);
  if (missing.length > 0)
    throw new UserError(
      `webgpu: got integrator ${integrator.kind} with ${[...new Set(missing)].join(', ')}, must consist of ${ON_DEVICE.join(', ')}; use velocityVerlet or langevin, or backend wasm`,
    );
}

/** What looks at a state that has its forces, and may complain. */
export type Look = (pass: GPUComputePassEncoder) => void;

export interface Steps {
  /** One step, `look` included where it is to be graded; once halted, nothing. */
  encode(pass: GPUComputePassEncoder, look?: Look): void;
  /** What is left of a step that halted for want of pairs. */
  encodeRest(pass: GPUComputePassEncoder, look?: Look): void;
  /** Positions (two words), velocities and completed steps when a look last found nothing. */
  readonly trusted: {
    readonly fixed: GPUBuffer;
    readonly velocities: GPUBuffer;
    readonly heat: GPUBuffer;
    readonly step: GPUBuffer;
  };
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
  const trusted = {
    fixed: storage(gpu, 'trusted positions', 24 * n),
    velocities: storage(gpu, 'trusted velocities', 16 * n),
    heat: storage(gpu, 'trusted heat', 4 * n),
    step: storage(gpu, 'trusted step', 8),
  };
  const keep = kernel(gpu, 'keep', keepCode(n), [
    bind.control(system.control),
    bind.fixed(system.fixed),
    bind.velocities(system.velocities),
    bind.of('vec2<i32>', 'fixedKept', trusted.fixed, 'read_write'),
    bind.of('vec4<f32>', 'velocitiesKept', trusted.velocities, 'read_write'),
    bind.heat(system.heat),
    bind.f32s('heatKept', trusted.heat, 'read_write'),
    bind.u32s('stepKept', trusted.step, 'read_write'),
  ]);
  const encodeRest = (pass: GPUComputePassEncoder, look?: Look) => {
    forces.encode(pass);
    after(pass);
    look?.(pass);
    run(pass, end, 1);
    if (look) run(pass, keep, Math.ceil(n / 64));
  };
  return {
    encodeRest,
    trusted,
    encode(pass, look) {
      before(pass);
      encodeRest(pass, look);
    },
  };
}

function keepCode(n: number): string {
  return `${each(n)}
  for (var x = 0u; x < 3u; x++) { fixedKept[3u * i + x] = fixed[3u * i + x]; }
  velocitiesKept[i] = velocities[i];
  heatKept[i] = heat[i];
  if (i == 0u) {
    stepKept[0] = control[${at.STEP}];
    stepKept[1] = control[${at.STEP_HIGH}];
  }
}`;
}

const END = `
@compute @workgroup_size(1)
fn main() {
  if (control[${at.HALT}] != 0u) { return; }
  control[${at.STEP}] += 1u;
  if (control[${at.STEP}] == 0u) { control[${at.STEP_HIGH}] += 1u; }
  control[${at.HALT}] = atomicLoad(&flags[${at.FAULT}]);
}`;
