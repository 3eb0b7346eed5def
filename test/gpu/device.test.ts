import { afterEach, describe, expect, it, vi } from 'vitest';
import { autoBackend } from '../../src/backend/autoBackend.ts';
import type { Backend, Watch } from '../../src/backend/backend.ts';
import { adapterMeant, borrowGpu, DeviceLost, openGpu } from '../../src/backend/webgpu/device.ts';
import { read, storage, write } from '../../src/backend/webgpu/kernel.ts';
import { describeProbe, probeGpu } from '../../src/backend/webgpu/probe.ts';
import { webgpuBackend } from '../../src/backend/webgpu/webgpuBackend.ts';
import { UserError } from '../../src/core/errors.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { largest } from '../support/compare.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';
import { found } from './adapter.ts';

const langevin = integratorFrom({ kind: 'langevin', timestep: '4 fs', temperature: '60 K', seed: 3 });
const start = () => startAt(argonCrystal(2), 60);

/** A backend whose k-th device is gone after `lives[k]` submissions. */
function mortal(lives: readonly number[]): Backend & { readonly opened: () => number } {
  let opened = 0;
  const backend = webgpuBackend(undefined, async (name) => {
    const gpu = await openGpu(name);
    const { queue } = gpu.device;
    const submit = queue.submit.bind(queue);
    let left = lives[opened++] ?? Number.POSITIVE_INFINITY;
    Object.defineProperty(queue, 'submit', {
      value(commands: GPUCommandBuffer[]) {
        submit(commands);
        if (--left === 0) gpu.device.destroy();
      },
    });
    return gpu;
  });
  return { ...backend, opened: () => opened };
}

afterEach(() => vi.restoreAllMocks());

describe.skipIf(!found)('a lost device', () => {
  it('is replaced, and the run comes to where it would have come', { timeout: 60_000 }, async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const undisturbed = await webgpuBackend().prepare(argon, langevin, start());
    await undisturbed.advance(60, unwatched, never);
    // The first in the midst of the run, the second while it is made ready, the third before the end.
    const backend = mortal([12, 1, 8]);
    const engine = await backend.prepare(argon, langevin, start());
    for (const steps of [20, 20, 20])
      expect((await engine.advance(steps, unwatched, never)).reason).toBe('finished');
    expect(backend.opened()).toBe(4);
    expect(warned).toHaveBeenCalledWith(expect.stringMatching(/device .* was lost .*going on from step 20/));
    const [a, b] = [engine.state(), undisturbed.state()];
    expect(a.step).toBe(60);
    expect(largest(a.structure.positions.map((x, k) => x - b.structure.positions[k]))).toBeLessThan(1e-6);
    expect(largest(b.structure.positions.map((x, k) => x - start().structure.positions[k]))).toBeGreaterThan(
      0.1,
    );
    for (const e of [engine, undisturbed]) e.dispose();
  });

  it('that is lost again and again ends the run', { timeout: 60_000 }, async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const engine = await mortal([8, 8, 8, 8]).prepare(argon, langevin, start());
    const forever: Watch = { interval: 1_000_000, measures: [] };
    await expect(engine.advance(1_000_000, forever, never)).rejects.toThrow(
      /was lost .*; got 4 losses at step 0, must be ≤ 3/,
    );
    engine.dispose();
  });
});

describe.skipIf(!found)('a device that refuses', () => {
  it('a command says so as a mistake of the user, not as a crash', async () => {
    const gpu = await openGpu(undefined, []);
    const words = storage(gpu, 'words', 16);
    write(gpu, words, new Uint32Array(64));
    await expect(read(gpu, words)).rejects.toThrow(/refused a command .*use backend wasm/s);
    gpu.dispose();
  });

  it('memory says so', async () => {
    const gpu = await openGpu();
    const { device } = gpu;
    expect(() => storage(gpu, 'far too much', 2 * gpu.limits.maxStorageBufferBindingSize)).toThrow(
      /far too much need \d+ MiB, must fit into the \d+ MiB/,
    );
    device.onuncapturederror?.({ error: new GPUOutOfMemoryError('no room') } as never);
    expect(gpu.check).toThrow(/has no memory left \(no room\); use fewer atoms, or backend wasm/);
    gpu.dispose();
  });

  it('nothing but is gone is told apart', async () => {
    const gpu = await openGpu();
    gpu.device.destroy();
    await gpu.device.lost;
    expect(gpu.check).toThrow(DeviceLost);
    expect(gpu.check).toThrow(UserError);
  });
});

