import { cubics } from '../../../potentials/curve.wgsl.ts';
import type { PairPotential } from '../../../potentials/pairPotential.ts';
import { pairForces } from '../../../potentials/pairPotential.wgsl.ts';
import type { RadialFunction } from '../../../potentials/radial.ts';
import { spanOf } from './chunks.ts';
import { OUTSIDE } from './control.ts';
import type { Gpu } from './device.ts';
import type { DeviceList, ListChunk } from './deviceList.ts';
import { bind, type DeviceSystem } from './deviceSystem.ts';
import { complain, type ForceField } from './forceField.ts';
import { type Kernel, kernel, run, storage } from './kernel.ts';

export const DISTANCE_BINS = 4096;
/** eV: closer pairs than those of this energy are not tabulated. */
const STEEPEST = 1e4;

export function pairField(gpu: Gpu, { terms }: PairPotential): ForceField {
  const { pair, elements, cutoff, onSite } = terms;
  const grid = { start: closest(pair, cutoff), end: cutoff, bins: DISTANCE_BINS };
  const curves = storage(gpu, 'pair functions', cubics(pair, grid));
  return {
    reverse: false,
    widths: { pair: 0, row: 0 },
    e0: onSite ?? new Float64Array(elements.length),
    dispose: () => curves.destroy(),
    bind(system, list) {
      const code = pairForces(elements.length, grid, cutoff, complain(OUTSIDE));
      const forces = byChunk(list, (chunk) =>
        kernel(gpu, 'pair forces', code, [
          bind.control(system.control),
          bind.flags(system.faults),
          ...rowBindings(system, list, chunk),
          bind.of('vec4<f32>', 'curves', curves),
          ...results(system),
        ]),
      );
      return { encode: forces, dispose() {} };
    },
  };
}

/** Å: down to where all functions stay below the steepest energy. */
export function closest(functions: readonly RadialFunction[], cutoff: number): number {
  const value = new Float64Array(2);
  let r = cutoff;
  for (;;) {
    const next = r - cutoff / 256;
    if (next < cutoff / 128) return r;
    for (const f of functions) {
      f(next, value);
      if (!(Math.abs(value[0]) < STEEPEST)) return r;
    }
    r = next;
  }
}

export function rowBindings({ windows, cell }: DeviceSystem, { rows }: DeviceList, chunk: ListChunk) {
  return [
    spanOf(chunk),
    bind.windows(windows),
    bind.cell(cell),
    bind.rows(rows),
    bind.entries(chunk.entries),
  ];
}

/** Encodes a kernel for every chunk, of `lanes` rows a workgroup. */
export function byChunk({ chunks }: DeviceList, make: (chunk: ListChunk) => Kernel, lanes = 64) {
  const made = chunks.map((chunk) => [make(chunk), Math.ceil((chunk.end - chunk.first) / lanes)] as const);
  return (pass: GPUComputePassEncoder) => {
    for (const [each, groups] of made) run(pass, each, groups);
  };
}

export function results({ forces, virials }: DeviceSystem) {
  return [bind.forces(forces, 'read_write'), bind.virials(virials, 'read_write')];
}
