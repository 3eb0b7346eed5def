import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { AceModel } from '../../potentials/ace/model.ts';
import { type NonlinearAce, nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { atomCount, type Structure, structureFrom, supercell } from '../../src/core/structure.ts';

const four = new Float64Array(4);
const normal = (topic: number, k: number) => normals(11, STREAM.rattle, topic, k, four)[0];

/** Two densities for Ni, one curved density for Al, over core repulsion that switches the expansion off somewhere. */
function curvedAlloy(
  innerCutoff: 'density' | 'zbl',
  form: 'FinnisSinclair' | 'FinnisSinclairShiftedScaled',
): AceModel {
  const { model } = createAce(
    aceRequestSchema.parse({ elements: ['Ni', 'Al'], cutoff: '4.4 Å', nradmax: [3, 2, 1], lmax: [0, 2, 1] }),
  );
  const { baseline: _, ...rest } = model;
  const draws = (k: number, count: number) => Array.from({ length: count }, (_, p) => 0.3 * normal(k, p));
  return {
    ...rest,
    bonds: model.bonds.map((b) => ({
      ...b!,
      innerCutoff,
      coreRepulsion: innerCutoff === 'zbl' ? [1, 1] : [4000, 1],
      rIn: 2.6,
      deltaIn: 0.7,
    })),
    centres: model.centres.map((c, a) => ({
      ...c,
      embedding: {
        form,
        prefactors: a === 0 ? [1, 0.7] : [1.2],
        exponents: a === 0 ? [1, 0.5] : [0.8],
        coreCutoff: 8,
        coreWidth: 6,
      },
      functions: c.functions.map((f, v) => ({ ...f, coefficients: draws(100 * a + v, a === 0 ? 2 : 1) })),
    })),
  };
}

function alloy(): Structure {
  const a = 3.1;
  const cell = structureFrom(['Al', 'Ni'], [0, 0, 0, a / 2, a / 2, a / 2], [a, 0.2, 0, 0, a, 0.1, 0, 0, a]);
  const s = supercell(cell, [2, 1, 1]);
  return { ...s, positions: s.positions.map((x, k) => x + 0.15 * normal(5, k)) };
}

const s = alloy();
const list = (p: NonlinearAce) => buildNeighbours(s, p.cutoff);
const values = (p: NonlinearAce) => {
  const { energy, forces, virial } = p.evaluate(s, list(p), ['forces', 'virial']);
  return Float64Array.of(energy, ...forces, ...[0, 4, 8, 5, 2, 1].map((k) => -virial[k]));
};

describe.each([
  ['density', 'FinnisSinclairShiftedScaled'],
  ['zbl', 'FinnisSinclair'],
] as const)('the tangent of a nonlinear expansion with core of kind %s, embedding %s', (inner, form) => {
  const potential = nonlinearAce(curvedAlloy(inner, form), 'linear');
  const { mean, e0 } = potential.parameters;
  const K = potential.functionCount;
  const rows = potential.rows(s, list(potential));
  const along = Float64Array.from(mean, (_, v) => normal(7, v));
  const times = (of: Float64Array, c: Float64Array) =>
    Array.from({ length: of.length / K }, (_, k) => c.reduce((sum, x, v) => sum + x * of[k * K + v], 0));

  it('has the derivatives of energy, forces and strain: halving h quarters the error of central differences', () => {
    const at = (h: number) =>
      values(potential.withParameters({ e0, mean: mean.map((c, v) => c + h * along[v]), members: [] }));
    const expected = [rows.energy, rows.forces, rows.strain].flatMap((of) => times(of, along));
    const worst = (h: number) => {
      const [up, down] = [at(h), at(-h)];
      return Math.max(...expected.map((x, k) => Math.abs((up[k] - down[k]) / (2 * h) - x)));
    };
    const [coarse, fine] = [worst(2e-3), worst(1e-3)];
    expect(Math.hypot(...expected)).toBeGreaterThan(1);
    expect(fine).toBeLessThan(1e-4 * Math.hypot(...expected));
    expect(coarse / fine).toBeGreaterThan(3.7);
    expect(coarse / fine).toBeLessThan(4.3);
  });

  it('touches the exact values', () => {
    const exact = values(potential);
    const { energy, forces, strain } = rows.baseline;
    const touched = [
      energy + times(rows.energy, mean)[0],
      ...times(rows.forces, mean).map((x, k) => x + forces[k]),
      ...times(rows.strain, mean).map((x, k) => x + strain[k]),
    ];
    touched.forEach((x, k) => {
      expect(Math.abs(x - exact[k])).toBeLessThan(1e-10 * (1 + Math.abs(exact[k])));
    });
  });

  it('switches somewhere; where it does not, full projections add up to the derivatives of the energy', () => {
    const bonds = potential.model.bonds.map((b) => ({
      ...b!,
      coreRepulsion: [0, 0] as const,
      innerCutoff: 'distance' as const,
    }));
    const free = nonlinearAce({ ...potential.model, bonds }, 'full');
    const derivatives = free.rows(s, list(free)).energy;
    expect(Math.abs(rows.energy[0] / derivatives[0] - 1)).toBeGreaterThan(1e-3);
    const { projections, projectionWidth } = free.evaluate(s, list(free), ['projections']);
    const sums = new Float64Array(K);
    s.species.forEach((species, i) => {
      const k = free.elements.indexOf(s.elements[species]);
      const [from, to] = [free.projectionOffsets[k], free.projectionOffsets[k + 1]];
      for (let v = from; v < to; v++) sums[v] += projections[i * projectionWidth + v - from];
    });
    sums.forEach((x, v) => {
      expect(x).toBeCloseTo(derivatives[v], 9);
    });
  });

  it('has exact members', () => {
    const members = [1, 2].map((m) => mean.map((c, v) => c + 0.1 * normal(30 + m, v)));
    const ensemble = potential.withParameters({ e0, mean, members });
    const e = ensemble.evaluate(s, list(ensemble), ['forces', 'memberEnergies', 'memberForces']);
    const n = atomCount(s);
    members.forEach((c, m) => {
      const own = ensemble
        .withParameters({ e0, mean: c, members: [] })
        .evaluate(s, list(ensemble), ['forces']);
      expect(e.memberEnergies.slice(m * n, (m + 1) * n)).toEqual(own.energies);
      expect(e.memberForces.slice(3 * m * n, 3 * (m + 1) * n)).toEqual(own.forces);
      expect(own.energy).not.toBeCloseTo(e.energy, 3);
    });
  });
});