describe.skipIf(!found)('a device without checks', () => {
  it('comes to the same bits', { timeout: 60_000 }, async () => {
    const run = async (features: readonly string[]) => {
      const backend = webgpuBackend(undefined, (name) => openGpu(name, features));
      const engine = await backend.prepare(argon, langevin, start());
      expect((await engine.advance(30, unwatched, never)).reason).toBe('finished');
      const state = engine.state();
      engine.dispose();
      return state;
    };
    expect(await run(['skip_validation', 'disable_workgroup_init'])).toEqual(await run([]));
  });
});

describe.skipIf(!found)('a device that one engine leaves', () => {
  it('is taken over by the next, without the arrays', async () => {
    const first = await borrowGpu();
    const array = storage(first, 'words', 16);
    first.dispose();
    const second = await borrowGpu();
    expect(second.device).toBe(first.device);
    second.device.pushErrorScope('validation');
    const encoder = second.device.createCommandEncoder();
    encoder.copyBufferToBuffer(array, 0, storage(second, 'others', 16), 0, 16);
    second.device.queue.submit([encoder.finish()]);
    expect((await second.device.popErrorScope())?.message).toMatch(/destroyed/);
    second.dispose();
  });

  it('is not, once it is lost', async () => {
    const first = await borrowGpu();
    first.device.destroy();
    await first.device.lost;
    first.dispose();
    const second = await borrowGpu();
    expect(second.device).not.toBe(first.device);
    expect(second.check).not.toThrow();
    second.dispose();
  });
});

describe.skipIf(!found)('an adapter', () => {
  it('is chosen by part of its name', async () => {
    const probe = probeGpu();
    if ('reason' in probe) throw new Error(probe.reason);
    const part = probe.software ? 'SwiftShader' : probe.name.split(' ')[0];
    // What a run or `doctor` calls it, too.
    for (const name of [part, probe.name, found!.name.toUpperCase()]) {
      expect(await webgpuBackend(name).describe!()).toBe(`webgpu, ${found!.name}`);
      expect(probeGpu(name)).toEqual(probe);
    }
  });

  it('is told by the name of its driver from that of the package', () => {
    const names = ['llvmpipe (LLVM 15)', 'NVIDIA H200'];
    for (const name of ['nvidia-h200 (nvidia)', 'nvidia-h200', 'H200'])
      expect(adapterMeant(name, names)).toBe('NVIDIA H200');
    for (const name of ['abacus', '', '()']) expect(adapterMeant(name, names)).toBe(undefined);
  });

  it('that is not there is answered with those that are', async () => {
    await expect(webgpuBackend('abacus').describe!()).rejects.toThrow(
      /webgpu.adapter: got 'abacus', must be part of one of: .+; leave it out to take the fastest/,
    );
  });

  it('is described with its limits', () => {
    expect(describeProbe(probeGpu())).toMatch(
      /\(.+\), (software: .*|hardware), arrays up to .* GiB, \d+ of them a kernel, workgroups of \d+ threads and \d+ KiB, with timestamp-query/,
    );
  });
});

describe('the backend auto', () => {
  const hardware = { name: 'Card (maker)', software: false, limits: {} as never, features: [] };
  const chosen = async (probe: ReturnType<typeof probeGpu>) => autoBackend(() => probe).describe!();

  it('takes no software adapter, and says why', async () => {
    expect(await chosen({ ...hardware, name: 'llvmpipe', software: true })).toMatch(
      /^wasm, \d+ threads? \(auto: llvmpipe is software\)$/,
    );
    expect(await chosen({ reason: 'no graphics adapter' })).toMatch(/^wasm.*\(auto: no graphics adapter\)$/);
  });

  it.skipIf(!found)('takes a graphics processor', async () => {
    expect(await chosen(hardware)).toBe(`webgpu, ${found!.name} (auto: a graphics processor)`);
  });
});
