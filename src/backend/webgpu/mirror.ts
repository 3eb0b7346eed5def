import { fromFixed } from '../../core/fixedPoint.wgsl.ts';
import type { Live } from '../stepping/system.ts';
import { addForces, type DeviceForces } from './deviceForces.ts';
import type { StateBuffers } from './deviceSystem.ts';
import { type Part, read, write } from './kernel.ts';

/** The host's picture of a system on the device: the arrays of a `Live`, and the energy that belongs to them. */
export interface Mirror {
  /** eV, of the state loaded last. */
  readonly energy: number;
  /** Brings the state as it is, with forces, virial and energy; the heat (eV) that the host took over from the device. */
  load(): Promise<number>;
  /** Shows a kept state, without forces, until the next load. */
  show(kept: StateBuffers, step: number): Promise<void>;
  /** Shows a kept structure until the next load. */
  showShape(kept: Readonly<Record<'fixed', GPUBuffer | Part>>, step: number): Promise<void>;
}

/** `free`: eV of atom i by itself, which the device leaves out. */
export function mirror({ system }: Live, forces: DeviceForces, free: (i: number) => number): Mirror {
  const device = forces.system;
  const { gpu, atoms: n } = device;
  const result = { energy: 0, energies: new Float64Array(n), forces: system.forces, virial: system.virial };
  /** eV, before what the device counts. */
  let heatBefore = system.extended[0];

  const place = (fixed: ArrayBuffer, v: ArrayBuffer, heat: ArrayBuffer) => {
    fromFixed(new Int32Array(fixed), system.positions);
    const moving = new Float32Array(v);
    for (let i = 0; i < n; i++) for (let x = 0; x < 3; x++) system.velocities[3 * i + x] = moving[4 * i + x];
    const taken = new Float32Array(heat).subarray(0, n).reduce((sum, h) => sum + h, 0);
    system.extended[0] = heatBefore + taken;
    return taken;
  };

  return {
    get energy() {
      return result.energy;
    },
    async load() {
      const { fixed, velocities, forces: f, virials, heat } = device;
      const [r, v, h, atForce, atVirial] = await read(gpu, fixed, velocities, heat, f, virials);
      const taken = place(r, v, h);
      addForces(result, new Float32Array(atForce), new Float32Array(atVirial), free);
      heatBefore += taken;
      write(gpu, device.heat, new Float32Array(n));
      return taken;
    },
    async show({ fixed, velocities, heat }, step) {
      const [r, v, h] = await read(gpu, fixed, velocities, heat);
      place(r, v, h);
      system.step = step;
    },
    async showShape({ fixed }, step) {
      const [r] = await read(gpu, fixed);
      fromFixed(new Int32Array(r), system.positions);
      system.step = step;
    },
  };
}
