import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBins } from '../../src/backend/webgpu/binPlan.ts';
import * as at from '../../src/backend/webgpu/control.ts';
import type { Gpu } from '../../src/backend/webgpu/device.ts';
import { deviceForces, evaluateOnDevice, submit } from '../../src/backend/webgpu/deviceForces.ts';
import { deviceList } from '../../src/backend/webgpu/deviceList.ts';
import { type DeviceSystem, deviceSystem } from '../../src/backend/webgpu/deviceSystem.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { read, write } from '../../src/backend/webgpu/kernel.ts';
import { boxWindows, toBox } from '../../src/core/box.wgsl.ts';
import { completeCell, transformRows } from '../../src/core/cell.ts';
import { fromFixed } from '../../src/core/fixedPoint.wgsl.ts';
import { buildNeighbours, type NeighbourList } from '../../src/core/neighbours.ts';
import { ROOM } from '../../src/core/sortRows.wgsl.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { disagreement } from '../support/compare.ts';
import { randomStructures } from '../support/randomStructures.ts';
import { WEBGPU } from '../tolerances.ts';
import { found, gpu } from './adapter.ts';

const WIDTHS = { pair: 12, row: 0 };

/** `density`: pairs an atom that fit; `on`: a device, perhaps one that allows less. */
function open(s: Structure, density: number, cutoff = 3.7, skin = 0.5, on: Gpu = gpu) {
  const system = deviceSystem(on, s, Int32Array.from(s.species));
  system.upload(s.positions);
  const plan = planBins(s, cutoff + skin);
  const list = deviceList(system, { plan, skin, reverse: true, density, widths: WIDTHS });
  const after = async (encode: (pass: GPUComputePassEncoder) => void) => {
    submit(gpu, encode);
    return new Uint32Array((await read(gpu, system.control))[0]);
  };
  return { system, list, after, renew: () => after(list.renew) };
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
      { numRuns: 15, seed: 8 },
    );
    expect(pairs).toBeGreaterThan(300);
  });

  it('has rows of any length in order', async () => {
    const s = structureFrom(['Cu', 'Cu'], [0, 0, 0, 0.9, 0.8, 0.7], [1.7, 0, 0, 0.3, 1.8, 0, 0.2, 0.1, 1.6]);
    const { list, renew } = open(s, 2000, 6.4);
    await renew();
    const made = await list.list();
    expect(made.offsets[1]).toBeGreaterThan(ROOM);
    expect(made).toEqual(buildNeighbours(s, made.cutoff));
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

  it('halts when it no longer holds, and is made early where it would not hold to the next time', async () => {
    const s = argonCrystal(2);
    const { system, list, after, renew } = open(s, 13, 4.5);
    system.set(at.STEP, 1000);
    expect((await renew())[at.MADE_AT]).toBe(1000);
    // At most 0.25 Å; after twenty steps ten more are half as much again.
    const moved = (by: number) => {
      const positions = s.positions.slice();
      positions[5] += by;
      system.move(positions);
      system.set(at.STEP, 1020);
    };
    moved(0.16);
    expect((await after(list.renewAhead))[at.BUILDS]).toBe(1);
    moved(0.24);
    expect((await after(list.look))[at.HALT]).toBe(0);
    moved(0.26);
    expect((await after(list.look))[at.HALT]).toBe(at.OLD_LIST);
    system.set(at.HALT, 0);
    moved(0.18);
    const made = await after(list.renewAhead);
    expect([made[at.HALT], made[at.BUILDS], made[at.MADE_AT], made[at.STALE]]).toEqual([0, 2, 1020, 0]);
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

/** Puts a cell into a running system, as what moves cells does. */
function setCell({ gpu, box, cell }: DeviceSystem, rows: Float64Array) {
  const words = toBox(completeCell(rows));
  write(gpu, box, words);
  write(gpu, cell, boxWindows(words));
}

const unit = fc.integer({ min: -100, max: 100 }).map((k) => k / 100);

describe.skipIf(!found)('the neighbour list of a cell that changes', () => {
  it('misses no pair, kept or made anew', { timeout: 60_000 }, async () => {
    const [cutoff, skin] = [3.1, 0.6];
    const seen = { kept: 0, made: 0, halted: 0 };
    const changes = fc.record({
      strain: fc.array(unit, { minLength: 9, maxLength: 9 }),
      size: fc.constantFrom(0.005, 0.02, 0.2),
      kicks: fc.array(unit, { minLength: 27, maxLength: 27 }),
      kick: fc.constantFrom(0, 0.03, 0.2),
    });
    await fc.assert(
      fc.asyncProperty(
        randomStructures(['Cu', 'Ni'], 0.7),
        changes,
        async (s, { strain, size, kicks, kick }) => {
          const { system, list, renew } = open(s, 20_000 / s.species.length, cutoff, skin);
          await renew();
          const stretch = strain.map((x, k) => size * x + (k % 4 === 0 ? 1 : 0));
          const cell = transformRows(s.cell, stretch, new Float64Array(9));
          const positions = transformRows(s.positions, stretch, new Float64Array(s.positions.length));
          positions.forEach((x, k) => {
            positions[k] = x + kick * kicks[k % 27];
          });
          system.upload(positions);
          system.set(at.STALE, 0);
          setCell(system, cell);
          const words = await renew();
          if (words[at.HALT] === at.OTHER_BINS) {
            seen.halted++;
            return;
          }
          expect(words[at.HALT]).toBe(0);
          const now = { ...s, positions, cell };
          const made = await list.list();
          const anew = words[at.BUILDS] === 2;
          seen[anew ? 'made' : 'kept']++;
          if (anew) expect(made).toEqual(buildNeighbours(now, made.cutoff));
          const known = new Set(pairsOf(made));
          for (const pair of pairsOf(buildNeighbours(now, cutoff))) expect(known).toContain(pair);
        },
      ),
      { numRuns: 15, seed: 3 },
    );
    expect(Math.min(seen.kept, seen.made)).toBeGreaterThan(1);
  });

  it('is not made anew for what a swelling cell does to far atoms', async () => {
    const s = argonCrystal(4);
    const { system, renew } = open(s, 60, 5, 0.6);
    await renew();
    const swell = async (by: number) => {
      system.upload(s.positions.map((x) => by * x));
      system.set(at.STALE, 0);
      setCell(
        system,
        s.cell.map((x) => by * x),
      );
      return (await renew())[at.BUILDS];
    };
    // The farthest atom goes 0.9 Å.
    expect(await swell(1.03)).toBe(1);
    expect(await swell(0.97)).toBe(1);
    expect(await swell(1.15)).toBe(2);
  });

  it('gets other bins where the cell has outgrown them', { timeout: 60_000 }, async () => {
    const s = argonCrystal(4);
    const field = forceFieldFor(gpu, argon, s);
    const forces = deviceForces(gpu, argon, field, s);
    forces.system.upload(s.positions);
    const evaluate = () => evaluateOnDevice(gpu, argon, field, s, forces, ['forces', 'virial']);
    await evaluate();
    for (const by of [0.8, 1.3]) {
      const positions = s.positions.map((x, k) => by * x + 0.1 * Math.sin(k * k));
      const cell = s.cell.map((x) => by * x);
      forces.system.upload(positions);
      setCell(forces.system, cell);
      const now = { ...s, positions, cell };
      const truth = argon.evaluate(now, buildNeighbours(now, argon.cutoff), ['forces', 'virial']);
      for (const [what, x] of Object.entries(disagreement(await evaluate(), truth, WEBGPU)))
        expect(x, what).toBeLessThanOrEqual(1);
    }
    forces.dispose();
    field.dispose();
  });
});

function pairsOf({ offsets, indices, shifts }: NeighbourList): string[] {
  return Array.from(offsets.subarray(1)).flatMap((end, i) =>
    Array.from(indices.subarray(offsets[i], end), (j, k) => {
      const p = offsets[i] + k;
      return `${i} ${j} ${shifts.subarray(3 * p, 3 * p + 3)}`;
    }),
  );
}

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
