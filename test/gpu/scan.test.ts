import { describe, expect, it } from 'vitest';
import { submit } from '../../src/backend/webgpu/deviceForces.ts';
import { scanStages } from '../../src/backend/webgpu/deviceScan.ts';
import { bind } from '../../src/backend/webgpu/deviceSystem.ts';
import { read, run, storage } from '../../src/backend/webgpu/kernel.ts';
import { SCAN_BLOCK } from '../../src/core/scan.wgsl.ts';
import { found, gpu } from './adapter.ts';

describe.skipIf(!found)('sums of what comes before', () => {
  it.each([1, SCAN_BLOCK, SCAN_BLOCK + 1, SCAN_BLOCK ** 2 + 777])('are those of %i values', async (size) => {
    const values = Uint32Array.from({ length: size }, (_, k) => 1 + (k % 7));
    const control = storage(gpu, 'control', 16);
    const buffer = storage(gpu, 'values', values);
    const held: GPUBuffer[] = [];
    const scan = scanStages(gpu, bind.control(control), bind.u32s('values', buffer), 'values[k]', size, held);
    submit(gpu, (pass) => {
      for (const [kernel, groups] of scan.stages) run(pass, kernel, groups);
    });
    const [before, total] = (await read(gpu, buffer, scan.total)).map((b) => new Uint32Array(b));
    let sum = 0;
    let wrong = 0;
    for (let k = 0; k < size; k++) {
      if (before[k] !== sum) wrong++;
      sum += values[k];
    }
    expect(wrong).toBe(0);
    expect(total[0]).toBe(sum);
    for (const b of [control, buffer, ...held]) b.destroy();
  });
});
