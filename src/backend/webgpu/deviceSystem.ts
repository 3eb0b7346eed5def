import { boxWindows, HEAT, STORED, toBox, toChain } from '../../core/box.wgsl.ts';
import { completeCell } from '../../core/cell.ts';
import { toFixed } from '../../core/fixedPoint.wgsl.ts';
import type { Structure } from '../../core/structure.ts';
import { massesOf } from '../../core/velocities.ts';
import { CONTROL_WORDS, HALT, STALE } from './control.ts';
import type { Gpu } from './device.ts';
import { type Binding, storage, write } from './kernel.ts';

/** What a state is made of beside its step, and of that what a structure is made of. */
export const STATE = ['fixed', 'velocities', 'heat', 'box'] as const;
export const SHAPE = ['fixed', 'box'] as const;
export type StateBuffers = Readonly<Record<(typeof STATE)[number], GPUBuffer>>;

/** Atoms on the device. */
export interface DeviceSystem {
  readonly gpu: Gpu;
  readonly atoms: number;
  readonly control: GPUBuffer;
  /** What kernels complain of. */
  readonly faults: GPUBuffer;
  /** Positions, two words a coordinate. */
  readonly fixed: GPUBuffer;
  /** Their windows, and the species as the potential counts them. */
  readonly windows: GPUBuffer;
  /** Cell, heat and chain as `box.wgsl.ts` lays them out; what moves the cell writes `cell` with it. */
  readonly box: GPUBuffer;
  /** Windows of the cell's rows. */
  readonly cell: GPUBuffer;
  /** Å/fs, and 1/u. */
  readonly velocities: GPUBuffer;
  /** eV/Å, and the energy in eV without E₀. */
  readonly forces: GPUBuffer;
  /** −∂E/∂ε by atoms, eV, Voigt xx yy zz yz xz xy, [n][6]. */
  readonly virials: GPUBuffer;
  /** eV taken from the bath since the host last looked. */
  readonly heat: GPUBuffer;
  upload(positions: Float64Array, velocities?: Float64Array): void;
  /** Positions alone, all less than 128 Å from where they were: a list that still serves them is kept. */
  move(positions: Float64Array): void;
  /** Rows a b c, Å; likewise. */
  setCell(cell: Float64Array): void;
  /** A chain of thermostats: eV it holds, velocities in 1/fs. */
  setChain(stored: number, velocities: Float64Array): void;
  /** Counts heat from zero again. */
  forgetHeat(): void;
  /** Sets words of `control`. */
  set(word: number, ...values: readonly number[]): void;
  /** Lets a halted state go on. */
  calm(): void;
  dispose(): void;
}

/** `species`: of every atom, as the potential counts them. */
export function deviceSystem(gpu: Gpu, s: Structure, species: Int32Array): DeviceSystem {
  const n = s.species.length;
  const masses = massesOf(s);
  const box = toBox(completeCell(s.cell));
  const control = storage(gpu, 'words of control', 4 * CONTROL_WORDS);
  const fixed = storage(gpu, 'positions', 24 * n);
  const windows = storage(gpu, 'windows of positions', 16 * n);
  const velocities = storage(gpu, 'velocities', 16 * n);
  const set = (word: number, ...values: readonly number[]) =>
    write(gpu, control, Uint32Array.from(values), 4 * word);
  const buffers = {
    control,
    faults: storage(gpu, 'faults', 16),
    fixed,
    windows,
    velocities,
    box: storage(gpu, 'the box', box),
    cell: storage(gpu, 'the cell', boxWindows(box)),
    forces: storage(gpu, 'forces', 16 * n),
    virials: storage(gpu, 'virials', 24 * n),
    heat: storage(gpu, 'heat', 4 * n),
  };
  const move = (positions: Float64Array) => {
    const words = toFixed(positions);
    const near = new Int32Array(4 * n);
    for (let i = 0; i < n; i++) {
      for (let x = 0; x < 3; x++) {
        const k = 2 * (3 * i + x);
        near[4 * i + x] = (words[k] << 24) | (words[k + 1] >>> 8);
      }
      near[4 * i + 3] = species[i];
    }
    write(gpu, fixed, words);
    write(gpu, windows, near);
  };
  return {
    gpu,
    atoms: n,
    ...buffers,
    set,
    calm() {
      set(HALT, 0);
      write(gpu, buffers.faults, new Uint32Array(4));
    },
    setChain: (stored, v) => write(gpu, buffers.box, toChain(stored, v), 8 * STORED),
    forgetHeat() {
      write(gpu, buffers.heat, new Float32Array(n));
      write(gpu, buffers.box, new Int32Array(2), 8 * HEAT);
    },
    dispose() {
      for (const b of Object.values(buffers)) b.destroy();
    },
    move,
    setCell(rows) {
      const now = toBox(completeCell(rows));
      write(gpu, buffers.box, now.subarray(0, 2 * HEAT));
      write(gpu, buffers.cell, boxWindows(now));
    },
    upload(positions, v) {
      move(positions);
      const moving = new Float32Array(4 * n);
      for (let i = 0; i < n; i++) {
        for (let x = 0; x < 3; x++) moving[4 * i + x] = v ? v[3 * i + x] : 0;
        moving[4 * i + 3] = 1 / masses[i];
      }
      write(gpu, velocities, moving);
      set(STALE, 1);
    },
  };
}

type Access = Binding['access'];
const bound =
  (name: string, type: string) =>
  (buffer: GPUBuffer, access: Access = 'read'): Binding => ({ name, type, access, buffer });

/** Bindings by the names that WGSL in this project uses. */
export const bind = {
  control: bound('control', 'array<u32>'),
  flags: (buffer: GPUBuffer): Binding => ({
    name: 'flags',
    type: 'array<atomic<u32>>',
    access: 'read_write',
    buffer,
  }),
  fixed: bound('fixed', 'array<vec2<i32>>'),
  windows: bound('windows', 'array<vec4<i32>>'),
  box: bound('box', 'array<vec2<i32>>'),
  cell: bound('cell', 'array<vec4<i32>>'),
  rows: bound('rows', 'array<vec2<u32>>'),
  entries: bound('entries', 'array<vec2<u32>>'),
  velocities: bound('velocities', 'array<vec4<f32>>'),
  forces: bound('forces', 'array<vec4<f32>>'),
  virials: bound('virials', 'array<f32>'),
  heat: bound('heat', 'array<f32>'),
  u32s: (name: string, buffer: GPUBuffer, access: Access = 'read') =>
    bound(name, 'array<u32>')(buffer, access),
  f32s: (name: string, buffer: GPUBuffer, access: Access = 'read') =>
    bound(name, 'array<f32>')(buffer, access),
  of: (type: string, name: string, buffer: GPUBuffer, access: Access = 'read') =>
    bound(name, `array<${type}>`)(buffer, access),
};
