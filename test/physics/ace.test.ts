import { describe, expect, it } from 'vitest';
import { type LearnableAce, learnableAce } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Quantity } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

function taught(potential: LearnableAce, size: number, members = 3): LearnableAce {
  const draw = (seed: number) =>
    Float64Array.from(
      { length: potential.functionCount },
      (_, k) => (size * normal(seed, k)) / potential.roughness[k],
    );
  return potential.withParameters({
    e0: Float64Array.from(potential.elements, (_, k) => -1 - 0.25 * k),
    mean: draw(1),
    members: Array.from({ length: members }, (_, e) => draw(2 + e)),
  });
}

const alloy = (radialBase: string) =>
  taught(
    createAce(
      aceRequestSchema.parse({
        elements: ['Ni', 'Al'],
        cutoff: '4.6 Å',
        radialBase,
        nradmax: [5, 3, 2, 1],
        lmax: [0, 3, 2, 1],
      }),
    ),
    0.3,
  );

/** A rattled, sheared alloy with pairs inside the reach of core repulsion; `spread` in Å. */
function rattledAlloy(spread = 0.25): Structure {
  const a = 3.1;
  const cell = structureFrom(
    ['Ni', 'Al', 'Al', 'Ni'],
    [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    [a, 0.2, 0, 0, a, 0.3, -0.1, 0, a],
  );
  const s = supercell(cell, [2, 1, 1]);
  return { ...s, positions: s.positions.map((x, k) => x + spread * normal(99, k)) };
}

const evaluate = (p: LearnableAce, s: Structure, want: readonly Quantity[] = []) =>
  p.evaluate(s, buildNeighbours(s, p.cutoff), want);

const largest = (list: ArrayLike<number>) => Array.from(list).reduce((a, x) => Math.max(a, Math.abs(x)), 0);
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) => largest(Array.from(a, (x, k) => x - b[k]));

