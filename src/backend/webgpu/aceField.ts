import type { AcePotential } from '../../../potentials/ace/ace.ts';
import { gatherForces } from '../../../potentials/ace/gather.wgsl.ts';
import { packSite } from '../../../potentials/ace/packSite.ts';
import { type SiteResult, siteBytes, siteKernel } from '../../../potentials/ace/site.wgsl.ts';
import { UserError } from '../../core/errors.ts';
import { NO_BOND, OUTSIDE } from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceList } from './deviceList.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { complain, type ForceField } from './forceField.ts';
import { kernel, run, storage } from './kernel.ts';
import { results, rowBindings } from './pairField.ts';

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
    e0: weights.e0,
    dispose() {
      for (const b of [words, numbers, curves]) b.destroy();
    },
    bind(system, list) {
      const n = system.atoms;
      const energies = storage(gpu, 'energies', 4 * n);
      const pairForces = storage(gpu, 'pair forces', 12 * list.capacity);
      const site = (result: SiteResult, ...to: readonly GPUBuffer[]) => {
        const names = result === 'forces' ? ['energies', 'pairForces'] : ['projections', 'memberEnergies'];
        return kernel(gpu, `sites, ${result}`, siteKernel(n, packed, result, fault), [
          bind.control(system.control),
          ...rowBindings(system, list),
          bind.u32s('words', words),
          bind.f32s('numbers', numbers),
          bind.of('vec4<f32>', 'curves', curves),
          bind.flags(system.faults),
          ...names.map((name, k) => bind.f32s(name, to[k], 'read_write')),
        ]);
      };
      const forces = site('forces', energies, pairForces);
      const gather = gatherKernel(gpu, system, list, energies, pairForces);
      const projections = storage(gpu, 'projections', 4 * Math.max(1, n * potential.projectionWidth));
      const memberEnergies = storage(gpu, 'energies of members', 4 * n * Math.max(1, weights.members.length));
      const rich = site('rich', projections, memberEnergies);
      return {
        encode(pass) {
          run(pass, forces, n);
          run(pass, gather, Math.ceil(n / 64));
        },
        rich: {
          encode: (pass) => run(pass, rich, n),
          projections,
          memberEnergies,
          own: weights.members.length === 0,
        },
        dispose() {
          for (const b of [energies, pairForces, projections, memberEnergies]) b.destroy();
        },
      };
    },
  };
}

function gatherKernel(
  gpu: Gpu,
  system: DeviceSystem,
  list: DeviceList,
  energies: GPUBuffer,
  pairForces: GPUBuffer,
) {
  return kernel(gpu, 'gather forces', gatherForces(system.atoms), [
    bind.control(system.control),
    ...rowBindings(system, list),
    bind.u32s('reverse', list.reverse),
    bind.f32s('pairForces', pairForces),
    bind.f32s('energies', energies),
    ...results(system),
  ]);
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
