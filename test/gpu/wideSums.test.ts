import { describe, expect, it } from 'vitest';
import { MOST_SUMS, sumsKernel } from '../../integrators/collective.wgsl.ts';
import { pressureVolume } from '../../integrators/system.ts';
import { submit } from '../../src/backend/webgpu/deviceForces.ts';
import { bind, deviceSystem } from '../../src/backend/webgpu/deviceSystem.ts';
import { kernel, read, run, storage, write } from '../../src/backend/webgpu/kernel.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { structureFrom } from '../../src/core/structure.ts';
import { massesOf, maxwellBoltzmann } from '../../src/core/velocities.ts';
import { afterSums, groupsFor } from '../../src/core/wideSums.wgsl.ts';
import { found, gpu } from './adapter.ts';

const VOIGT = [0, 4, 8, 5, 2, 1];

describe.skipIf(!found)('sums over all atoms on the device', () => {
  it.each([1, 63, 65, 40_000])(
    'are those of f64 to 3e-7 of their terms, and the same again: %i atoms',
    async (n) => {
      const s = structureFrom(
        Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 'Cu' : 'Ar')),
        new Float64Array(3 * n),
      );
      const velocities = maxwellBoltzmann(s, 300, 3).map((v) => Math.fround(v + 1e-4));
      const draws = new Float64Array(4);
      const virials = Float32Array.from(
        { length: 6 * n },
        (_, k) => normals(2, STREAM.select, 0, k, draws)[0],
      );
      const system = deviceSystem(gpu, s, Int32Array.from(s.species));
      system.upload(s.positions, velocities);
      write(gpu, system.virials, virials);
      const parts = storage(gpu, 'parts', 4 * MOST_SUMS * groupsFor(n));
      const out = storage(gpu, 'sums', 4 * MOST_SUMS);
      const add = kernel(gpu, 'sums', sumsKernel(n, 'pressure'), [
        bind.control(system.control),
        bind.velocities(system.velocities),
        bind.virials(system.virials),
        bind.f32s('parts', parts, 'read_write'),
      ]);
      const body = `for (var k = 0u; k < ${MOST_SUMS}u; k++) { out[k] = sums[0][k]; }`;
      const meet = kernel(gpu, 'together', afterSums(n, MOST_SUMS, body), [
        bind.control(system.control),
        bind.f32s('parts', parts),
        bind.f32s('out', out, 'read_write'),
      ]);
      const sums = async () => {
        submit(gpu, (pass) => {
          run(pass, add, groupsFor(n));
          run(pass, meet, 1);
        });
        return new Float32Array((await read(gpu, out))[0]);
      };
      const made = await sums();
      expect(await sums()).toEqual(made);

      const masses = massesOf(s);
      const blank = { step: 0, cell: new Float64Array(9), extended: new Float64Array(1) };
      const still = { forces: new Float64Array(3 * n), virial: new Float64Array(9), positions: s.positions };
      const truth = pressureVolume({ ...blank, ...still, masses, velocities }, new Float64Array(9));
      const heaviest = truth[0] + truth[4] + truth[8];
      VOIGT.forEach((entry, k) => {
        expect(Math.abs(made[k] - truth[entry])).toBeLessThan(3e-7 * heaviest);
        let [sum, size] = [0, 0];
        for (let i = 0; i < n; i++) {
          sum += virials[6 * i + k];
          size += Math.abs(virials[6 * i + k]);
        }
        expect(Math.abs(made[6 + k] - sum)).toBeLessThan(3e-7 * size);
      });
      system.dispose();
      for (const b of [parts, out]) b.destroy();
    },
  );
});
