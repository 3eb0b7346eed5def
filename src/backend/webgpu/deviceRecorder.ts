import { FRAMES } from '../stepping/flightRecorder.ts';
import type { Gpu } from './device.ts';
import { bind, type DeviceSystem, SHAPE, STATE, type StateBuffers } from './deviceSystem.ts';
import { kernel, type Part, read, run, storage, write } from './kernel.ts';
import { energies, keep, LOG, VITALS, verdict } from './verdict.wgsl.ts';

/** A structure that was beyond `select`, for the host to read. */
export interface KeptShape {
  readonly step: number;
  readonly parts: Readonly<Record<(typeof SHAPE)[number], Part>>;
}

/** The flight recorder on the device: the last trusted state, and the structures that were flagged since. */
export interface DeviceRecorder {
  /** Judges the state after a checked step, whose grades have spoken through the flags, and keeps it or halts. */
  encode(pass: GPUComputePassEncoder): void;
  /** eV that the kinetic energy may reach from now on. */
  limit(kineticEnergy: number): void;
  readonly trusted: StateBuffers;
  contents(): Promise<Contents>;
  /** Forgets the flagged structures, which the host has taken over. */
  clear(): void;
  /** What the conserved quantity was at the last check, eV/atom, where the host has changed what it is counted from. */
  rebase(conserved: number): void;
}

export interface Contents {
  readonly trustedStep: number;
  /** From the oldest; there may have been more. */
  readonly flagged: readonly KeptShape[];
  /** eV/atom at the last check, without what free atoms have. */
  readonly conserved: number;
}

/** Flagged structures that fit: as many as the host keeps, in one array. */
function depthFor({ limits }: Gpu, bytes: number): number {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  return Math.max(1, Math.min(FRAMES, Math.floor(most / bytes)));
}

export function deviceRecorder(system: DeviceSystem): DeviceRecorder {
  const { gpu, atoms } = system;
  const groups = Math.min(256, Math.ceil(atoms / 64));
  const shapeBytes = Math.max(...SHAPE.map((name) => system[name].size));
  const depth = depthFor(gpu, shapeBytes);
  const parts = storage(gpu, 'parts of energies', 16 * groups);
  const vitals = storage(gpu, 'vitals', Float32Array.of(3e38, 0, 0, 0));
  const log = storage(gpu, 'log of checks', 4 * (LOG.steps + 2 * depth));
  const kept = <T extends (typeof STATE)[number]>(names: readonly T[], times: number, what: string) =>
    Object.fromEntries(
      names.map((name) => [name, storage(gpu, `${what} ${name}`, times * system[name].size)]),
    ) as Record<T, GPUBuffer>;
  const trusted = kept(STATE, 1, 'trusted');
  const shapes = kept(SHAPE, depth, 'flagged');

  const steer = { ...bind.control(system.control), access: 'read_write' as const };
  const sum = kernel(gpu, 'energies', energies(atoms, groups), [
    bind.control(system.control),
    bind.forces(system.forces),
    bind.velocities(system.velocities),
    bind.heat(system.heat),
    bind.of('vec4<f32>', 'parts', parts, 'read_write'),
  ]);
  const judge = kernel(gpu, 'verdict', verdict(atoms, groups, depth), [
    steer,
    bind.flags(system.faults),
    bind.of('vec4<f32>', 'parts', parts),
    bind.box(system.box),
    bind.f32s('vitals', vitals, 'read_write'),
    bind.u32s('log', log, 'read_write'),
  ]);
  const copy = (name: (typeof STATE)[number], to: GPUBuffer, asTrusted: boolean) => {
    const words = system[name].size / 4;
    const code = keep(words, asTrusted);
    const made = kernel(gpu, `keep ${name}`, code, [
      bind.control(system.control),
      bind.u32s('log', log),
      bind.u32s('source', system[name]),
      bind.u32s('kept', to, 'read_write'),
    ]);
    return [made, Math.ceil(words / 64)] as const;
  };
  const copies = [
    ...STATE.map((name) => copy(name, trusted[name], true)),
    ...SHAPE.map((name) => copy(name, shapes[name], false)),
  ];

  const shapeAt = (slot: number) =>
    Object.fromEntries(
      SHAPE.map((name) => {
        const { size } = system[name];
        return [name, { buffer: shapes[name], offset: slot * size, size }];
      }),
    ) as KeptShape['parts'];

  return {
    trusted,
    encode(pass) {
      run(pass, sum, groups);
      run(pass, judge, 1);
      for (const [made, size] of copies) run(pass, made, size);
    },
    limit: (energy) => write(gpu, vitals, Float32Array.of(energy), 4 * VITALS.hottest),
    async contents() {
      const [logged, scalars] = await read(gpu, log, vitals);
      const words = new Uint32Array(logged);
      const step = (k: number) => words[k] + words[k + 1] * 2 ** 32;
      const count = words[LOG.count];
      const held = Math.min(count, depth);
      const flagged = Array.from({ length: held }, (_, k) => {
        const slot = (count - held + k) % depth;
        return { step: step(LOG.steps + 2 * slot), parts: shapeAt(slot) };
      });
      return {
        trustedStep: step(LOG.trusted),
        flagged,
        conserved: new Float32Array(scalars)[VITALS.conserved],
      };
    },
    clear: () => write(gpu, log, Uint32Array.of(0), 4 * LOG.count),
    rebase: (conserved) => write(gpu, vitals, Float32Array.of(conserved), 4 * VITALS.conserved),
  };
}
