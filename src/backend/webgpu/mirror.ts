import { fromBox } from '../../core/box.wgsl.ts';
import { fromFixed } from '../../core/fixedPoint.wgsl.ts';
import type { Live } from '../stepping/system.ts';
import { addForces, type DeviceForces } from './deviceForces.ts';
import type { SHAPE, StateBuffers } from './deviceSystem.ts';
import { type Part, read } from './kernel.ts';

/** The host's picture of a system on the device: the arrays of a `Live`, and the energy that belongs to them. */
export interface Mirror {
  /** eV, of the state loaded last. */
  readonly energy: number;
  /** Brings the state as it is, with forces, virial and energy; the heat (eV) that the host took over from the device. */
  load(): Promise<number>;
  /** Shows a kept state, without forces, until the next load. */
  show(kept: StateBuffers, step: number): Promise<void>;
  /** Shows a kept structure until the next load. */
  showShape(kept: Readonly<Record<(typeof SHAPE)[number], GPUBuffer | Part>>, step: number): Promise<void>;
}

/** `strained`: whether the cell moves; `free`: eV of atom i by itself, which the device leaves out. */
export function mirror(
  { system }: Live,
  forces: DeviceForces,
  strained: boolean,
  free: (i: number) => number,
): Mirror {
  const device = forces.system;
  const { gpu, atoms: n } = device;
  const result = { energy: 0, energies: new Float64Array(n), forces: system.forces, virial: system.virial };
  /** eV, before what the device counts. */
  let heatBefore = system.extended[0];

  const chain = system.extended.subarray(1);

  const place = (fixed: ArrayBuffer, v: ArrayBuffer, heat: ArrayBuffer, box: ArrayBuffer) => {
    fromFixed(new Int32Array(fixed), system.positions);
    const moving = new Float32Array(v);
    for (let i = 0; i < n; i++) for (let x = 0; x < 3; x++) system.velocities[3 * i + x] = moving[4 * i + x];
    const together = fromBox(box, strained, system.cell, chain);
    const taken = new Float32Array(heat).subarray(0, n).reduce((sum, h) => sum + h, together);
    system.extended[0] = heatBefore + taken;
    return taken;
  };

  return {
    get energy() {
      return result.energy;
    },
    async load() {
      const { fixed, velocities, forces: f, virials, heat, box } = device;
      const [r, v, h, b, atForce, atVirial] = await read(gpu, fixed, velocities, heat, box, f, virials);
      const taken = place(r, v, h, b);
      addForces(result, new Float32Array(atForce), new Float32Array(atVirial), free);
      heatBefore += taken;
      device.forgetHeat();
      return taken;
    },
    async show({ fixed, velocities, heat, box }, step) {
      const [r, v, h, b] = await read(gpu, fixed, velocities, heat, box);
      place(r, v, h, b);
      system.step = step;
    },
    async showShape({ fixed, box }, step) {
      const [r, b] = await read(gpu, fixed, box);
      fromFixed(new Int32Array(r), system.positions);
      fromBox(b, strained, system.cell, chain);
      system.step = step;
    },
  };
}
