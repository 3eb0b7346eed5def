import { UserError } from '../../core/errors.ts';
import type { NeighbourList } from '../../core/neighbours.ts';
import * as wgsl from '../../core/neighbours.wgsl.ts';
import { SORT_ROWS } from '../../core/sortRows.wgsl.ts';
import { type Chunk, chunksOf, planChunks, spanOf, type Widths } from './chunks.ts';
import * as at from './control.ts';
import { deviceBins } from './deviceBins.ts';
import { type Stage, scanStages } from './deviceScan.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { type Binding, kernel, read, run, spread, storage } from './kernel.ts';

/** A chunk with the entries of its rows. */
export interface ListChunk extends Chunk {
  /** [capacity]: index, packed shift. */
  readonly entries: GPUBuffer;
  /** [capacity]: where the other atom says the same, counted over the whole list; where asked for. */
  readonly reverse: GPUBuffer;
}

/** The neighbour list of one system on the device: rows in the order of a Morton curve, their entries in chunks. */
export interface DeviceList {
  /** Entries that fit into a chunk. */
  readonly capacity: number;
  /** [n + 1]: first entry counted over the whole list, atom. */
  readonly rows: GPUBuffer;
  readonly chunks: readonly ListChunk[];
  /** Makes the list valid for positions and cell as they are; a list that does not fit halts, as do bins that no longer fit the cell. */
  renew(pass: GPUComputePassEncoder): void;
  /** The same, and where atoms go on as they do, for so many more steps as are between two of these. */
  renewAhead(pass: GPUComputePassEncoder): void;
  /** A list that no longer holds halts. */
  look(pass: GPUComputePassEncoder): void;
  /** Pairs a row in the chunk that has most, by the words of control. */
  density(words: Uint32Array): number;
  /** As `buildNeighbours` gives it. */
  list(): Promise<NeighbourList>;
  /** Gives back what depends on the number of pairs. */
  dispose(): void;
}

export interface ListOptions {
  readonly plan: wgsl.BinPlan;
  /** Å, of `plan.cutoff`. */
  readonly skin: number;
  readonly reverse: boolean;
  /** Pairs a row that there is room for. */
  readonly density: number;
  /** Of arrays that others keep. */
  readonly widths: Widths;
}

/** Steps between two in which a list can be made: kernels that make none take as long to launch as others. */
export const RENEWAL = 10;

/** What an atom moved since the list was made grows at most in proportion to the time. */
const AHEAD = `1.0 + ${RENEWAL}.0 / f32(max(1u, atomicLoad(&control[${at.STEP}]) - atomicLoad(&control[${at.MADE_AT}])))`;