describe.each(['SBessel', 'ChebExpCos', 'ChebPow'])('a learnable expansion over %s', (base) => {
  const potential = alloy(base);
  const s = rattledAlloy();
  const whole = evaluate(potential, s, [
    'forces',
    'virial',
    'projections',
    'memberEnergies',
    'memberForces',
    'memberVirials',
  ]);

  it('has forces and virial that are derivatives of its energy', () => {
    expect(largest(whole.forces)).toBeGreaterThan(0.1);
    const moved = (k: number, h: number) => {
      const positions = s.positions.slice();
      positions[k] += h;
      return evaluate(potential, { ...s, positions }).energy;
    };
    const strained = (a: number, b: number, h: number) => {
      const stretch = (list: Float64Array) => list.map((x, k) => x + (k % 3 === a ? h * list[k - a + b] : 0));
      return evaluate(potential, { ...s, positions: stretch(s.positions), cell: stretch(s.cell) }).energy;
    };
    const slope = (f: (h: number) => number, h: number) => (f(h) - f(-h)) / (2 * h);
    const error = (h: number) =>
      Math.hypot(
        ...[0, 4, 8, 10].map((k) => slope((x) => moved(k, x), h) + whole.forces[k]),
        ...[0, 1, 5, 8].map((q) => slope((x) => strained(Math.floor(q / 3), q % 3, x), h) + whole.virial[q]),
      );
    const [coarse, fine] = [error(8e-4), error(4e-4)];
    expect(coarse).toBeGreaterThan(1e-7);
    expect(coarse / fine).toBeGreaterThan(3.7);
    expect(coarse / fine).toBeLessThan(4.3);
  });

  it('is E₀ + baseline + B·c, atom by atom and in its design rows', () => {
    const { parameters, functionOffsets, projectionWidth, functionCount: K } = potential;
    const rows = potential.rows(s, buildNeighbours(s, potential.cutoff));
    const dot = (row: Float64Array, at: number) =>
      parameters.mean.reduce((sum, c, v) => sum + c * row[at + v], 0);
    const e0 = Array.from(s.species, (k) => parameters.e0[k]).reduce((a, x) => a + x, 0);
    expect(rows.energy.length).toBe(K);
    expect(e0 + rows.baseline.energy + dot(rows.energy, 0)).toBeCloseTo(whole.energy, 9);
    const forces = whole.forces.map((_, k) => rows.baseline.forces[k] + dot(rows.forces, k * K));
    expect(difference(forces, whole.forces)).toBeLessThan(1e-11 * (1 + largest(whole.forces)));
    const strain = [0, 1, 2, 3, 4, 5].map((k) => rows.baseline.strain[k] + dot(rows.strain, k * K));
    const voigt = [0, 4, 8, 5, 2, 1].map((k) => -whole.virial[k]);
    expect(difference(strain, voigt)).toBeLessThan(1e-11 * (1 + largest(voigt)));
    const summed = new Float64Array(K);
    s.species.forEach((a, i) => {
      for (let v = functionOffsets[a]; v < functionOffsets[a + 1]; v++)
        summed[v] += whole.projections[i * projectionWidth + v - functionOffsets[a]];
    });
    expect(difference(summed, rows.energy)).toBeLessThan(1e-11 * (1 + largest(rows.energy)));
  });

  it('gives each member as if it drove alone', () => {
    const n = s.species.length;
    potential.parameters.members.forEach((c, e) => {
      const alone = evaluate(potential.withParameters({ ...potential.parameters, mean: c, members: [] }), s, [
        'forces',
        'virial',
        'memberEnergies',
        'memberForces',
        'memberVirials',
      ]);
      expect(difference(whole.memberEnergies.subarray(e * n, (e + 1) * n), alone.energies)).toBeLessThan(
        1e-12,
      );
      expect(difference(whole.memberForces.subarray(3 * e * n, 3 * (e + 1) * n), alone.forces)).toBeLessThan(
        1e-11,
      );
      expect(difference(whole.memberVirials.subarray(9 * e, 9 * e + 9), alone.virial)).toBeLessThan(1e-10);
      expect(difference(alone.memberForces, alone.forces)).toBe(0);
      expect(difference(alone.memberVirials, alone.virial)).toBe(0);
      expect(difference(alone.memberEnergies, alone.energies)).toBe(0);
    });
    expect(difference(whole.memberForces.subarray(0, 3 * n), whole.forces)).toBeGreaterThan(0.1);
    expect(difference(whole.memberVirials.subarray(0, 9), whole.virial)).toBeGreaterThan(0.1);
  });

  it('does not care about translation, rotation, order or the skin of the list', () => {
    const [c, d] = [Math.cos(0.7), Math.sin(0.7)];
    const turn = (list: Float64Array) =>
      list.map((_, k) => {
        const [x, y, z] = list.subarray(k - (k % 3), k - (k % 3) + 3);
        return [c * x - d * y, c * (d * x + c * y) - d * z, d * (d * x + c * y) + c * z][k % 3];
      });
    const turned = evaluate(potential, { ...s, positions: turn(s.positions), cell: turn(s.cell) }, [
      'forces',
      'projections',
    ]);
    expect(turned.energy).toBeCloseTo(whole.energy, 9);
    expect(difference(turned.forces, turn(whole.forces))).toBeLessThan(1e-10 * (1 + largest(whole.forces)));
    expect(difference(turned.projections, whole.projections)).toBeLessThan(
      1e-11 * (1 + largest(whole.projections)),
    );
    const shifted = evaluate(potential, { ...s, positions: s.positions.map((x) => x + 17.3) });
    expect(shifted.energy).toBeCloseTo(whole.energy, 9);
    const n = s.species.length;
    const back = (list: Float64Array) => list.map((_, k) => list[3 * (n - 1 - Math.floor(k / 3)) + (k % 3)]);
    const reversed = { ...s, species: s.species.slice().reverse(), positions: back(s.positions) };
    const permuted = evaluate(potential, reversed, ['forces']);
    expect(difference(back(permuted.forces), whole.forces)).toBeLessThan(1e-11 * (1 + largest(whole.forces)));
    const wide = potential.evaluate(s, buildNeighbours(s, potential.cutoff + 1), ['forces']);
    expect(wide.energy).toBe(whole.energy);
    expect(difference(wide.forces, whole.forces)).toBe(0);
    for (let x = 0; x < 3; x++)
      expect(whole.forces.filter((_, k) => k % 3 === x).reduce((a, f) => a + f, 0)).toBeCloseTo(0, 9);
  });

  it('fades smoothly at the cutoff', () => {
    const dimer = (r: number) =>
      evaluate(potential, structureFrom(['Al', 'Ni'], [0, 0, 0, r, 0, 0]), ['forces']);
    const apart = dimer(potential.cutoff + 0.1).energy;
    expect(apart).toBe(potential.parameters.e0[0] + potential.parameters.e0[1]);
    expect(Math.abs(dimer(potential.cutoff - 1e-4).energy - apart)).toBeLessThan(1e-6);
    expect(largest(dimer(potential.cutoff - 1e-4).forces)).toBeLessThan(1e-3);
  });
});

