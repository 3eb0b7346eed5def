import { describe, expect, it } from 'vitest';
import { acePotential } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { interpolate, tabulate } from '../../potentials/eam/setfl.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { webgpuBackend } from '../../src/backend/webgpu/webgpuBackend.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { haveReference, referenceText } from '../physics/aceReference.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { disagreement, largest } from '../support/compare.ts';
import { WEBGPU } from '../tolerances.ts';
import { found } from './adapter.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

function rattled(s: Structure, by: number): Structure {
  return { ...s, positions: s.positions.map((x, k) => x + by * normal(9, k)) };
}

/** A slanted fcc box that atoms have left and reentered. */
function metal(symbols: readonly string[], a: number, repeats: readonly [number, number, number]): Structure {
  const h = a / 2;
  const cell = structureFrom(symbols, [0, 0, 0, 0, h, h, h, 0, h, h, h, 0], [a, 0, 0, 0.1, a, 0, 0, 0.2, a]);
  const s = rattled(supercell(cell, repeats), 0.08);
  for (let x = 0; x < 3; x++) s.positions[x] += 2 * s.cell[x] - s.cell[3 + x];
  return s;
}

function alloy() {
  const request = { elements: ['Ni', 'Al'], cutoff: '4.6 Å', nradmax: [5, 3, 2, 1], lmax: [0, 3, 2, 1] };
  const bare = createAce(aceRequestSchema.parse(request));
  const draw = (seed: number) => bare.roughness.map((rough, k) => (2 * normal(seed, k)) / rough);
  return bare.withParameters({
    e0: Float64Array.of(-1000.25, -0.5),
    mean: draw(1),
    members: Array.from({ length: 3 }, (_, e) => draw(2 + e)),
  });
}

const nickelAluminium = () => metal(['Ni', 'Ni', 'Ni', 'Al'], 3.6, [2, 1, 1]);
const CASES: Record<string, readonly [() => Potential, () => Structure]> = {
  'Lennard-Jones': [() => argon, () => rattled(argonCrystal(2), 0.2)],
  'embedded atoms, formulas': [() => embeddedAtom(zhou(['Ni', 'Al'])), nickelAluminium],
  'embedded atoms, tables': [
    () => embeddedAtom(interpolate(tabulate(zhou(['Ni', 'Al']), 600, 600, 40))),
    nickelAluminium,
  ],
  'an expansion of two elements': [alloy, nickelAluminium],
};

describe.skipIf(!found)('evaluations on the device', () => {
  it.each(Object.keys(CASES))('%s is the truth to f32', { timeout: 60_000 }, async (name) => {
    const [potential, s] = CASES[name].map((make) => make()) as [Potential, Structure];
    const want: Quantity[] = ['forces', 'virial', 'memberEnergies'];
    if (potential.projectionWidth > 0) want.push('projections');
    const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);
    expect(largest(truth.forces)).toBeGreaterThan(0.01);
    const evaluator = await webgpuBackend().evaluator!(potential);
    const e = await evaluator.evaluate(s, want);
    evaluator.dispose();
    for (const [what, x] of Object.entries(disagreement(e, truth, WEBGPU)))
      expect(x, what).toBeLessThanOrEqual(1);
  });

  it.each([
    ['Cu-I.yaml', 3.7],
    ['DFT10B-AgCu.yaml', 4.1],
  ])('%s forces are within 1e-4 eV/Å', { timeout: 60_000 }, async (file, a) => {
    if (!haveReference()) return;
    const potential = acePotential(readPacemaker(referenceText(file), file));
    const elements = [potential.elements[0], potential.elements.at(-1)!];
    const s = metal([elements[0], elements[1], elements[0], elements[1]], a, [1, 1, 1]);
    const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);
    const evaluator = await webgpuBackend().evaluator!(potential);
    const e = await evaluator.evaluate(s, ['forces']);
    evaluator.dispose();
    expect(largest(truth.forces)).toBeGreaterThan(0.1);
    const off = e.forces.map((f, k) => f - truth.forces[k]);
    expect(largest(off)).toBeLessThan(1e-4);
  });
});
