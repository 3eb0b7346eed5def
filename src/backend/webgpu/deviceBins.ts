import { each } from '../../core/each.wgsl.ts';
import * as wgsl from '../../core/neighbours.wgsl.ts';
import { mortonRanks } from './binPlan.ts';
import { type Stage, scanStages } from './deviceScan.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { type Binding, kernel, storage } from './kernel.ts';

/** Atoms in bins that follow a Morton curve: what is near in space is near in the order of rows. */
export interface DeviceBins {
  /** `rows` [n + 1]: (left to others, atom). */
  readonly rows: GPUBuffer;
  /** What a search for neighbours sees. */
  readonly bindings: readonly Binding[];
  readonly stages: readonly Stage[];
}

/** What a list was made for. */
export interface Origin {
  /** Windows of the atoms. */
  readonly builtAt: GPUBuffer;
  readonly builtBox: GPUBuffer;
}

/** `held` takes what is to be destroyed; `origin` is written. */
export function deviceBins(
  system: DeviceSystem,
  plan: wgsl.BinPlan,
  { builtAt, builtBox }: Origin,
  held: GPUBuffer[],
): DeviceBins {
  const { gpu, atoms: n, control, fixed, windows, box } = system;
  const bins = plan.count.reduce((p, c) => p * c, 1);
  const hold = (what: string, values: number | Uint32Array) => {
    held.push(storage(gpu, what, values));
    return held[held.length - 1];
  };
  const homes = hold('homes of atoms', 16 * n);
  const starts = hold('starts of bins', 4 * (bins + 1));
  const places = hold('places in bins', 4 * n);
  const rows = hold('rows', 8 * (n + 1));
  const ranks = bind.u32s('ranks', hold('order of bins', mortonRanks(plan.count)));
  const steer = bind.control(control);
  const made = (label: string, code: string, size: number, ...bindings: readonly Binding[]): Stage => [
    kernel(gpu, label, code, [steer, ...bindings]),
    Math.ceil(size / 64),
  ];
  const values = bind.u32s('values', starts, 'read_write');
  return {
    rows,
    bindings: [bind.of('vec4<i32>', 'homes', homes), bind.u32s('starts', starts), ranks],
    stages: [
      made('clear bins', `${each(bins + 1)} values[i] = 0u;\n}`, bins + 1, values),
      made(
        'bin',
        wgsl.binAtoms(plan),
        n,
        bind.fixed(fixed),
        bind.windows(windows),
        bind.box(box),
        bind.of('vec4<i32>', 'builtAt', builtAt, 'read_write'),
        bind.of('vec2<i32>', 'builtBox', builtBox, 'read_write'),
        bind.of('vec4<i32>', 'homes', homes, 'read_write'),
        ranks,
        bind.of('atomic<u32>', 'tally', starts, 'read_write'),
        bind.u32s('places', places, 'read_write'),
      ),
      ...scanStages(gpu, steer, values, 'values[k]', bins + 1, held).stages,
      made(
        'scatter',
        wgsl.scatterAtoms(plan),
        n,
        bind.of('vec4<i32>', 'homes', homes),
        bind.u32s('starts', starts),
        ranks,
        bind.u32s('places', places),
        bind.rows(rows, 'read_write'),
      ),
    ],
  };
}
