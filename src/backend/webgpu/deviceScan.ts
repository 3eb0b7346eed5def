import { addSums, SCAN_BLOCK, scanBlocks } from '../../core/scan.wgsl.ts';
import type { Gpu } from './device.ts';
import { bind } from './deviceSystem.ts';
import { type Binding, type Kernel, kernel, storage } from './kernel.ts';

/** A kernel and over how many workgroups it runs. */
export type Stage = readonly [Kernel, number];

/**
 * Turns `size` values into the sums of those before each, in place; `value` names value k of `binding`. The total ends up in
 * `total`. `held` takes what is to be destroyed.
 */
export function scanStages(
  gpu: Gpu,
  control: Binding,
  binding: Binding,
  value: string,
  size: number,
  held: GPUBuffer[],
): { readonly stages: readonly Stage[]; readonly total: GPUBuffer } {
  const blocks = Math.ceil(size / SCAN_BLOCK);
  const sums = storage(gpu, 'sums of blocks', 4 * blocks);
  held.push(sums);
  const values = { ...binding, access: 'read_write' as const };
  const sum = bind.u32s('sums', sums, 'read_write');
  const first: Stage = [kernel(gpu, 'scan', scanBlocks(size, value), [control, values, sum]), blocks];
  if (blocks === 1) return { stages: [first], total: sums };
  const above = scanStages(gpu, control, bind.u32s('values', sums), 'values[k]', blocks, held);
  const add = kernel(gpu, 'add sums', addSums(size, value), [control, values, bind.u32s('sums', sums)]);
  return { stages: [first, ...above.stages, [add, Math.ceil(size / 64)]], total: above.total };
}