export function deviceList(system: DeviceSystem, options: ListOptions): DeviceList {
  const { gpu, atoms: n, control, windows } = system;
  const { plan, skin, density, widths } = options;
  if (n * density >= 2 ** 32)
    throw new UserError(
      `webgpu: got about ${(n * density).toPrecision(2)} pairs of ${n} atoms, must be fewer than 2³²; use fewer atoms`,
    );
  const held: GPUBuffer[] = [];
  const hold = (what: string, bytes: number) => {
    held.push(storage(gpu, what, bytes));
    return held[held.length - 1];
  };
  const builtAt = hold('former positions', 16 * n);
  const builtBox = hold('former cell', 72);
  const bins = deviceBins(system, plan, { builtAt, builtBox }, held);
  const shape = planChunks(gpu, n, density, { pair: Math.max(8, widths.pair), row: widths.row });
  const chunks = chunksOf(gpu, n, shape).map((chunk) => ({
    ...chunk,
    entries: hold('neighbours', 8 * shape.capacity),
    reverse: hold('reverse slots', options.reverse ? 4 * shape.capacity : 4),
  }));
  held.push(...chunks.map((c) => c.span));

  const steer = bind.control(control);
  const command: Binding = { ...steer, access: 'read_write' };
  const sight = [bind.windows(windows), bind.cell(system.cell), ...bins.bindings];
  const lengths = bind.rows(bins.rows, 'read_write');
  const scan = scanStages(gpu, steer, lengths, 'rows[k].x', n, held);
  const stages: Stage[] = [
    ...bins.stages,
    [kernel(gpu, 'count pairs', wgsl.countPairs(plan), [steer, ...sight, lengths]), Math.ceil(n / 64)],
    ...scan.stages,
    [kernel(gpu, 'close rows', closing(n, shape), [command, lengths, bind.u32s('total', scan.total)]), 1],
    ...chunks.flatMap((chunk) => fillStages(system, plan, bins.rows, sight, chunk)),
    ...(options.reverse ? reverseStages(system, bins.rows, chunks, hold('rows of atoms', 4 * n)) : []),
  ];

  const sizes = [...new Set(stages.map(([, size]) => size))];
  const groups = hold('sizes of dispatches', 16 * sizes.length);
  const looking = (word: number, value: number, growth?: string) => {
    const stale = `atomicStore(&control[${word}], ${value}u);`;
    const made = kernel(
      gpu,
      'displacements',
      wgsl.displacements(n, plan.cutoff - skin, skin, stale, growth),
      [
        bind.of('atomic<u32>', 'control', control, 'read_write'),
        bind.windows(windows),
        bind.of('vec4<i32>', 'builtAt', builtAt),
        bind.fixed(system.fixed),
        bind.box(system.box),
        bind.of('vec2<i32>', 'builtBox', builtBox),
      ],
    );
    return (pass: GPUComputePassEncoder) => run(pass, made, Math.ceil(n / 64));
  };
  const [now, ahead] = [looking(at.STALE, 1), looking(at.STALE, 1, AHEAD)];
  const across = gpu.limits.maxComputeWorkgroupsPerDimension;
  const decide = kernel(gpu, 'decide', decision(plan, sizes, across), [
    command,
    bind.box(system.box),
    bind.of('vec3<u32>', 'groups', groups, 'read_write'),
  ]);
  const settle = kernel(gpu, 'settle', SETTLE, [command]);
  const make = (pass: GPUComputePassEncoder) => {
    run(pass, decide, 1);
    for (const [{ pipeline, group }, size] of stages) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroupsIndirect(groups, 16 * sizes.indexOf(size));
    }
    run(pass, settle, 1);
  };
  return {
    capacity: shape.capacity,
    rows: bins.rows,
    chunks,
    renew(pass) {
      now(pass);
      make(pass);
    },
    renewAhead(pass) {
      ahead(pass);
      make(pass);
    },
    look: looking(at.HALT, at.OLD_LIST),
    density: (words) => words[at.MOST_PAIRS] / shape.rows,
    dispose() {
      for (const b of held) b.destroy();
    },
    async list() {
      const found = await read(gpu, bins.rows, ...chunks.map((c) => c.entries));
      const [rows, ...entries] = found.map((b) => new Uint32Array(b));
      return { cutoff: plan.cutoff, ...byAtom(n, rows, entries, shape.rows) };
    },
  };
}

function fillStages(
  { gpu, control, faults }: DeviceSystem,
  plan: wgsl.BinPlan,
  rows: GPUBuffer,
  sight: readonly Binding[],
  chunk: ListChunk,
): Stage[] {
  const common = [bind.control(control), spanOf(chunk), bind.rows(rows)];
  const entries = bind.entries(chunk.entries, 'read_write');
  const count = chunk.end - chunk.first;
  const fill = wgsl.fillRows(plan, { word: at.FAULT, value: at.FAR_IMAGE });
  return [
    [
      kernel(gpu, 'fill rows', fill, [...common, ...sight, bind.flags(faults), entries]),
      Math.ceil(count / 64),
    ],
    [kernel(gpu, 'sort rows', SORT_ROWS, [...common, entries]), count],
  ];
}