describe('core repulsion', () => {
  const untaught = createAce(aceRequestSchema.parse({ elements: ['Al', 'Ni'], cutoff: '5 Å' }));
  const wild = taught(untaught, 5, 1);
  const energy = (p: LearnableAce, r: number) =>
    evaluate(p, structureFrom(['Al', 'Ni'], [0, 0, 0, r, 0, 0])).energy;

  it('rises steeply for untaught and wildly taught models alike', () => {
    expect(energy(untaught, 1.5)).toBeGreaterThan(4);
    for (const p of [untaught, wild]) {
      const curve = [0.2, 0.5, 0.8, 1.1, 1.4].map((r) => energy(p, r));
      expect(curve.at(-1)).toBeGreaterThan(5);
      for (let k = 1; k < curve.length; k++) expect(curve[k - 1]).toBeGreaterThan(1.5 * curve[k]);
    }
  });

  it('leaves the pair to ZBL alone below the inner cutoff', () => {
    const free = wild.parameters.e0.reduce((a, x) => a + x, 0);
    expect(energy(wild, 1.05) - free).toBeCloseTo(energy(untaught, 1.05), 9);
    expect(Math.abs(energy(wild, 2.4) - free)).toBeGreaterThan(0.1);
    expect(energy(untaught, 2.4)).toBe(0);
  });
});

describe('createAce', () => {
  const schema = (extra: object) => aceRequestSchema.parse({ elements: ['Cu'], cutoff: '5.5 Å', ...extra });

  it('gives about two hundred functions for one element by default, in agreement with its roughness and offsets', () => {
    const p = createAce(schema({}));
    expect(p.functionCount).toBeGreaterThan(100);
    expect(p.functionCount).toBeLessThan(250);
    expect(p.roughness.length).toBe(p.functionCount);
    expect(Math.min(...p.roughness)).toBe(1);
    expect([...p.functionOffsets]).toEqual([0, p.functionCount]);
    expect(p.members).toBe(1);
  });

  it('keeps to the number of functions asked for', () => {
    expect(createAce(schema({ functionsPerElement: 60 })).functionCount).toBe(60);
  });

  it('reaches rank 6', () => {
    const p = taught(createAce(schema({ nradmax: [3, 2, 1, 1, 1, 1], lmax: [0, 2, 1, 1, 1, 1] })), 0.1, 0);
    expect(Math.max(...p.model.centres[0].functions.map((f) => f.ns.length))).toBe(6);
  });

  it('refuses a cutoff inside the core and a wrong number of coefficients', () => {
    expect(() => createAce(schema({ cutoff: '2 Å' }))).toThrow(/cutoff: got 2 Å, must exceed/);
    const p = createAce(schema({}));
    expect(() => p.withParameters({ ...p.parameters, mean: new Float64Array(3) })).toThrow(/3 coefficients/);
    expect(() => evaluate(p, structureFrom(['Cu', 'Au'], [0, 0, 0, 2, 0, 0]))).toThrow(/element Au/);
  });

  it('makes the same potential again from its own model', () => {
    const p = taught(createAce(schema({ functionsPerElement: 40 })), 0.1, 0);
    const again = learnableAce(p.model);
    expect(again.parameters).toEqual(p.parameters);
  });
});
