import type { Potential } from '../../core/potential.ts';
import type { Gpu } from './device.ts';
import type { DeviceForces } from './deviceForces.ts';
import { submit } from './deviceForces.ts';
import { read, storage } from './kernel.ts';

export type Encode = (pass: GPUComputePassEncoder) => void;

/** What a field gives of each atom beside its forces, by kernels made when asked for and after `encode` of the field. */
export interface Extras {
  /**
   * Writes projections of the atoms whose slots lie in a range to f32 [slots of the range][width]. `slots` u32 [n]; `range`: first slot, the
   * one after the last.
   */
  readonly projections?: (slots: GPUBuffer, range: GPUBuffer, to: GPUBuffer) => Encode;
  /** Absent where a potential is its own only member. */
  readonly members?: {
    readonly count: number;
    /** Differences from the mean's: energies f32 [members][n]. */
    readonly energies: () => { readonly encode: Encode; readonly values: GPUBuffer };
    /** Forces of one member at a time, vec4 [n]. */
    readonly forces: () => {
      encode(pass: GPUComputePassEncoder, member: number): void;
      readonly values: GPUBuffer;
    };
  };
}

/** Slots of which projections fit into one array. */
export function slotsAtOnce({ limits }: Gpu, width: number): number {
  return Math.floor(
    Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) / (4 * Math.max(1, width)),
  );
}

export type Apart = 'projections' | 'memberEnergies' | 'memberForces' | 'memberVirials';

/** Quantities that the device has no kernels for: they come from the potential itself. */
export function elsewhere({ projectionWidth, members }: Potential, extras: Extras | undefined): Apart[] {
  const own = members === 1 ? [] : (['memberEnergies', 'memberForces'] as const);
  return [
    ...(extras?.projections || projectionWidth === 0 ? [] : (['projections'] as const)),
    ...(extras?.members ? [] : own),
    'memberVirials',
  ];
}

/** [n × width] of the positions whose forces were made last. */
export async function readProjections(
  gpu: Gpu,
  forces: DeviceForces,
  width: number,
  out: Float64Array,
): Promise<void> {
  const n = forces.system.atoms;
  const most = Math.min(n, slotsAtOnce(gpu, width));
  const slots = storage(
    gpu,
    'slots',
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const rows = storage(gpu, 'projections', 4 * most * width);
  const range = storage(gpu, 'range of slots', 16);
  const encode = forces.field().extras!.projections!(slots, range, rows);
  for (let first = 0; first < n; first += most) {
    gpu.device.queue.writeBuffer(range, 0, Uint32Array.of(first, first + most));
    submit(gpu, encode);
    const [found] = await read(gpu, rows);
    out.set(new Float32Array(found).subarray(0, Math.min(most, n - first) * width), first * width);
  }
  for (const b of [slots, rows, range]) b.destroy();
}

/** Differences of the members' energies from the mean's, added to `out` [members × n]. */
export async function addMemberEnergies(gpu: Gpu, forces: DeviceForces, out: Float64Array): Promise<void> {
  const { encode, values } = forces.field().extras!.members!.energies();
  submit(gpu, encode);
  const [found] = await read(gpu, values);
  const d = new Float32Array(found);
  for (let k = 0; k < out.length; k++) out[k] += d[k];
}

/** Differences of the members' forces from the mean's, added to `out` [members × 3n]. */
export async function addMemberForces(gpu: Gpu, forces: DeviceForces, out: Float64Array): Promise<void> {
  const { count, forces: make } = forces.field().extras!.members!;
  const { encode, values } = make();
  const n = forces.system.atoms;
  for (let m = 0; m < count; m++) {
    submit(gpu, (pass) => encode(pass, m));
    const [found] = await read(gpu, values);
    const d = new Float32Array(found);
    for (let k = 0; k < 3 * n; k++) out[3 * n * m + k] += d[4 * Math.floor(k / 3) + (k % 3)];
  }
}
