import { FIXED_POINT } from '../../core/fixedPoint.wgsl.ts';
import type { NeighbourList } from '../../core/neighbours.ts';
import * as wgsl from '../../core/neighbours.wgsl.ts';
import { each, f32 } from '../../core/neighbours.wgsl.ts';
import type { Structure } from '../../core/structure.ts';
import { planBins } from './binPlan.ts';
import * as at from './control.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { type Kernel, kernel, read, run, spread, storage } from './kernel.ts';

/** The neighbour list of one system on the device, in compressed rows. */
export interface DeviceList {
  readonly capacity: number;
  /** u32 [n + 1]. */
  readonly offsets: GPUBuffer;
  /** [pairs]: index, packed shift. */
  readonly entries: GPUBuffer;
  /** [pairs], where asked for. */
  readonly reverse: GPUBuffer;
  /** Makes the list valid for the positions as they are; a list that does not fit halts. */
  renew(pass: GPUComputePassEncoder): void;
  /** As `buildNeighbours` gives it. */
  list(): Promise<NeighbourList>;
  /** Gives back what depends on the number of pairs. */
  dispose(): void;
}

export interface ListOptions {
  /** Å. */
  readonly cutoff: number;
  readonly skin: number;
  readonly reverse: boolean;
  /** Pairs that fit. */
  readonly capacity: number;
}

