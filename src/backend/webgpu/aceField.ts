import type { AcePotential } from '../../../potentials/ace/ace.ts';
import { gatherForces, oppose } from '../../../potentials/ace/gather.wgsl.ts';
import { type PackedSite, packSite } from '../../../potentials/ace/packSite.ts';
import { SITE_ARRAYS, type SiteResult, siteBytes, siteKernel } from '../../../potentials/ace/site.wgsl.ts';
import {
  ABREAST,
  columnBytes,
  siteGraph,
  sitePairs,
  siteProjections,
  siteSums,
  stageBytes,
} from '../../../potentials/ace/siteStages.wgsl.ts';
import { UserError } from '../../core/errors.ts';
import { type Chunk, spanOf } from './chunks.ts';
import { NO_BOND, OUTSIDE } from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceList, ListChunk } from './deviceList.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import type { Encode, Extras } from './extras.ts';
import { complain, type ForceField } from './forceField.ts';
import { type Binding, kernel, run, storage } from './kernel.ts';
import { byChunk, results, rowBindings } from './pairField.ts';

/** Bytes of a pair force; what is kept by atom is in the order of atoms. */
const WIDTHS = { pair: 12, row: 0 };

/** Bytes of the longest array of a slab: of the largest potentials more atoms than a large card works on at once. */
const SLAB = 2 ** 29;

/** Expansions over formulas: any embedding, any densities, any way to be switched off. `slab`: bytes of the longest array of one. */
export function aceField(gpu: Gpu, potential: AcePotential, slab: number = SLAB): ForceField {
  const { weights } = potential;
  refuse(potential);
  const packed = packSite(potential);
  const shared = Math.max(stageBytes(packed), packed.members > 0 ? siteBytes(packed) : 0);
  const room = gpu.limits.maxComputeWorkgroupStorageSize;
  if (shared > room)
    throw new UserError(
      `webgpu: one atom of this expansion needs ${shared} bytes of workgroup memory, must fit into the ${room} of ${gpu.name}; use backend wasm`,
    );
  const words = storage(gpu, 'product graph', packed.words);
  const numbers = storage(gpu, 'coefficients', packed.numbers);
  const curves = storage(gpu, 'radial functions', packed.curves);
  const fault = (kind: 'bond' | 'outside') => complain(kind === 'bond' ? NO_BOND : OUTSIDE);
  return {
    reverse: true,
    widths: WIDTHS,
    e0: weights.e0,
    dispose() {
      for (const b of [words, numbers, curves]) b.destroy();
    },
    bind(system, list) {
      const n = system.atoms;
      const energies = storage(gpu, 'energies', 4 * n);
      const pairForces = list.chunks.map(() => storage(gpu, 'pair forces', WIDTHS.pair * list.capacity));
      const site = (
        result: SiteResult,
        chunk: ListChunk,
        beside: readonly Binding[],
        ...to: readonly GPUBuffer[]
      ) =>
        kernel(gpu, `sites, ${result}`, siteKernel(n, packed, result, fault), [
          bind.control(system.control),
          ...rowBindings(system, list, chunk),
          bind.u32s('words', words),
          bind.f32s('numbers', numbers),
          bind.of('vec4<f32>', 'curves', curves),
          bind.flags(system.faults),
          ...beside,
          ...SITE_ARRAYS[result].map((name, k) => bind.f32s(name, to[k], 'read_write')),
        ]);
      const pairForcesOf = (chunk: ListChunk) => pairForces[list.chunks.indexOf(chunk)];
      const stages = staged(
        gpu,
        packed,
        { words, numbers, curves },
        system,
        list,
        { energies, pairForces },
        fault,
        slab,
      );
      const gather = gatherStages(system, list, energies, pairForces);
      const held = [energies, ...pairForces, ...stages.held];
      const hold = (what: string, values: number | Uint32Array) => {
        held.push(storage(gpu, what, values));
        return held[held.length - 1];
      };
      const memberEnergies = once(() => {
        const values = hold('energies of members', 4 * n * packed.members);
        return { values, encode: byChunk(list, (c) => site('memberEnergies', c, [], values), 1) };
      });
      const memberForces = once(() => {
        const values = hold('forces of a member', 16 * n);
        const each = Array.from({ length: packed.members }, (_, m) => {
          const member = uniform('member', hold('number of a member', Uint32Array.of(m, 0, 0, 0)));
          return byChunk(list, (c) => site('memberForces', c, [member], pairForcesOf(c)), 1);
        });
        const bare = gatherStages(system, list, energies, pairForces, values);
        return {
          values,
          encode(pass: GPUComputePassEncoder, m: number) {
            each[m](pass);
            bare(pass);
          },
        };
      });
      const projections: Extras['projections'] = (slots, range, to) =>
        stages.projections([
          bind.u32s('slots', slots),
          uniform('range', range),
          bind.f32s('projections', to, 'read_write'),
        ]);
      const missing = potential.apart ?? [];
      return {
        encode(pass) {
          stages.encode(pass);
          gather(pass);
        },
        extras: {
          ...(potential.projectionWidth > 0 && !missing.includes('projections') && { projections }),
          ...(packed.members > 0 && {
            members: { count: packed.members, energies: memberEnergies, forces: memberForces },
          }),
        },
        dispose() {
          for (const b of held) b.destroy();
        },
      };
    },
  };
}

