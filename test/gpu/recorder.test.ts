import { describe, expect, it } from 'vitest';
import * as at from '../../src/backend/webgpu/control.ts';
import { submit } from '../../src/backend/webgpu/deviceForces.ts';
import { deviceRecorder } from '../../src/backend/webgpu/deviceRecorder.ts';
import { deviceSystem } from '../../src/backend/webgpu/deviceSystem.ts';
import { read, write } from '../../src/backend/webgpu/kernel.ts';
import { fromFixed } from '../../src/core/fixedPoint.wgsl.ts';
import { argonCrystal } from '../support/argon.ts';
import { found, gpu } from './adapter.ts';

const s = argonCrystal(1);

/** A recorder, and checks of states whose first coordinate is the number of the step. */
function recording() {
  const system = deviceSystem(gpu, s, new Int32Array(4));
  const kept = deviceRecorder(system);
  const check = (step: number, verdict: number) => {
    const positions = s.positions.slice();
    positions[0] = step;
    system.upload(positions, new Float64Array(12));
    system.set(at.STEP, step);
    write(gpu, system.faults, Uint32Array.of(verdict), 4 * at.SEEN);
    submit(gpu, kept.encode);
  };
  const halted = async () => new Uint32Array((await read(gpu, system.control))[0])[at.HALT];
  return { system, kept, check, halted };
}

async function firstCoordinate(buffer: Parameters<typeof read>[1]): Promise<number> {
  const positions = new Float64Array(12);
  fromFixed(new Int32Array((await read(gpu, buffer))[0], 0, 24), positions);
  return positions[0];
}

describe.skipIf(!found)('the flight recorder on the device', () => {
  it('keeps the trusted state and the latest sixteen that were flagged since', async () => {
    const { kept, check, halted } = recording();
    check(1, at.FLAGGED);
    check(2, 0);
    for (let step = 3; step <= 22; step++) check(step, at.FLAGGED);
    const { trustedStep, flagged } = await kept.contents();
    expect(trustedStep).toBe(2);
    expect(await firstCoordinate(kept.trusted.fixed)).toBe(2);
    expect(flagged.map((f) => f.step)).toEqual(Array.from({ length: 16 }, (_, k) => 7 + k));
    for (const { step, parts } of flagged) expect(await firstCoordinate(parts.fixed)).toBe(step);
    expect(await halted()).toBe(0);
    check(23, 0);
    expect(await kept.contents()).toMatchObject({ trustedStep: 23, flagged: [] });
  });

  it.each([at.DOUBTFUL, at.STOP])(
    'halts at verdict %i, and keeps nothing of that state or of later ones',
    async (verdict) => {
      const { kept, check, halted } = recording();
      check(5, 0);
      check(10, verdict);
      check(15, 0);
      expect(await halted()).toBe(at.GRADED);
      expect(await kept.contents()).toMatchObject({ trustedStep: 5, flagged: [] });
      expect(await firstCoordinate(kept.trusted.fixed)).toBe(5);
    },
  );

  it('halts where a state is too hot, or no number', async () => {
    for (const v of [0.01, Number.NaN]) {
      const { system, kept, check, halted } = recording();
      kept.limit(1e-3);
      check(5, 0);
      expect(await halted()).toBe(0);
      system.upload(s.positions, new Float64Array(12).fill(v));
      submit(gpu, kept.encode);
      expect(await halted()).toBe(at.HOT);
    }
  });
});
