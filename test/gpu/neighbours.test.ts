import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as at from '../../src/backend/webgpu/control.ts';
import { deviceList } from '../../src/backend/webgpu/deviceList.ts';
import { deviceSystem } from '../../src/backend/webgpu/deviceSystem.ts';
import { read } from '../../src/backend/webgpu/kernel.ts';
import { fromFixed } from '../../src/core/fixedPoint.wgsl.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Structure } from '../../src/core/structure.ts';
import { argonCrystal } from '../support/argon.ts';
import { randomStructures } from '../support/randomStructures.ts';
import { found, gpu } from './adapter.ts';

function open(s: Structure, capacity: number, cutoff = 3.7, skin = 0.5) {
  const system = deviceSystem(gpu, s, Int32Array.from(s.species));
  system.upload(s.positions);
  const list = deviceList(system, s, { cutoff, skin, reverse: true, capacity });
  const renew = async () => {
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    list.renew(pass);
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    return new Uint32Array((await read(gpu, system.control))[0]);
  };
  return { system, list, renew };
}

describe.skipIf(!found)('the neighbour list on the device', () => {
  it('is that of buildNeighbours in any cell', { timeout: 60_000 }, async () => {
    let pairs = 0;
    await fc.assert(
      fc.asyncProperty(randomStructures(['Cu', 'Ni'], 0.7), async (s) => {
        const { list, renew } = open(s, 50_000, 6.4321);
        expect((await renew())[at.HALT]).toBe(0);
        const made = await list.list();
        expect(made).toEqual(buildNeighbours(s, made.cutoff));
        pairs += made.indices.length;
      }),
      { numRuns: 25, seed: 8 },
    );
    expect(pairs).toBeGreaterThan(300);
  });

  it('knows where each entry stands in the other row', async () => {
    const s = argonCrystal(2);
    const { list, renew } = open(s, 5000, 4.5);
    await renew();
    const { offsets, indices, shifts } = await list.list();
    const reverse = new Uint32Array((await read(gpu, list.reverse))[0]);
    expect(indices.length).toBe(12 * 32);
    for (let i = 0; i < 32; i++)
      for (let p = offsets[i]; p < offsets[i + 1]; p++) {
        const q = reverse[p];
        expect(indices[q]).toBe(i);
        expect(q).toBeGreaterThanOrEqual(offsets[indices[p]]);
        for (let x = 0; x < 3; x++) expect(shifts[3 * q + x] + shifts[3 * p + x]).toBe(0);
      }
  });

  it('says how many pairs did not fit, and is kept until an atom has gone half the skin', async () => {
    const s = argonCrystal(2);
    const full = await open(s, 300, 4.5).renew();
    expect([full[at.HALT], full[at.PAIRS], full[at.STALE]]).toEqual([at.MORE_PAIRS, 384, 1]);

    const { system, renew } = open(s, 400, 4.5);
    const builds = async (by: number) => {
      const moved = s.positions.slice();
      moved[5] += by;
      system.upload(moved);
      system.set(at.STALE, 0);
      return (await renew())[at.BUILDS];
    };
    expect((await renew())[at.BUILDS]).toBe(1);
    expect(await builds(0.24)).toBe(1);
    expect(await builds(0.26)).toBe(2);
  });
});

describe.skipIf(!found)('positions on the device', () => {
  it('keep 2⁻³² Å on either side of zero', async () => {
    const s = argonCrystal(1);
    const positions = s.positions.map((_, k) => (k % 2 === 0 ? 1 : -1) * (k * 77.123456789 + 1e-9));
    const { system } = open({ ...s, positions }, 10);
    const back = new Float64Array(positions.length);
    fromFixed(new Int32Array((await read(gpu, system.fixed))[0]), back);
    for (let k = 0; k < back.length; k++) expect(Math.abs(back[k] - positions[k])).toBeLessThan(2 ** -32);
  });
});
