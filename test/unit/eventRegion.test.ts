import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { slab } from '../../src/core/surfaces.ts';
import { cutRegion, pasteRegion, regionAround } from '../../src/events/region.ts';
import { strained } from '../../src/properties/strain.ts';

const lj = potentials.create(
  potentials.schema.parse({
    kind: 'lennardJones',
    atoms: { Cu: { epsilon: '0.4 eV', sigma: '2.3 Å' } },
    cutoff: '4.2 Å',
  }),
);
const eam = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
const unit = crystal('fcc', ['Cu'], 3.6);

function shaken(s: Structure, width: number, seed = 1): Structure {
  const g = new Float64Array(4);
  const positions = s.positions.map((x, k) => x + width * normals(seed, STREAM.rattle, k, 0, g)[0]);
  return { ...s, positions };
}

const evaluate = (potential: typeof lj, s: Structure) =>
  potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);

/** The whole with its mobile atoms elsewhere. */
function stirred(s: Structure, parents: Int32Array, hold: Uint8Array): Structure {
  const other = shaken(s, 0.2, 2);
  const positions = s.positions.slice();
  parents.forEach((i, k) => {
    if (!hold[k]) for (let x = 3 * i; x < 3 * i + 3; x++) positions[x] = other.positions[x];
  });
  return { ...s, positions };
}

const skewed = strained(supercell(unit, [12, 12, 12]), Float64Array.of(0.02, 0, 0, 0.05, 0.08, 0.1));
const rod = supercell(unit, [3, 14, 14]);
const plate = slab(unit, '100', [14, 14, 9], 20);
const wholes: readonly (readonly [string, typeof lj, Structure, readonly boolean[]])[] = [
  ['bulk', lj, supercell(unit, [12, 12, 12]), [false, false, false]],
  ['an embedded atom', eam, supercell(unit, [12, 12, 12]), [false, false, false]],
  ['a skewed cell', lj, skewed, [false, false, false]],
  ['a rod it wraps around', lj, rod, [true, false, false]],
  ['a slab', lj, plate, [false, false, false]],
];

describe('a region', () => {
  it.each(wholes)(
    'of %s has the forces and differences of energy of the whole',
    (_, potential, perfect, periodic) => {
      const whole = shaken(takeOut(perfect, [0]), 0.1);
      // Beside the corner, so that it lies across the faces of the cell.
      const region = regionAround(whole, [0, 3], 3, potential.cutoff);
      expect(region.whole).toBe(false);
      expect(region.structure.periodic).toEqual(periodic);
      expect(region.hold.filter((h) => h === 0).length).toBeGreaterThan(8);
      const other = stirred(whole, region.parents, region.hold);
      const [a, b] = [evaluate(potential, whole), evaluate(potential, other)];
      const [energies, forces] = [
        [a.energy, b.energy],
        [a.forces.slice(), b.forces.slice()],
      ];
      const parts = [region.structure, cutRegion(region, other)].map((s) => evaluate(potential, s));
      const change = energies[1] - energies[0];
      expect(Math.abs(change)).toBeGreaterThan(0.1);
      expect(Math.abs(parts[1].energy - parts[0].energy - change)).toBeLessThan(1e-9);
      let largest = 0;
      parts.forEach((part, p) => {
        region.parents.forEach((i, k) => {
          if (region.hold[k]) return;
          for (let x = 0; x < 3; x++) {
            const f = forces[p][3 * i + x];
            largest = Math.max(largest, Math.abs(f));
            expect(Math.abs(part.forces[3 * k + x] - f)).toBeLessThan(1e-10);
          }
        });
      });
      expect(largest).toBeGreaterThan(0.1);
    },
  );

  it('is written back where it came from', () => {
    const whole = shaken(supercell(unit, [12, 12, 12]), 0.1);
    // Atoms outside the cell stay outside it.
    for (let k = 0; k < 30; k++) whole.positions[k] += whole.cell[0];
    const region = regionAround(whole, [0], 4, lj.cutoff);
    const other = stirred(whole, region.parents, region.hold);
    const back = pasteRegion(region, cutRegion(region, other), whole);
    const largest = back.positions.reduce((m, x, k) => Math.max(m, Math.abs(x - other.positions[k])), 0);
    expect(whole.positions.some((x, k) => Math.abs(x - other.positions[k]) > 0.1)).toBe(true);
    expect(largest).toBeLessThan(1e-12);
  });

  it('of more than half of the cell is the cell', () => {
    const whole = supercell(unit, [4, 4, 4]);
    const region = regionAround(whole, [5], 4, lj.cutoff);
    expect(region.whole).toBe(true);
    expect(region.structure).toBe(whole);
    expect(region.hold.every((h) => h === 0)).toBe(true);
  });
});
