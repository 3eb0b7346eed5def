import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { volume } from '../../src/core/cell.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { GPA } from '../../src/core/units.ts';
import { elasticTensor } from '../../src/properties/elasticTensor.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import {
  allowedTensors,
  independentConstants,
  strainsNeeded,
  symmetrised,
  symmetrisedStrain,
} from '../../src/properties/mandel.ts';
import { compliance, moduli, youngsModulus } from '../../src/properties/moduli.ts';
import { relax } from '../../src/properties/relax.ts';
import { strained, stressOf, transformed, unitStrain } from '../../src/properties/strain.ts';
import { symmetryOf } from '../../src/properties/symmetry.ts';
import { thermalElastic } from '../../src/properties/thermalElastic.ts';

const make = (options: { kind: string; [key: string]: unknown }) =>
  plainly(potentials.create(potentials.schema.parse(options)));

const cases = [
  ['copper', make({ kind: 'eam', set: 'zhou', elements: ['Cu'] }), crystal('fcc', ['Cu'], 3.6)],
  ['B2 NiAl', make({ kind: 'eam', set: 'zhou', elements: ['Ni', 'Al'] }), crystal('B2', ['Ni', 'Al'], 2.9)],
  ['silicon', make({ kind: 'stillingerWeber' }), crystal('diamond', ['Si'], 5.4)],
  [
    'silicon of Tersoff',
    make({ kind: 'tersoff', set: 'Si1988', elements: ['Si'] }),
    crystal('diamond', ['Si'], 5.4),
  ],
  [
    'rutile',
    make({ kind: 'buckingham', set: 'matsuiAkaogi', cutoff: '10 Å' }),
    crystal('rutile', ['Ti', 'O'], 4.59),
  ],
] as const;

const SHEARED = [0.01, -0.02, 0.005, 0.03, -0.01, 0.02];

/** GPa. */
const stressAt = async (p: ReturnType<typeof make>, s: Structure) =>
  stressOf(await p.evaluate(s, ['virial']), s.cell).map((x) => x * GPA);

describe.each(cases)('%s', (_, potential, start) => {
  it('has stresses that are derivatives of its energy by strain', async () => {
    const s = strained(start, SHEARED);
    const stress = stressOf(await potential.evaluate(s, ['virial']), s.cell);
    expect(Math.hypot(...stress)).toBeGreaterThan(0.01);
    const h = 2e-5;
    for (let k = 0; k < 6; k++) {
      const energy = async (a: number) =>
        (await potential.evaluate(strained(s, unitStrain(k, a)), ['virial'])).energy;
      const slope = ((await energy(h)) - (await energy(-h))) / (2 * h * volume(s.cell));
      expect(Math.abs(slope - stress[k])).toBeLessThan(1e-6);
    }
  });

  it('has constants that are second derivatives of the relaxed energy', async () => {
    const symmetry = symmetryOf(start);
    const { structure } = await relax(potential, start, { cell: true, force: 1e-6, stress: 1e-5 });
    const { C, misfit } = await elasticTensor(potential, structure, symmetry);
    expect(misfit).toBeLessThan(0.01);
    const V = volume(structure.cell);
    for (const k of [0, 3]) {
      const energy = async (a: number) =>
        (await relax(potential, strained(structure, unitStrain(k, a)), { cell: false, force: 1e-6 })).energy;
      const h = 5e-4;
      const curvature = ((await energy(h)) + (await energy(-h)) - 2 * (await energy(0))) / (h * h * V);
      expect(Math.abs(C[7 * k] / (curvature * GPA) - 1)).toBeLessThan(2e-3);
    }
  });

  it('relaxes to the same place by either method', async () => {
    const wanted = { cell: true, force: 1e-4, stress: 1e-3, steps: 3000 } as const;
    const from = strained(start, SHEARED);
    const [a, b] = [
      await relax(potential, from, wanted),
      await relax(potential, from, { ...wanted, method: 'fire' }),
    ];
    expect(a.converged && b.converged).toBe(true);
    expect(Math.abs(a.energy - b.energy)).toBeLessThan(1e-5);
    expect(a.steps).toBeLessThan(b.steps);
    expect(Math.max(...(await stressAt(potential, a.structure)).map(Math.abs))).toBeLessThan(1e-3);
  });
});

