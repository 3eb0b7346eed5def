import { describe, expect, it } from 'vitest';
import type { Gpu } from '../../src/backend/webgpu/device.ts';
import { deviceForces, settle, submit } from '../../src/backend/webgpu/deviceForces.ts';
import { deviceRecorder } from '../../src/backend/webgpu/deviceRecorder.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { CARD, deviceBytes, requireRoom } from '../../src/backend/webgpu/memory.ts';
import { steps } from '../../src/backend/webgpu/steps.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { integratorFrom } from '../support/integrate.ts';
import { found, gpu } from './adapter.ts';

const verlet = integratorFrom({ kind: 'velocityVerlet', timestep: '4 fs' });

describe('memory on the device', () => {
  it('grows as the atoms do once the tables no longer matter', () => {
    const of = (repeats: number) => deviceBytes(CARD, argon, verlet, argonCrystal(repeats));
    expect((of(8) - of(6)) / (512 - 216) / ((of(10) - of(8)) / (1000 - 512))).toBeCloseTo(1, 1);
  });

  it('is refused by the name of what needs it, before it is taken', async () => {
    let held = 0;
    const device = {
      pushErrorScope() {},
      popErrorScope: async () => (held > 5 * 2 ** 30 ? {} : null),
      createBuffer({ size }: { size: number }) {
        held += size;
        return { destroy: () => (held -= size) };
      },
    };
    const small = { ...CARD, device } as unknown as Gpu;
    await expect(requireRoom(small, '7 atoms of eam', 20 * 2 ** 30)).rejects.toThrow(
      'webgpu: 7 atoms of eam need 20.0 GiB on the device, must fit into the 5.0 GiB that a graphics processor has left; use fewer atoms,',
    );
    expect(held).toBe(0);
    await requireRoom(small, '7 atoms of eam', 4 * 2 ** 30);
  });
});

describe.skipIf(!found)('memory on a real device', () => {
  it('is what was said beforehand', async () => {
    const s = argonCrystal(4);
    let taken = 0;
    const createBuffer = (d: GPUBufferDescriptor) => {
      const b = gpu.device.createBuffer(d);
      // What is mapped is a copy for the host.
      if (d.usage & 1) return b;
      taken += b.size;
      const destroy = b.destroy.bind(b);
      b.destroy = () => {
        taken -= b.size;
        destroy();
      };
      return b;
    };
    const device = new Proxy(gpu.device, {
      get(of, name) {
        if (name === 'createBuffer') return createBuffer;
        const value = Reflect.get(of, name, of);
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
    const counted = { ...gpu, device };
    const field = forceFieldFor(counted, argon, s);
    const forces = deviceForces(counted, argon, field, s);
    steps(counted, verlet, forces);
    deviceRecorder(forces.system);
    forces.system.upload(s.positions);
    do submit(counted, forces.encode);
    while ((await settle(counted, forces)).again);
    expect(taken).toBeGreaterThan(2e5);
    const said = deviceBytes(gpu, argon, verlet, s);
    expect(Math.abs(said / taken - 1)).toBeLessThan(0.01);
    forces.dispose();
    field.dispose();
  });
});
