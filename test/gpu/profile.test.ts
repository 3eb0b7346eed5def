import { describe, expect, it } from 'vitest';
import { deviceForces, settle, submit } from '../../src/backend/webgpu/deviceForces.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { read } from '../../src/backend/webgpu/kernel.ts';
import { profile } from '../../src/backend/webgpu/profile.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { found, gpu } from './adapter.ts';

describe.skipIf(!found)('time by kernel', () => {
  it('is told of every kernel, and what they compute is as ever', { timeout: 60_000 }, async () => {
    const s = argonCrystal(3);
    const field = forceFieldFor(gpu, argon, s);
    const forces = deviceForces(gpu, argon, field, s);
    try {
      forces.system.upload(s.positions);
      do submit(gpu, forces.encode);
      while ((await settle(gpu, forces)).again);
      const [before] = await read(gpu, forces.system.forces);
      gpu.device.queue.writeBuffer(forces.system.forces, 0, new Float32Array(before.byteLength / 4));
      const began = performance.now();
      const times = await profile(gpu, (pass) => {
        forces.encode(pass);
        forces.encode(pass);
      });
      const wall = 1000 * (performance.now() - began);
      const [after] = await read(gpu, forces.system.forces);
      expect(new Float32Array(after)).toEqual(new Float32Array(before));
      const pair = times.find((t) => t.kernel === 'pair forces')!;
      expect(pair.runs).toBe(2);
      expect(pair.microseconds).toBeGreaterThan(0);
      // Not in units of 2¹⁶ ns, as it would be told a browser.
      expect(times.some((t) => Math.round(1000 * t.microseconds) % 2 ** 16 !== 0)).toBe(true);
      expect(times.reduce((sum, t) => sum + t.microseconds, 0)).toBeLessThan(wall);
      expect(times.map((t) => t.kernel)).toContain('displacements');
    } finally {
      forces.dispose();
      field.dispose();
    }
  });
});