describe('relaxation', () => {
  const [, potential, start] = cases[1];

  it('says that it failed, and where', async () => {
    const found = await relax(potential, strained(start, SHEARED), { cell: true, steps: 2 });
    expect(found.converged).toBe(false);
    expect(found.failure).toMatch(/not relaxed after 2 evaluations: force .* stress off by/);
  });

  it('leaves held strains alone and reaches the pressure asked for', async () => {
    const lateral = [true, true, false, false, false, false];
    const pulled = await relax(potential, strained(start, [0, 0, 0.01, 0, 0, 0]), { cell: lateral });
    expect(pulled.structure.cell[8]).toBe(2.9 * 1.01);
    expect(Math.abs(pulled.stress[0])).toBeLessThan(0.01);
    expect(Math.abs(pulled.stress[2])).toBeGreaterThan(0.1);
    const pressed = await relax(potential, start, { cell: true, pressure: 5 });
    for (let k = 0; k < 6; k++) expect(pressed.stress[k]).toBeCloseTo(k < 3 ? -5 : 0, 1);
  });

  it('settles rattled atoms without touching the cell', async () => {
    const s = supercell(start, [2, 2, 2]);
    const rattled = { ...s, positions: s.positions.map((x, k) => x + 0.05 * Math.sin(9 * k)) };
    const found = await relax(potential, rattled, { cell: false });
    expect(found.converged).toBe(true);
    expect([...found.structure.cell]).toEqual([...s.cell]);
    expect(found.energy).toBeCloseTo((await potential.evaluate(s, ['forces'])).energy, 6);
  });
});

describe('symmetry', () => {
  const skew = structureFrom(
    ['Cu', 'Ni', 'Al'],
    [0, 0, 0, 1, 0.3, 0.7, 2.1, 1.9, 0.4],
    [4, 0, 0, 0.7, 5, 0, -0.3, 0.9, 6],
  );
  it.each([
    ['fcc', crystal('fcc', ['Cu'], 3.6), 225, 'C11 C12 C44'],
    ['hcp', crystal('hcp', ['Mg'], 3.2), 194, 'C11 C12 C13 C33 C44'],
    ['rutile', crystal('rutile', ['Ti', 'O'], 4.59), 136, 'C11 C12 C13 C33 C44 C66'],
    ['L1_0', crystal('L1_0', ['Ni', 'Al'], 3.8, { c: 3.6 }), 123, 'C11 C12 C13 C33 C44 C66'],
    ['wurtzite', crystal('wurtzite', ['Zn', 'O'], 3.25), 186, 'C11 C12 C13 C33 C44'],
    ['fluorite', crystal('fluorite', ['Ca', 'F'], 5.46), 225, 'C11 C12 C44'],
    ['perovskite', crystal('perovskite', ['Sr', 'Ti', 'O'], 3.9), 221, 'C11 C12 C44'],
    ['L1_2', crystal('L1_2', ['Ni', 'Al'], 3.57), 221, 'C11 C12 C44'],
  ] as const)('%s', (_, s, number, names) => {
    const found = symmetryOf(s);
    const basis = allowedTensors(found.rotations);
    expect(found.number).toBe(number);
    expect(
      independentConstants(basis)
        .map((c) => c.name)
        .join(' '),
    ).toBe(names);
    // Turned bodily, a crystal keeps its group and the number of its constants.
    const [c, d] = [Math.cos(0.4), Math.sin(0.4)];
    const turned = transformed(s, Float64Array.of(c, d, 0, -d, c, 0, 0, 0, 1));
    expect(allowedTensors(symmetryOf(turned).rotations)).toHaveLength(basis.length);
  });

  it('leaves a triclinic crystal 21 constants and six strains', () => {
    const basis = allowedTensors(symmetryOf(skew).rotations);
    expect(basis).toHaveLength(21);
    expect(strainsNeeded(basis)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives back the tensor of a crystal that lies askew', async () => {
    const [, potential, start] = cases[0];
    const { structure } = await relax(potential, start, { cell: true, stress: 1e-5 });
    const [c, d] = [Math.cos(0.4), Math.sin(0.4)];
    const Q = Float64Array.of(c, d, 0, -d, c, 0, 0, 0, 1);
    const turned = transformed(structure, Q);
    const straight = await elasticTensor(potential, structure, symmetryOf(structure));
    const askew = await elasticTensor(potential, turned, symmetryOf(turned));
    const back = symmetrised(straight.C, [Float64Array.of(c, -d, 0, d, c, 0, 0, 0, 1)]);
    askew.C.forEach((x, k) => {
      expect(Math.abs(x - back[k])).toBeLessThan(1e-3);
    });
    expect(moduli(askew.C).bulk.hill).toBeCloseTo(moduli(straight.C).bulk.hill, 3);
  });
});

describe('constants at a temperature', () => {
  it('are those of rest near 0 K, and softer where it is warm and the cell has grown', async () => {
    const potential = potentials.create(
      potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }),
    );
    const { signal } = new AbortController();
    const at = async (temperature: number) => {
      const start = crystal('fcc', ['Cu'], 3.615);
      const options = { temperature, time: 800, timestep: 4, size: 3 };
      return thermalElastic(plainBackend, potential, start, symmetryOf(start), options, signal);
    };
    const [cold, warm] = [await at(2), await at(600)];
    [169.7, 122.1, 75.7].forEach((wanted, k) => {
      expect(Math.abs(cold.C[[0, 1, 21][k]] - wanted)).toBeLessThan(1);
    });
    expect(Math.abs(cold.expansion[0])).toBeLessThan(1e-3);
    expect(warm.expansion[0]).toBeGreaterThan(5e-3);
    expect(warm.C[21]).toBeLessThan(cold.C[21] - 3 * warm.error[21]);
    expect(warm.error[21]).toBeGreaterThan(cold.error[21]);
  });

  it('average a strain to what the crystal may do by itself', () => {
    const cubic = symmetryOf(crystal('fcc', ['Cu'], 3.6)).rotations;
    const found = symmetrisedStrain([0.03, 0, 0, 0.01, 0.02, 0.03], cubic);
    found.forEach((x, k) => {
      expect(x).toBeCloseTo(k < 3 ? 0.01 : 0, 12);
    });
  });
});

