import { describe, expect, it } from 'vitest';
import { cubics, type Grid } from '../../potentials/curve.wgsl.ts';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import type { PairPotential } from '../../potentials/pairPotential.ts';
import type { RadialFunction } from '../../potentials/radial.ts';
import { SKIN } from '../../src/backend/stepping/evaluator.ts';
import type { Gpu } from '../../src/backend/webgpu/device.ts';
import { deviceForces } from '../../src/backend/webgpu/deviceForces.ts';
import { deviceRecorder } from '../../src/backend/webgpu/deviceRecorder.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { crowdOf, kernelCosts } from '../../src/backend/webgpu/kernelCosts.ts';
import { CARD } from '../../src/backend/webgpu/memory.ts';
import { steps } from '../../src/backend/webgpu/steps.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Potential } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { drawnAlloy } from '../support/alloys.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { integratorFrom } from '../support/integrate.ts';

const big = (elements: readonly string[], a: number) =>
  supercell(crystal(elements.length === 1 ? 'fcc' : 'B2', elements, a), [6, 6, 6]);
const SYSTEMS: Record<string, readonly [() => Potential, () => Structure]> = {
  pairs: [() => argon, () => argonCrystal(6)],
  'embedded atoms': [() => embeddedAtom(zhou(['Cu'])), () => big(['Cu'], 3.6)],
  'an expansion': [() => drawnAlloy('ChebExpCos'), () => big(['Ni', 'Al'], 2.9)],
};
const neighbours = (s: Structure, cutoff: number) =>
  buildNeighbours(s, cutoff).indices.length / s.species.length;

/** Arrays of tables and of words that all atoms share, and of a slab: what caches hold. */
const SHARED =
  /functions|graph|coefficients|control|faults|box|cell|motion|rows of a chunk|rows of a slab|span|log|vitals|parts|products|sums of atoms/;

/** Bytes that kernels read and write of the arrays they see, once each, by what their code does with them. */
function touched(potential: Potential, s: Structure): Map<string, number> {
  const bytes = new Map<string, number>();
  const buffer = ({ label, size }: GPUBufferDescriptor) => ({ label, size, destroy() {} });
  const device = {
    queue: { writeBuffer() {} },
    createBuffer: buffer,
    createBindGroupLayout() {},
    createPipelineLayout() {},
    createShaderModule: ({ code }: GPUShaderModuleDescriptor) => code,
    createComputePipeline: ({ label, compute }: { label: string; compute: { module: string } }) => ({
      getBindGroupLayout: () => ({ label, code: compute.module }),
    }),
    createBindGroup({ layout, entries }: { layout: { label: string; code: string }; entries: Bound[] }) {
      const names = Array.from(layout.code.matchAll(/@binding\(\d+\) var<[^>]*> (\w+):/g), (m) => m[1]);
      const body = layout.code.slice(layout.code.lastIndexOf('@binding')).replace(/^.*\n/, '');
      const sum = entries.reduce((all, { resource }, k) => {
        const uses = body.match(new RegExp(`\\b${names[k]}\\[`, 'g'))?.length ?? 0;
        const writes = body.match(new RegExp(`\\b${names[k]}\\[[^;=]*\\](\\.\\w)? = `, 'g'))?.length ?? 0;
        const times = (uses > writes ? 1 : 0) + (writes > 0 ? 1 : 0);
        return SHARED.test(resource.buffer.label) ? all : all + times * resource.buffer.size;
      }, 0);
      bytes.set(layout.label, sum);
    },
  };
  const gpu = { ...CARD, device, check() {}, dispose() {} } as unknown as Gpu;
  const forces = deviceForces(gpu, potential, forceFieldFor(gpu, potential, s), s);
  // Room for as many as there are.
  forces.grow(neighbours(s, potential.cutoff + SKIN) / 1.2);
  steps(gpu, integratorFrom({ kind: 'velocityVerlet', timestep: '1 fs' }), forces);
  deviceRecorder(forces.system);
  return bytes;
}
interface Bound {
  readonly resource: { readonly buffer: { readonly label: string; readonly size: number } };
}

describe('what kernels do', () => {
  it.each(Object.keys(SYSTEMS))('is counted over the neighbours there are: %s', (name) => {
    const [potential, s] = SYSTEMS[name].map((make) => make()) as [Potential, Structure];
    const crowd = crowdOf(s, potential.cutoff);
    expect(crowd.neighbours).toBeCloseTo(neighbours(s, potential.cutoff), 10);
    expect(crowd.listed).toBeCloseTo(neighbours(s, potential.cutoff + SKIN), 10);
    expect(crowd.candidates).toBeGreaterThan(crowd.listed);
  });

  it.each(Object.keys(SYSTEMS))(
    'touches every array once, or twice what expansions look at twice: %s',
    (name) => {
      const [potential, s] = SYSTEMS[name].map((make) => make()) as [Potential, Structure];
      const found = touched(potential, s);
      const { listed } = crowdOf(s, potential.cutoff);
      // Pair forces, there and back.
      const again: Record<string, number> = {
        'sites, sums': 0,
        'sites, products': 0,
        'sites, forces': 0,
        'gather forces': 12 * listed,
      };
      const counted = kernelCosts(potential, s).filter(
        (k) => k.when === 'step' || /energies|velocities|heat/.test(k.kernel),
      );
      expect(counted.length).toBeGreaterThan(6);
      for (const { kernel, memoryBytes } of counted) {
        const bytes = found.get(kernel)! / s.species.length + (again[kernel] ?? 0);
        expect(Math.abs(memoryBytes - bytes), kernel).toBeLessThan(kernel in again ? 32 : 1);
      }
    },
  );

  it.each(['pairs', 'embedded atoms'])('is as many operations as it takes to do it: %s', (name) => {
    const [potential, s] = SYSTEMS[name].map((make) => make()) as [Potential, Structure];
    const flops = kernelCosts(potential, s).reduce(
      (sum, k) => sum + (/^(pair forces|densities|embedded atom forces)$/.test(k.kernel) ? k.flops : 0),
      0,
    );
    const { operations, energy } = name === 'pairs' ? byPairs(s) : byDensities(s);
    const { energies } = potential.evaluate(s, buildNeighbours(s, potential.cutoff), []);
    expect(energy).toBeCloseTo(energies[0], 4);
    expect(flops / operations).toBeGreaterThan(0.97);
    expect(flops / operations).toBeLessThan(1.03);
  });
});