/** Energies and pair forces, slab by slab. */
function staged(
  gpu: Gpu,
  packed: PackedSite,
  tables: Readonly<Record<'words' | 'numbers' | 'curves', GPUBuffer>>,
  system: DeviceSystem,
  list: DeviceList,
  to: { readonly energies: GPUBuffer; readonly pairForces: readonly GPUBuffer[] },
  fault: (kind: 'bond' | 'outside') => string,
  slab: number,
) {
  const bytes = columnBytes(packed);
  const room = Math.min(slab, gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize);
  const most = Math.floor(room / Math.max(...Object.values(bytes)) / ABREAST);
  const rows = Math.max(...list.chunks.map((c) => c.end - c.first));
  const width = ABREAST * Math.max(1, Math.min(most, Math.ceil(rows / ABREAST)));
  const held = {
    values: storage(gpu, 'values of products', bytes.values * width),
    adjoints: storage(gpu, 'slopes of products', bytes.adjoints * width),
    state: storage(gpu, 'sums of atoms', bytes.state * width),
  };
  const common = [bind.u32s('words', tables.words), bind.f32s('numbers', tables.numbers)];
  const curves = bind.of('vec4<f32>', 'curves', tables.curves);
  const pairs = (name: 'values' | 'adjoints', access: Binding['access']) =>
    bind.of('vec2<f32>', name, held[name], access);
  const state = (access: Binding['access']) => bind.u32s('state', held.state, access);
  const slabs = list.chunks.flatMap((chunk, c) => slabsOf(gpu, chunk, width).map((part) => ({ part, c })));
  const made = slabs.map(({ part, c }) => {
    const around = [
      bind.control(system.control),
      ...rowBindings(system, list, { ...list.chunks[c], span: part.span }),
    ];
    const sums = kernel(gpu, 'sites, sums', siteSums(packed, width, fault), [
      ...around,
      ...common,
      curves,
      bind.flags(system.faults),
      pairs('values', 'read_write'),
      state('read_write'),
    ]);
    const abreast = [
      bind.control(system.control),
      spanOf(part),
      bind.windows(system.windows),
      bind.rows(list.rows),
      ...common,
      pairs('values', 'read_write'),
    ];
    const graph = kernel(gpu, 'sites, products', siteGraph(packed, width), [
      ...abreast,
      pairs('adjoints', 'read_write'),
      state('read_write'),
      bind.f32s('energies', to.energies, 'read_write'),
    ]);
    const forces = kernel(gpu, 'sites, forces', sitePairs(packed, width), [
      ...around,
      ...common,
      curves,
      pairs('adjoints', 'read'),
      state('read'),
      bind.f32s('pairForces', to.pairForces[c], 'read_write'),
    ]);
    return { sums, graph, forces, abreast, size: part.end - part.first };
  });
  return {
    held: [...Object.values(held), ...slabs.map(({ part }) => part.span)],
    encode(pass: GPUComputePassEncoder) {
      for (const { sums, graph, forces, size } of made) {
        run(pass, sums, size);
        run(pass, graph, Math.ceil(size / ABREAST));
        run(pass, forces, size);
      }
    },
    /** Of the only slab all products are there still. */
    projections(beside: readonly Binding[]): Encode {
      const anew = made.length > 1;
      const code = siteProjections(packed, width, anew);
      const each = made.map((slab) => ({
        ...slab,
        project: kernel(gpu, 'sites, projections', code, [...slab.abreast, ...beside]),
      }));
      return (pass) => {
        for (const { sums, project, size } of each) {
          if (anew) run(pass, sums, size);
          run(pass, project, Math.ceil(size / ABREAST));
        }
      };
    },
  };
}

