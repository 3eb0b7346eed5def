import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBins } from '../../src/backend/webgpu/binPlan.ts';
import * as at from '../../src/backend/webgpu/control.ts';
import type { Gpu } from '../../src/backend/webgpu/device.ts';
import { deviceList } from '../../src/backend/webgpu/deviceList.ts';
import { deviceSystem } from '../../src/backend/webgpu/deviceSystem.ts';
import { read } from '../../src/backend/webgpu/kernel.ts';
import { fromFixed } from '../../src/core/fixedPoint.wgsl.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Structure } from '../../src/core/structure.ts';
import { argonCrystal } from '../support/argon.ts';
import { randomStructures } from '../support/randomStructures.ts';
import { found, gpu } from './adapter.ts';

const WIDTHS = { pair: 12, row: 0 };

/** `density`: pairs an atom that fit; `on`: a device, perhaps one that allows less. */
function open(s: Structure, density: number, cutoff = 3.7, skin = 0.5, on: Gpu = gpu) {
  const system = deviceSystem(on, s, Int32Array.from(s.species));
  system.upload(s.positions);
  const plan = planBins(s, cutoff + skin);
  const list = deviceList(system, { plan, skin, reverse: true, density, widths: WIDTHS });
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
        const { list, renew } = open(s, 20_000 / s.species.length, 6.4321);
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
    const { list, renew } = open(s, 13, 4.5);
    await renew();
    const buffers = [list.rows, list.chunks[0].entries, list.chunks[0].reverse];
    const [rows, entries, reverse] = (await read(gpu, ...buffers)).map((b) => new Uint32Array(b));
    expect(rows[64]).toBe(12 * 32);
    for (let row = 0; row < 32; row++)
      for (let p = rows[2 * row]; p < rows[2 * row + 2]; p++) {
        const q = reverse[p];
        const away = Array.from({ length: 32 }, (_, k) => k).find((k) => rows[2 * k + 1] === entries[2 * p])!;
        expect(q).toBeGreaterThanOrEqual(rows[2 * away]);
        expect(q).toBeLessThan(rows[2 * away + 2]);
        expect(entries[2 * q]).toBe(rows[2 * row + 1]);
        expect(entries[2 * q + 1] + entries[2 * p + 1]).toBe(0x40100400);
      }
  });

  it('says how many pairs did not fit, and is kept until an atom has gone half the skin', async () => {
    const s = argonCrystal(2);
    const full = await open(s, 9, 4.5).renew();
    expect([full[at.HALT], full[at.PAIRS], full[at.STALE]]).toEqual([at.MORE_PAIRS, 384, 1]);

    const { system, renew } = open(s, 13, 4.5);
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
    const { system } = open({ ...s, positions }, 3);
    const back = new Float64Array(positions.length);
    fromFixed(new Int32Array((await read(gpu, system.fixed))[0]), back);
    for (let k = 0; k < back.length; k++) expect(Math.abs(back[k] - positions[k])).toBeLessThan(2 ** -32);
  });
});
