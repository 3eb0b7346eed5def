import { cubics } from '../../../potentials/curve.wgsl.ts';
import type { EamPotential } from '../../../potentials/eam/embeddedAtom.ts';
import * as wgsl from '../../../potentials/eam/embeddedAtom.wgsl.ts';
import { samplePairs } from '../../core/neighbours.ts';
import type { Structure } from '../../core/structure.ts';
import { OUTSIDE } from './control.ts';
import type { Gpu } from './device.ts';
import { bind } from './deviceSystem.ts';
import { complain, type ForceField } from './forceField.ts';
import { kernel, storage } from './kernel.ts';
import { byChunk, closest, DISTANCE_BINS, results, rowBindings } from './pairField.ts';

const DENSITY_BINS = 16384;
/** How many times denser than at the start it may become. */
const DENSER = 4;

export function eamField(gpu: Gpu, { functions }: EamPotential, s: Structure): ForceField {
  const { elements, cutoff, density, pair, embedding, shape } = functions;
  const S = elements.length;
  const radial = [...density, ...pair];
  const least = closest(radial, cutoff);
  const distance =
    'spacing' in shape
      ? alignedGrid(shape.spacing, shape.points, least)
      : { start: least, end: cutoff, bins: DISTANCE_BINS };
  const dense = { start: 0, end: DENSER * Math.max(largestDensity(functions, s), 1e-3), bins: DENSITY_BINS };
  const curves = storage(gpu, 'functions of distance', cubics(radial, distance));
  const embed = storage(gpu, 'embedding functions', cubics(embedding, dense));
  return {
    reverse: false,
    widths: { pair: 0, row: 0 },
    e0: new Float64Array(S),
    dispose() {
      for (const b of [curves, embed]) b.destroy();
    },
    bind(system, list) {
      const grids = { elements: S, cutoff, distance, density: dense };
      const embedded = storage(gpu, 'embedding energies', 8 * system.atoms);
      const sum = byChunk(list, (chunk) =>
        kernel(gpu, 'densities', wgsl.densities(grids, complain(OUTSIDE)), [
          bind.control(system.control),
          bind.flags(system.faults),
          ...rowBindings(system, list, chunk),
          bind.of('vec4<f32>', 'curves', curves),
          bind.of('vec4<f32>', 'embedding', embed),
          bind.of('vec2<f32>', 'embedded', embedded, 'read_write'),
        ]),
      );
      const pull = byChunk(list, (chunk) =>
        kernel(gpu, 'embedded atom forces', wgsl.forces(grids), [
          bind.control(system.control),
          ...rowBindings(system, list, chunk),
          bind.of('vec4<f32>', 'curves', curves),
          bind.of('vec2<f32>', 'embedded', embedded),
          ...results(system),
        ]),
      );
      return {
        encode(pass) {
          sum(pass);
          pull(pass);
        },
        dispose: () => embedded.destroy(),
      };
    },
  };
}

/** The table's own knots, so that its cubics are met exactly. */
function alignedGrid(spacing: number, points: number, least: number) {
  const first = Math.max(1, Math.ceil(least / spacing));
  return { start: first * spacing, end: (points - 1) * spacing, bins: points - 1 - first };
}

/** Of up to some ten thousand atoms. */
function largestDensity({ elements, cutoff, density }: EamPotential['functions'], s: Structure): number {
  const kinds = Array.from(s.species, (k) => elements.indexOf(s.elements[k]));
  const value = new Float64Array(2);
  let largest = 0;
  let rho = 0;
  let centre = -1;
  samplePairs(s, cutoff, Math.ceil(kinds.length / 20_000), (i, j, r) => {
    if (i !== centre) rho = 0;
    centre = i;
    density[kinds[j] * elements.length + kinds[i]](r, value);
    rho += value[0];
    largest = Math.max(largest, rho);
  });
  return largest;
}