describe('moduli', () => {
  const cubic = (a: number, b: number, c: number) => {
    const C = new Float64Array(36);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) C[6 * i + j] = i === j ? a : b;
    for (let i = 3; i < 6; i++) C[7 * i] = c;
    return C;
  };

  it('of an isotropic solid are those of its Lamé constants', () => {
    const [lambda, mu] = [60, 30];
    const m = moduli(cubic(lambda + 2 * mu, lambda, mu));
    const E = (mu * (3 * lambda + 2 * mu)) / (lambda + mu);
    expect(m.bulk).toEqual({
      voigt: expect.closeTo(80),
      reuss: expect.closeTo(80),
      hill: expect.closeTo(80),
    });
    expect(m.shear.hill).toBeCloseTo(30);
    expect(m.youngs).toBeCloseTo(E);
    expect(m.poisson).toBeCloseTo(lambda / (2 * (lambda + mu)));
    expect(m.anisotropy).toBeCloseTo(0);
    const S = compliance(cubic(lambda + 2 * mu, lambda, mu));
    expect(youngsModulus(S, [1 / 3, 2 / 3, 2 / 3])).toBeCloseTo(E);
  });

  it('of copper are those of the literature', () => {
    // C_ij 168.4, 121.4, 75.4 GPa: E[100] 66.7, E[111] 191.1 (Hertzberg, Deformation and Fracture Mechanics, table 1.3).
    const C = cubic(168.4, 121.4, 75.4);
    const S = compliance(C);
    expect(youngsModulus(S, [1, 0, 0])).toBeCloseTo(66.7, 0);
    const d = 1 / Math.sqrt(3);
    expect(youngsModulus(S, [d, d, d])).toBeCloseTo(191.1, 0);
    expect(moduli(C).stable).toBe(true);
    expect(moduli(cubic(100, 110, 75)).stable).toBe(false);
  });
});
