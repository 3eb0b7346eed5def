import { describe, expect, it } from 'vitest';
import type { AcePotential } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { aceField } from '../../src/backend/webgpu/aceField.ts';
import type { Gpu } from '../../src/backend/webgpu/device.ts';
import { deviceForces, evaluateOnDevice } from '../../src/backend/webgpu/deviceForces.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { largest } from '../support/compare.ts';
import { found, gpu } from './adapter.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

function rattled(s: Structure): Structure {
  return { ...s, positions: s.positions.map((x, k) => x + 0.1 * normal(9, k)) };
}

function copper(repeats: number): Structure {
  const [a, h] = [3.6, 1.8];
  const cell = structureFrom(
    ['Cu', 'Cu', 'Cu', 'Cu'],
    [0, 0, 0, 0, h, h, h, 0, h, h, h, 0],
    [a, 0, 0, 0.1, a, 0, 0, 0.2, a],
  );
  return rattled(supercell(cell, [repeats, repeats, repeats]));
}

function expansion(): Potential {
  const request = { elements: ['Cu'], cutoff: '4.6 Å', nradmax: [3, 2], lmax: [0, 2] };
  const bare = createAce(aceRequestSchema.parse(request));
  return bare.withParameters({
    e0: Float64Array.of(-3),
    mean: bare.roughness.map((rough, k) => normal(1, k) / rough),
    members: [],
  });
}

const KIB = 1024;
const CASES: Record<string, readonly [() => Potential, () => Structure, number]> = {
  'Lennard-Jones': [() => argon, () => rattled(argonCrystal(6)), 128 * KIB],
  'embedded atoms': [() => embeddedAtom(zhou(['Cu'])), () => copper(6), 256 * KIB],
  'an expansion': [expansion, () => copper(5), 256 * KIB],
};

/** The device as if it allowed arrays of so many bytes, and five workgroups in a dimension. */
function limited(bytes: number): Gpu {
  const { maxComputeWorkgroupStorageSize } = gpu.limits;
  const limits = {
    maxBufferSize: bytes,
    maxStorageBufferBindingSize: bytes,
    maxComputeWorkgroupsPerDimension: 5,
    maxComputeWorkgroupStorageSize,
  };
  return { ...gpu, limits: limits as GPUSupportedLimits };
}

describe.skipIf(!found)('arrays that do not fit into one', () => {
  it.each(Object.keys(CASES))('change no bit of %s', { timeout: 60_000 }, async (name) => {
    const [make, place, bytes] = CASES[name];
    const [potential, s] = [make(), place()];
    const evaluate = async (on: Gpu) => {
      const field = forceFieldFor(on, potential, s);
      const forces = deviceForces(on, potential, field, s);
      forces.system.upload(s.positions);
      const e = await evaluateOnDevice(on, potential, field, s, forces, ['forces', 'virial']);
      const chunks = forces.list().chunks.length;
      forces.dispose();
      field.dispose();
      return { e, chunks };
    };
    const whole = await evaluate(gpu);
    const parts = await evaluate(limited(bytes));
    expect(whole.chunks).toBe(1);
    expect(parts.chunks).toBeGreaterThan(1);
    expect(largest(whole.e.forces)).toBeGreaterThan(0.01);
    expect(parts.e).toEqual(whole.e);
  });

  it('slab by slab change no bit of an expansion', { timeout: 60_000 }, async () => {
    const [potential, s] = [expansion() as AcePotential, copper(3)];
    const evaluate = async (slab?: number) => {
      const field = aceField(gpu, potential, slab);
      const forces = deviceForces(gpu, potential, field, s);
      forces.system.upload(s.positions);
      const e = await evaluateOnDevice(gpu, potential, field, s, forces, ['forces', 'virial', 'projections']);
      forces.dispose();
      field.dispose();
      return e;
    };
    const whole = await evaluate();
    expect(largest(whole.projections)).toBeGreaterThan(0.1);
    // 32 of 108 atoms, the last ones fewer.
    expect(await evaluate(1)).toEqual(whole);
  });
});
