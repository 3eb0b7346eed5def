import {
  type Collective,
  decisionKernel,
  isCollective,
  MOST_SUMS,
  type Sums,
  settleKernel,
  strains,
  sumsFor,
  sumsKernel,
} from '../../../integrators/collective.wgsl.ts';
import { MOTION } from '../../../integrators/strain.wgsl.ts';
import type { Integrator, SubStep } from '../../../integrators/substeps.ts';
import { movesKernel } from '../../../integrators/substeps.wgsl.ts';
import { groupsFor } from '../../core/wideSums.wgsl.ts';
import { VOLUME_JUMP } from '../stepping/stability.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import { type DeviceForces, submit } from './deviceForces.ts';
import { RENEWAL } from './deviceList.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { complain } from './forceField.ts';
import { kernel, run, storage } from './kernel.ts';

export interface Steps {
  /** The step that ends as number `step`; once halted, nothing. */
  encode(pass: GPUComputePassEncoder, step: number): void;
  /** What is left of a step that halted for want of pairs, or of a list that holds. */
  encodeRest(pass: GPUComputePassEncoder): void;
}

/** Steps handed over at a time: while the device carries them out the next ones are encoded. */
const HANDFUL = 25;

/** Steps between two looks at the halt flag: more of them where they take no time. */
export function batchOf(atoms: number): number {
  return HANDFUL * Math.min(10, Math.max(2, Math.round(2e5 / atoms)));
}

/** Hands over steps `from` to `to`, as `encode` says. */
export function submitSteps(
  gpu: Gpu,
  from: number,
  to: number,
  encode: (pass: GPUComputePassEncoder, step: number) => void,
): void {
  for (let first = from; first <= to; first += HANDFUL)
    submit(gpu, (pass) => {
      for (let step = first; step < Math.min(first + HANDFUL, to + 1); step++) encode(pass, step);
    });
}

type Encode = (pass: GPUComputePassEncoder) => void;

export function steps(gpu: Gpu, integrator: Integrator, forces: DeviceForces): Steps {
  const { system } = forces;
  const { substeps } = integrator;
  const shared = {
    parts: storage(gpu, 'parts of sums', 4 * MOST_SUMS * groupsFor(system.atoms)),
    motion: storage(gpu, 'motion of all', 16 * MOTION.words),
  };
  const middle = substeps.findIndex((s) => s.kind === 'force');
  const sequence = (list: readonly SubStep[]) => encoders(gpu, system, integrator, list, shared);
  const before = sequence(substeps.slice(0, middle));
  const after = [
    ...(substeps.some(strains) ? settling(gpu, system, shared) : []),
    ...sequence(substeps.slice(middle + 1)),
  ];
  const end = kernel(gpu, 'end of step', END, [
    { ...bind.control(system.control), access: 'read_write' },
    bind.flags(system.faults),
  ]);
  const finish = (pass: GPUComputePassEncoder) => {
    for (const encode of after) encode(pass);
    run(pass, end, 1);
  };
  return {
    encodeRest(pass) {
      forces.encode(pass);
      finish(pass);
    },
    encode(pass, step) {
      for (const encode of before) encode(pass);
      forces.encodeStep(pass, step % RENEWAL === 0);
      finish(pass);
    },
  };
}

interface Shared {
  readonly parts: GPUBuffer;
  readonly motion: GPUBuffer;
}

/** Every decision about all atoms at once begins a new kernel for each of them, which first does as was decided. */
function encoders(
  gpu: Gpu,
  system: DeviceSystem,
  integrator: Integrator,
  list: readonly SubStep[],
  shared: Shared,
): Encode[] {
  const out: Encode[] = [];
  let begun: SubStep[] = [];
  const close = () => {
    if (begun.length > 0) out.push(moves(gpu, system, integrator, begun, shared));
    begun = [];
  };
  for (const s of list) {
    if (isCollective(s)) {
      close();
      out.push(adding(gpu, system, sumsFor(s), shared), deciding(gpu, system, integrator, s, shared));
    }
    begun.push(s);
  }
  close();
  return out;
}

function moves(
  gpu: Gpu,
  system: DeviceSystem,
  integrator: Integrator,
  list: readonly SubStep[],
  { motion }: Shared,
): Encode {
  const code = movesKernel(system.atoms, list, integrator, at.STEP, complain(at.UNSTABLE));
  const made = kernel(gpu, list.map((s) => s.kind).join(', '), code, [
    bind.control(system.control),
    bind.flags(system.faults),
    bind.forces(system.forces),
    bind.velocities(system.velocities, 'read_write'),
    bind.fixed(system.fixed, 'read_write'),
    bind.windows(system.windows, 'read_write'),
    bind.heat(system.heat, 'read_write'),
    bind.of('vec4<f32>', 'motion', motion),
  ]);
  return (pass) => run(pass, made, Math.ceil(system.atoms / 64));
}

function adding(gpu: Gpu, system: DeviceSystem, sums: Sums, { parts }: Shared): Encode {
  const made = kernel(gpu, `sums of ${sums}`, sumsKernel(system.atoms, sums), [
    bind.control(system.control),
    bind.velocities(system.velocities),
    bind.virials(system.virials),
    bind.f32s('parts', parts, 'read_write'),
  ]);
  return (pass) => run(pass, made, groupsFor(system.atoms));
}

function deciding(
  gpu: Gpu,
  system: DeviceSystem,
  integrator: Integrator,
  s: Collective,
  { parts, motion }: Shared,
): Encode {
  const steering = {
    step: at.STEP,
    atRest: report(at.AT_REST),
    burst: report(at.BURST),
    jump: VOLUME_JUMP,
  };
  const made = kernel(gpu, s.kind, decisionKernel(system.atoms, s, integrator, steering), [
    bind.control(system.control),
    bind.flags(system.faults),
    bind.f32s('parts', parts),
    bind.box(system.box, 'read_write'),
    bind.cell(system.cell, 'read_write'),
    bind.of('vec4<f32>', 'motion', motion, 'read_write'),
  ]);
  return (pass) => run(pass, made, 1);
}

function settling(gpu: Gpu, system: DeviceSystem, shared: Shared): Encode[] {
  const made = kernel(gpu, 'settle work', settleKernel(system.atoms), [
    bind.control(system.control),
    bind.f32s('parts', shared.parts),
    bind.box(system.box, 'read_write'),
    bind.of('vec4<f32>', 'motion', shared.motion, 'read_write'),
  ]);
  return [adding(gpu, system, 'virial', shared), (pass) => run(pass, made, 1)];
}

function report(fault: number): string {
  return `atomicMax(&flags[${at.FAULT}], ${fault}u);`;
}

const END = `
@compute @workgroup_size(1)
fn main() {
  if (control[${at.HALT}] != 0u) { return; }
  control[${at.STEP}] += 1u;
  if (control[${at.STEP}] == 0u) { control[${at.STEP_HIGH}] += 1u; }
  control[${at.HALT}] = atomicLoad(&flags[${at.FAULT}]);
}`;
