import type { AcePotential } from '../../../potentials/ace/ace.ts';
import { gatherForces, oppose } from '../../../potentials/ace/gather.wgsl.ts';
import { packSite } from '../../../potentials/ace/packSite.ts';
import { type SiteResult, siteBytes, siteKernel } from '../../../potentials/ace/site.wgsl.ts';
import { UserError } from '../../core/errors.ts';
import { spanOf } from './chunks.ts';
import { NO_BOND, OUTSIDE } from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceList, ListChunk } from './deviceList.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { complain, type ForceField } from './forceField.ts';
import { kernel, run, storage } from './kernel.ts';
import { byChunk, results, rowBindings } from './pairField.ts';

/** Bytes of a pair force; what is kept by atom is in the order of atoms. */
const WIDTHS = { pair: 12, row: 0 };

/** Expansions of any embedding whose core is switched by its own density. */
export function aceField(gpu: Gpu, potential: AcePotential): ForceField {
  const { weights } = potential;
  refuse(potential);
  const packed = packSite(potential);
  const shared = siteBytes(packed);
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
      const site = (result: SiteResult, chunk: ListChunk, ...to: readonly GPUBuffer[]) => {
        const names = result === 'forces' ? ['energies', 'pairForces'] : ['projections', 'memberEnergies'];
        return kernel(gpu, `sites, ${result}`, siteKernel(n, packed, result, fault), [
          bind.control(system.control),
          ...rowBindings(system, list, chunk),
          bind.u32s('words', words),
          bind.f32s('numbers', numbers),
          bind.of('vec4<f32>', 'curves', curves),
          bind.flags(system.faults),
          ...names.map((name, k) => bind.f32s(name, to[k], 'read_write')),
        ]);
      };
      const forces = byChunk(list, (c) => site('forces', c, energies, pairForces[list.chunks.indexOf(c)]), 1);
      const gather = gatherStages(system, list, energies, pairForces);
      const richly = () => {
        const projections = storage(gpu, 'projections', 4 * Math.max(1, n * potential.projectionWidth));
        const memberEnergies = storage(
          gpu,
          'energies of members',
          4 * n * Math.max(1, weights.members.length),
        );
        const encode = byChunk(list, (chunk) => site('rich', chunk, projections, memberEnergies), 1);
        return { encode, projections, memberEnergies, own: weights.members.length === 0 };
      };
      let rich: ReturnType<typeof richly> | undefined;
      return {
        encode(pass) {
          forces(pass);
          gather(pass);
        },
        get rich() {
          rich ??= richly();
          return rich;
        },
        dispose() {
          for (const b of [energies, ...pairForces]) b.destroy();
          for (const b of rich ? [rich.projections, rich.memberEnergies] : []) b.destroy();
        },
      };
    },
  };
}

/** Gathers pair forces, of which there is one array a chunk. */
function gatherStages(
  system: DeviceSystem,
  list: DeviceList,
  energies: GPUBuffer,
  pairForces: readonly GPUBuffer[],
): (pass: GPUComputePassEncoder) => void {
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
    kernel(gpu, 'gather forces', gatherForces(whole), [
      steer,
      ...rowBindings(system, list, chunk),
      ...(whole ? [reverse(chunk)] : []),
      bind.f32s('pairForces', pairForces[chunks.indexOf(chunk)]),
      bind.f32s('energies', energies),
      ...results(system),
    ]),
  );
  return (pass) => {
    if (!whole) for (const [made, groups] of between) run(pass, made, groups);
    sum(pass);
  };
}

function refuse({ model, tables }: AcePotential): void {
  if (!model.baseline && model.bonds.some((b) => b?.innerCutoff === 'zbl'))
    throw new UserError(
      'webgpu: got an expansion that its nearest neighbour switches off (inner cutoff zbl), must be switched by core repulsion or not at all; use backend wasm',
    );
  if (tables.tabulated)
    throw new UserError(
      'webgpu: got an expansion over the tables of the field, must be over its formulas; use backend plain',
    );
}
