import { describe, expect, it } from 'vitest';
import { acePotential } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { interpolate, tabulate } from '../../potentials/eam/setfl.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { haveReference, referencePotential } from '../physics/aceReference.ts';
import { argon, argonCrystal } from '../support/argon.ts';
import { disagreement, excess, largest } from '../support/compare.ts';
import { WEBGPU, WEBGPU_FORCES } from '../tolerances.ts';
import { backend, found } from './adapter.ts';

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

/** Two densities, and cores that take over below 2.5 Å. */
function switched() {
  const { model } = alloy();
  return acePotential({
    ...model,
    bonds: model.bonds.map(
      (b) => b && { ...b, innerCutoff: 'zbl', rIn: 2.5, deltaIn: 0.6, coreRepulsion: [1, 0] },
    ),
    centres: model.centres.map((c) => ({
      ...c,
      embedding: { ...c.embedding, prefactors: [1, 0.5], exponents: [1, 0.5] },
      functions: c.functions.map((f, k) => ({ ...f, coefficients: [f.coefficients[0], 0.3 * normal(7, k)] })),
    })),
  });
}

const nickelAluminium = () => metal(['Ni', 'Ni', 'Ni', 'Al'], 3.6, [2, 1, 1]);
/** Å, of four atoms in a slanted fcc box. */
const PUBLISHED: Record<keyof typeof WEBGPU_FORCES, number> = {
  'Cu-I.yaml': 3.7,
  'Cu.pbe.in.yaml': 3.64,
  'DFT10B-AgCu.yaml': 4.1,
  'ethanol.yaml': 3,
  'syn_SBessel_rank6.yaml': 3.6,
  'syn_ChebLinear_density.yaml': 3.6,
  'syn_ZBL_AlNi.yaml': 3.4,
  'syn_ACEjl_Si.yace': 4.5,
};

/** Software adapters take long to compile large expansions: these are for `EVERY_POTENTIAL=1`. */
const LARGE = ['Cu.pbe.in.yaml', 'DFT10B-AgCu.yaml', 'ethanol.yaml', 'syn_SBessel_rank6.yaml'];
const inTurn = ([file]: readonly [string, number]) =>
  process.env.EVERY_POTENTIAL !== undefined || !LARGE.includes(file);

const CASES: Record<string, readonly [() => Potential, () => Structure]> = {
  'Lennard-Jones': [() => argon, () => rattled(argonCrystal(2), 0.2)],
  'embedded atoms, formulas': [() => embeddedAtom(zhou(['Ni', 'Al'])), nickelAluminium],
  'embedded atoms, tables': [
    () => embeddedAtom(interpolate(tabulate(zhou(['Ni', 'Al']), 600, 600, 40))),
    nickelAluminium,
  ],
  'an expansion of two elements': [alloy, nickelAluminium],
  'an expansion that its nearest neighbour switches off': [switched, () => rattled(nickelAluminium(), 0.2)],
};

describe.skipIf(!found)('evaluations on the device', () => {
  it.each(Object.keys(CASES))('%s is the truth to f32', { timeout: 60_000 }, async (name) => {
    const [potential, s] = CASES[name].map((make) => make()) as [Potential, Structure];
    const want: Quantity[] = ['forces', 'virial', 'memberEnergies', 'memberForces'];
    if (potential.projectionWidth > 0) want.push('projections');
    const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);
    expect(largest(truth.forces)).toBeGreaterThan(0.01);
    const evaluator = await backend.evaluator!(potential);
    const e = await evaluator.evaluate(s, want);
    evaluator.dispose();
    for (const [what, x] of Object.entries(disagreement(e, truth, WEBGPU)))
      expect(x, what).toBeLessThanOrEqual(1);
  });

  it.each(Object.entries(PUBLISHED).filter(inTurn))(
    '%s, atoms apart and close',
    { timeout: 120_000 },
    async (file, a) => {
      if (!haveReference()) return;
      const potential = referencePotential(file);
      const { elements } = potential;
      const s = metal(
        [0, 1, 2, 3].map((k) => elements[k % elements.length]),
        a,
        [1, 1, 1],
      );
      for (const size of [1, 0.8]) {
        const at = { ...s, cell: s.cell.map((x) => size * x), positions: s.positions.map((x) => size * x) };
        const truth = potential.evaluate(at, buildNeighbours(at, potential.cutoff), ['forces']);
        const evaluator = await backend.evaluator!(potential);
        const e = await evaluator.evaluate(at, ['forces']);
        evaluator.dispose();
        const most = largest(truth.forces);
        expect(most).toBeGreaterThan(0.1);
        const off = largest(e.forces.map((f, k) => f - truth.forces[k]));
        expect(off, `of ${most} eV/Å`).toBeLessThan(
          WEBGPU_FORCES[file as keyof typeof WEBGPU_FORCES] + 5e-6 * most,
        );
        const energies = excess(
          e.energies,
          truth.energies,
          (x) => (size === 1 ? 2e-5 : 4e-4) + 5e-6 * Math.abs(x),
        );
        expect(energies, 'energies').toBeLessThanOrEqual(1);
      }
    },
  );
});