/** `s`: where the system begins; open directions are binned over its extent. */
export function deviceList(system: DeviceSystem, s: Structure, options: ListOptions): DeviceList {
  const { gpu, atoms: n, control, faults, fixed, windows, cell } = system;
  const { cutoff, skin, reverse: wantsReverse, capacity } = options;
  const plan = { ...planBins(s, cutoff + skin), capacity };
  const bins = plan.count.reduce((p, c) => p * c, 1);
  const words = (what: string, length: number) => storage(gpu, what, 4 * length);
  const homes = words('homes of atoms', 4 * n);
  const builtAt = words('former positions', 4 * n);
  const tally = words('counts of bins', bins);
  const starts = words('starts of bins', bins + 1);
  const places = words('places in bins', n);
  const members = words('atoms of bins', n);
  const lengths = words('lengths of rows', n);
  const offsets = words('starts of rows', n + 1);
  const unsorted = words('neighbours', 2 * capacity);
  const entries = words('neighbours', 2 * capacity);
  const reverse = words('reverse slots', wantsReverse ? capacity : 1);
  const groups = words('sizes of dispatches', 16);

  const steer = bind.control(control);
  const inBins = [
    bind.of('vec4<i32>', 'homes', homes),
    bind.u32s('starts', starts),
    bind.u32s('members', members),
  ];
  const close = [steer, bind.windows(windows), bind.cell(cell), ...inBins];
  const total = `control[${at.PAIRS}] = total;
    control[${at.BUILDS}] += 1u;
    if (total > ${capacity}u) { control[0] = ${at.MORE_PAIRS}u; }`;

  const look = kernel(gpu, 'displacements', displacements(n, skin), [
    bind.of('atomic<u32>', 'control', control, 'read_write'),
    bind.windows(windows),
    bind.of('vec4<i32>', 'builtAt', builtAt),
  ]);
  const decide = kernel(gpu, 'decide', decision(n, bins), [
    { ...steer, access: 'read_write' },
    bind.of('vec3<u32>', 'groups', groups, 'read_write'),
  ]);
  const make = (name: string, code: string, ...bindings: Parameters<typeof kernel>[3]) =>
    kernel(gpu, name, code, bindings);
  const wide: readonly (readonly [Kernel, number])[] = [
    [
      make('clear bins', `${each(bins)} tally[i] = 0u;\n}`, steer, bind.u32s('tally', tally, 'read_write')),
      BY_BIN,
    ],
    [
      make(
        'bin',
        wgsl.binAtoms(plan),
        steer,
        bind.fixed(fixed),
        bind.windows(windows),
        bind.of('vec4<i32>', 'builtAt', builtAt, 'read_write'),
        bind.of('vec4<i32>', 'homes', homes, 'read_write'),
        bind.of('atomic<u32>', 'tally', tally, 'read_write'),
        bind.u32s('places', places, 'read_write'),
      ),
      BY_ATOM,
    ],
    [
      make(
        'scan bins',
        wgsl.scan(bins),
        steer,
        bind.u32s('counts', tally),
        bind.u32s('starts', starts, 'read_write'),
      ),
      ONCE,
    ],
    [
      make(
        'scatter',
        wgsl.scatterAtoms(plan),
        steer,
        inBins[0],
        inBins[1],
        bind.u32s('places', places),
        bind.u32s('members', members, 'read_write'),
      ),
      BY_ATOM,
    ],
    [
      make('count pairs', wgsl.countPairs(plan), ...close, bind.u32s('lengths', lengths, 'read_write')),
      BY_ATOM,
    ],
    [
      make(
        'scan rows',
        wgsl.scan(n, total),
        { ...steer, access: 'read_write' },
        bind.u32s('counts', lengths),
        bind.u32s('starts', offsets, 'read_write'),
      ),
      ONCE,
    ],
    [
      make(
        'fill rows',
        wgsl.fillRows(plan, { word: at.FAULT, value: at.FAR_IMAGE }),
        ...close,
        bind.flags(faults),
        bind.u32s('offsets', offsets),
        bind.of('vec2<u32>', 'unsorted', unsorted, 'read_write'),
      ),
      BY_ATOM,
    ],
    [
      make(
        'sort rows',
        wgsl.sortRows(n),
        steer,
        bind.u32s('offsets', offsets),
        bind.of('vec2<u32>', 'unsorted', unsorted),
        bind.of('vec2<u32>', 'entries', entries, 'read_write'),
      ),
      BY_ROW,
    ],
  ];
  const backwards: readonly (readonly [Kernel, number])[] = wantsReverse
    ? [
        [
          make(
            'reverse slots',
            wgsl.findReverse(n),
            steer,
            bind.u32s('offsets', offsets),
            bind.of('vec2<u32>', 'entries', entries),
            bind.u32s('reverse', reverse, 'read_write'),
          ),
          BY_ATOM,
        ],
      ]
    : [];
  const settle = make('settle', SETTLE, { ...steer, access: 'read_write' });
  return {
    capacity,
    offsets,
    entries,
    reverse,
    renew(pass) {
      run(pass, look, Math.ceil(n / 64));
      run(pass, decide, 1);
      for (const [{ pipeline, group }, size] of [...wide, ...backwards]) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroupsIndirect(groups, 16 * size);
      }
      run(pass, settle, 1);
    },
    dispose() {
      for (const b of [
        homes,
        builtAt,
        tally,
        starts,
        places,
        members,
        lengths,
        offsets,
        unsorted,
        entries,
        reverse,
      ])
        b.destroy();
    },
    async list() {
      const [o, e] = (await read(gpu, offsets, entries)).map((b) => new Uint32Array(b));
      const pairs = o[n];
      const shift = (p: number, x: number) => ((e[2 * p + 1] >>> (20 - 10 * x)) & 1023) - 512;
      return {
        cutoff: cutoff + skin,
        offsets: Int32Array.from(o.subarray(0, n + 1)),
        indices: Int32Array.from({ length: pairs }, (_, p) => e[2 * p]),
        shifts: Int32Array.from({ length: 3 * pairs }, (_, k) => shift(Math.floor(k / 3), k % 3)),
      };
    },
  };
}

const ONCE = 0;
const BY_ATOM = 1;
const BY_ROW = 2;
const BY_BIN = 3;

/** Stale once an atom has gone half the skin. */
function displacements(n: number, skin: number): string {
  return `${FIXED_POINT}${each(n, 'atomicLoad(&control[0]) != 0u')}
  let d = lengthOf(windows[i].xyz - builtAt[i].xyz);
  if (!(dot(d, d) <= ${f32((skin / 2) ** 2)})) { atomicStore(&control[${at.STALE}], 1u); }
}`;
}

/** How many workgroups make the list: none where it is still good. */
function decision(n: number, bins: number): string {
  const sizes = [1, Math.ceil(n / 64), n, Math.ceil(bins / 64)].map(spread);
  return `
@compute @workgroup_size(1)
fn main() {
  let go = control[0] == 0u && control[${at.STALE}] != 0u;
  ${sizes.map(([x, y], k) => `groups[${k}] = select(vec3<u32>(0u), vec3<u32>(${x}u, ${y}u, 1u), go);`).join('\n  ')}
}`;
}

const SETTLE = `
@compute @workgroup_size(1)
fn main() {
  if (control[0] == 0u) { control[${at.STALE}] = 0u; }
}`;