function reverseStages(
  { gpu, control, atoms }: DeviceSystem,
  rows: GPUBuffer,
  chunks: readonly ListChunk[],
  rowsOf: GPUBuffer,
): Stage[] {
  const steer = bind.control(control);
  const find = kernel(gpu, 'find rows', wgsl.findRows(atoms), [
    steer,
    bind.rows(rows),
    bind.u32s('rowsOf', rowsOf, 'read_write'),
  ]);
  const between = (chunk: ListChunk, other: ListChunk): Stage => [
    kernel(gpu, 'reverse slots', wgsl.FIND_REVERSE, [
      steer,
      spanOf(chunk),
      spanOf(other, 'other'),
      bind.rows(rows),
      bind.u32s('rowsOf', rowsOf),
      bind.entries(chunk.entries),
      bind.of('vec2<u32>', 'theirs', other.entries),
      bind.u32s('reverse', chunk.reverse, 'read_write'),
    ]),
    Math.ceil((chunk.end - chunk.first) / 64),
  ];
  return [[find, Math.ceil(atoms / 64)], ...chunks.flatMap((c) => chunks.map((d) => between(c, d)))];
}

/** Rows in the order of atoms. */
function byAtom(n: number, rows: Uint32Array, entries: readonly Uint32Array[], rowsOfChunk: number) {
  const rowOf = new Uint32Array(n);
  for (let row = 0; row < n; row++) rowOf[rows[2 * row + 1]] = row;
  const offsets = new Int32Array(n + 1);
  const indices = new Int32Array(rows[2 * n]);
  const shifts = new Int32Array(3 * indices.length);
  let p = 0;
  for (let i = 0; i < n; i++) {
    const row = rowOf[i];
    const chunk = Math.floor(row / rowsOfChunk);
    const before = rows[2 * chunk * rowsOfChunk];
    for (let q = rows[2 * row] - before; q < rows[2 * row + 2] - before; q++, p++) {
      const [index, packed] = entries[chunk].subarray(2 * q, 2 * q + 2);
      indices[p] = index;
      for (let x = 0; x < 3; x++) shifts[3 * p + x] = ((packed >>> (20 - 10 * x)) & 1023) - 512;
    }
    offsets[i + 1] = p;
  }
  return { offsets, indices, shifts };
}

/** How many workgroups make the list: none where it is still good. */
function decision(plan: wgsl.BinPlan, sizes: readonly number[], across: number): string {
  const lines = sizes.map((size, k) => {
    const [x, y] = spread(size, across);
    return `groups[${k}] = select(vec3<u32>(0u), vec3<u32>(${x}u, ${y}u, 1u), go);`;
  });
  return `${wgsl.outgrown(plan)}
@compute @workgroup_size(1)
fn main() {
  var go = control[0] == 0u && control[${at.STALE}] != 0u;
  if (go && outgrown()) {
    control[0] = ${at.OTHER_BINS}u;
    go = false;
  }
  ${lines.join('\n  ')}
}`;
}

/** Bindings: control, rows, total. */
function closing(n: number, { rows, capacity }: { rows: number; capacity: number }): string {
  return `
@compute @workgroup_size(1)
fn main() {
  if (control[0] != 0u) { return; }
  rows[${n}].x = total[0];
  var most = 0u;
  for (var first = 0u; first < ${n}u; first += ${rows}u) {
    most = max(most, rows[min(first + ${rows}u, ${n}u)].x - rows[first].x);
  }
  control[${at.PAIRS}] = total[0];
  control[${at.MOST_PAIRS}] = most;
  control[${at.BUILDS}] += 1u;
  control[${at.MADE_AT}] = control[${at.STEP}];
  if (most > ${capacity}u) { control[0] = ${at.MORE_PAIRS}u; }
}`;
}

const SETTLE = `
@compute @workgroup_size(1)
fn main() {
  if (control[0] == 0u) { control[${at.STALE}] = 0u; }
}`;
