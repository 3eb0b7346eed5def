import { f32 } from '../../core/neighbours.wgsl.ts';
import type { Evaluation } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { BLOCK, largestCoordinates } from '../../uncertainty/largestCoordinate.wgsl.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';
import type { Watch, WatchedMeasure } from '../backend.ts';
import * as at from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceForces } from './deviceForces.ts';
import { bind } from './deviceSystem.ts';
import type { BoundField } from './forceField.ts';
import { type Kernel, kernel, read, run, storage } from './kernel.ts';

/** How far below `select` a grade in f32 calls for one in f64. */
export const MARGIN = 0.01;
/** Of 1 + γ: how far grades in f32 may be off; beyond, they are f64 on the CPU at every check. */
const TOLERANCE = MARGIN / 4;

/** Grades on the device that halt where one comes near `select`. What they call for is f64. */
export interface Screen {
  readonly watch: Watch;
  /** Grades the positions whose forces were just made. */
  encode(pass: GPUComputePassEncoder): void;
  /** The latest grades, by measure. */
  grades(): Promise<Map<Uncertainty, Float64Array>>;
  dispose(): void;
}

/** Undefined where a measure that can stop the run is not of the kind that the device computes. */
export function screenFor(
  gpu: Gpu,
  forces: DeviceForces,
  s: Structure,
  width: number,
  watch: Watch,
): Screen | undefined {
  const screened = watch.measures.filter((w) => w.measure.coordinates);
  const others = watch.measures.filter((w) => !w.measure.coordinates);
  if (screened.length === 0 || others.some((w) => Number.isFinite(w.select)) || !forces.field().rich)
    return undefined;
  // A block of projections has to fit into workgroup memory.
  if (4 * BLOCK * (width + 64) + 64 > gpu.limits.maxComputeWorkgroupStorageSize) return undefined;
  const n = s.species.length;
  const packed = screened.map((w) => ({
    ...pack(gpu, w, s),
    flag: verdict(w),
    select: w.select,
    grades: storage(gpu, 'grades', 4 * n),
  }));
  let boundTo: BoundField | undefined;
  let kernels: (readonly [Kernel, number])[] = [];
  const rebind = (field: BoundField) => {
    boundTo = field;
    kernels = packed.map(({ blocks, inverses, count, select, flag, grades }) => [
      kernel(gpu, 'grades', largestCoordinates(count, width, (1 - MARGIN) * select, flag), [
        bind.control(forces.system.control),
        bind.flags(forces.system.faults),
        bind.f32s('projections', field.rich!.projections),
        bind.f32s('inverses', inverses),
        bind.u32s('blocks', blocks),
        bind.f32s('grades', grades, 'read_write'),
      ]),
      count,
    ]);
  };
  return {
    watch,
    encode(pass) {
      const field = forces.field();
      if (field !== boundTo) rebind(field);
      field.rich!.encode(pass);
      for (const [k, count] of kernels) run(pass, k, count);
    },
    async grades() {
      const found = await read(gpu, ...packed.map((p) => p.grades));
      return new Map(
        screened.map(({ measure }, k) => [
          measure,
          Float64Array.from(new Float32Array(found[k]).subarray(0, n), (x) =>
            x < 3e38 ? x : Number.POSITIVE_INFINITY,
          ),
        ]),
      );
    },
    dispose() {
      for (const p of packed) for (const b of [p.blocks, p.inverses, p.grades]) b.destroy();
    },
  };
}

/** WGSL that tells of `grade`, which is above (1 − MARGIN)·select, what it means. */
export function verdict({ select, pause }: Pick<WatchedMeasure, 'select' | 'pause'>): string {
  const beyond = (limit: number, yes: string, no: string) =>
    Number.isFinite(limit) ? `select(${no}, ${yes}, grade > ${f32(limit)})` : no;
  if (!Number.isFinite(select)) return '';
  const flagged = beyond((1 + MARGIN) * select, `${at.FLAGGED}u`, `${at.DOUBTFUL}u`);
  return `atomicMax(&flags[${at.SEEN}], ${beyond((1 - MARGIN) * pause, `${at.STOP}u`, flagged)});`;
}

function pack(gpu: Gpu, { measure }: WatchedMeasure, { elements, species }: Structure) {
  const sets = measure.coordinates!;
  const starts: number[] = [];
  let length = 0;
  for (const set of sets) {
    starts.push(length);
    length += set.inverse.length;
  }
  const inverses = new Float32Array(Math.max(1, length));
  sets.forEach((set, k) => {
    inverses.set(set.inverse, starts[k]);
  });
  const words: number[] = [];
  elements.forEach((symbol, k) => {
    const at = sets.findIndex((set) => set.element === symbol);
    const atoms = Array.from(species.keys()).filter((i) => species[i] === k);
    for (let first = 0; first < atoms.length; first += BLOCK) {
      for (let q = 0; q < BLOCK; q++) words.push(atoms[Math.min(first + q, atoms.length - 1)]);
      words.push(at < 0 ? 0 : sets[at].size, at < 0 ? 0 : starts[at]);
    }
  });
  return {
    inverses: storage(gpu, 'inverses of active sets', inverses),
    blocks: storage(gpu, 'blocks of atoms', Uint32Array.from(words)),
    count: words.length / (BLOCK + 2),
  };
}

/** Whether f32 is enough for these sets: on the device the grades that the truth `e` has, or nearly. */
export async function trustworthy(screen: Screen, e: Evaluation, s: Structure): Promise<boolean> {
  for (const [measure, grades] of await screen.grades()) {
    const truth = measure.grade(e, s);
    for (let i = 0; i < truth.length; i++)
      if (grades[i] !== truth[i] && !(Math.abs(grades[i] - truth[i]) <= TOLERANCE * (1 + truth[i])))
        return false;
  }
  return true;
}