/** Rows of a chunk that are worked on together. */
function slabsOf(gpu: Gpu, { first, end }: Chunk, width: number): Chunk[] {
  return Array.from({ length: Math.ceil((end - first) / width) }, (_, k) => {
    const [from, to] = [first + k * width, Math.min(end, first + (k + 1) * width)];
    const span = storage(gpu, 'rows of a slab', Uint32Array.of(first, end, from, to));
    return { first: from, end: to, span };
  });
}

function uniform(name: string, buffer: GPUBuffer): Binding {
  return { name, type: 'vec4<u32>', access: 'uniform', buffer };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Gathers pair forces, of which there is one array a chunk; only forces, and into `bare`, where that is given. */
function gatherStages(
  system: DeviceSystem,
  list: DeviceList,
  energies: GPUBuffer,
  pairForces: readonly GPUBuffer[],
  bare?: GPUBuffer,
): Encode {
  const { gpu } = system;
  const { chunks, rows } = list;
  const whole = chunks.length === 1;
  const steer = bind.control(system.control);
  const reverse = (chunk: ListChunk) => bind.u32s('reverse', chunk.reverse);
  const between = chunks.flatMap((chunk, c) =>
    chunks.slice(c).map((other, k) => {
      const [own, theirs] = [pairForces[c], pairForces[c + k]];
      const made = kernel(gpu, 'opposite forces', oppose(k === 0), [
        steer,
        spanOf(chunk),
        spanOf(other, 'other'),
        bind.rows(rows),
        reverse(chunk),
        bind.f32s('pairForces', own, 'read_write'),
        ...(k === 0 ? [] : [bind.f32s('theirs', theirs, 'read_write')]),
      ]);
      return [made, Math.ceil((chunk.end - chunk.first) / 64)] as const;
    }),
  );
  const sum = byChunk(list, (chunk) =>
    kernel(gpu, 'gather forces', gatherForces(whole, bare !== undefined), [
      steer,
      ...rowBindings(system, list, chunk),
      ...(whole ? [reverse(chunk)] : []),
      bind.f32s('pairForces', pairForces[chunks.indexOf(chunk)]),
      ...(bare ? [bind.forces(bare, 'read_write')] : [bind.f32s('energies', energies), ...results(system)]),
    ]),
  );
  return (pass) => {
    if (!whole) for (const [made, groups] of between) run(pass, made, groups);
    sum(pass);
  };
}

function refuse({ tables }: AcePotential): void {
  if (tables.tabulated)
    throw new UserError(
      'webgpu: got an expansion over the tables of the field, must be over its formulas; use backend plain',
    );
}
