import { afterAll } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { type Gpu, openGpu } from '../../src/backend/webgpu/device.ts';
import { webgpuBackend } from '../../src/backend/webgpu/webgpuBackend.ts';

/** The adapter that tests run on; on a build machine there has to be one. */
async function find(): Promise<Gpu | undefined> {
  try {
    return await openGpu();
  } catch (error) {
    if (process.env.CI) throw error;
    console.log(`skipped: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

export const found = await find();
/** Only in tests that are skipped without one. */
export const gpu = found as Gpu;

/** All on one device, which compiles every kernel once. */
export const backend: Backend = webgpuBackend(undefined, async () => ({ ...gpu, dispose() {} }));

afterAll(() => found?.dispose());