/** Arithmetic that counts itself. */
function counting() {
  let operations = 0;
  const of =
    (f: (a: number, b: number) => number) =>
    (a: number, b: number): number => {
      operations++;
      return f(a, b);
    };
  const add = of((a, b) => a + b);
  const sub = of((a, b) => a - b);
  const mul = of((a, b) => a * b);
  const least = of(Math.min);
  const most = of(Math.max);
  const floor = (x: number) => {
    operations++;
    return Math.floor(x);
  };
  /** What has no result here: integers that say where something lies, conversions, comparisons. */
  const beside = (count: number) => {
    operations += count;
  };
  const dot = (a: readonly number[], b: readonly number[]) =>
    add(add(mul(a[0], b[0]), mul(a[1], b[1])), mul(a[2], b[2]));
  return { add, sub, mul, least, most, floor, beside, dot, operations: () => operations };
}

type Arithmetic = ReturnType<typeof counting>;

/** [value, slope] of cubics, as on the device. */
function curve(
  o: Arithmetic,
  f: RadialFunction,
  { start, end, bins }: Grid,
  wanted: 'both' | 'value' | 'slope',
) {
  const c = cubics([f], { start, end, bins });
  const scale = bins / (end - start);
  return (x: number): readonly [number, number] => {
    const place = o.most(0, o.least(bins - 1e-3, o.mul(o.sub(x, start), scale)));
    const bin = o.floor(place);
    const t = o.sub(place, bin);
    o.beside(3);
    const [c0, c1, c2, c3] = c.subarray(4 * bin, 4 * bin + 4);
    const value = () => o.add(o.mul(o.add(o.mul(o.add(o.mul(c3, t), c2), t), c1), t), c0);
    const slope = () => o.mul(o.add(o.mul(o.add(o.mul(o.mul(3, c3), t), o.mul(2, c2)), t), c1), scale);
    return [wanted === 'slope' ? 0 : value(), wanted === 'value' ? 0 : slope()];
  };
}

/** Calls `found` with the neighbours of the first atom that are within the cutoff; looks at those that are listed. */
function eachNeighbour(o: Arithmetic, s: Structure, cutoff: number, found: (d: number[], r: number) => void) {
  const { offsets, indices, shifts } = buildNeighbours(s, cutoff + SKIN);
  for (let p = offsets[0]; p < offsets[1]; p++) {
    const j = indices[p];
    // A shift from its word: two shifts, three masks, three differences.
    o.beside(8);
    const d = [0, 1, 2].map((x) => {
      let away = o.sub(s.positions[3 * j + x], s.positions[x]);
      for (let k = 0; k < 3; k++) away = o.add(away, o.mul(shifts[3 * p + k], s.cell[3 * k + x]));
      o.beside(1);
      return o.mul(away, 1);
    });
    const r = Math.sqrt(o.dot(d, d));
    o.beside(2);
    if (r < cutoff) found(d, r);
  }
}

/** Force, energy and half the virial of a pair. */
function sums(
  o: Arithmetic,
  d: readonly number[],
  r: number,
  [value, slope]: readonly [number, number],
): number {
  o.beside(1);
  const f = d.map((x) => o.mul(slope / r, x));
  for (let x = 0; x < 3; x++) {
    o.add(0, f[x]);
    o.sub(0, o.mul(o.mul(0.5, d[x]), f[x]));
    o.sub(0, o.mul(o.mul(0.5, d[x]), f[(x + 1) % 3]));
  }
  return o.mul(0.5, value);
}

function byPairs(s: Structure) {
  const o = counting();
  const { pair, cutoff } = (argon as PairPotential).terms;
  const phi = curve(o, pair[0], { start: 2, end: cutoff, bins: 4096 }, 'both');
  let energy = 0;
  eachNeighbour(o, s, cutoff, (d, r) => {
    o.beside(3);
    energy = o.add(energy, sums(o, d, r, phi(r)));
  });
  return { operations: o.operations(), energy };
}

/** Every atom is as the first. */
function byDensities(s: Structure) {
  const o = counting();
  const { pair, density, embedding, cutoff } = embeddedAtom(zhou(['Cu'])).functions;
  const grid = { start: 1, end: cutoff, bins: 4096 };
  const f = curve(o, density[0], grid, 'value');
  let rho = 0;
  eachNeighbour(o, s, cutoff, (_, r) => {
    o.beside(3);
    rho = o.add(rho, f(r)[0]);
  });
  const [F, slope] = curve(o, embedding[0], { start: 0, end: 4 * rho, bins: 16384 }, 'both')(rho);
  const [df, phi] = [curve(o, density[0], grid, 'slope'), curve(o, pair[0], grid, 'both')];
  let energy = F;
  eachNeighbour(o, s, cutoff, (d, r) => {
    o.beside(7);
    const [value, by] = phi(r);
    const all = o.add(o.add(by, o.mul(slope, df(r)[1])), o.mul(slope, df(r)[1]));
    energy = o.add(energy, sums(o, d, r, [value, all]));
  });
  return { operations: o.operations(), energy };
}
