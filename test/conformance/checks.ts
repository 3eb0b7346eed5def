/** What every potential owes, whatever its formula. Each check throws with the numbers that broke it. */
import { expect } from 'vitest';
import { transformRows } from '../../src/core/cell.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { STREAM, uniforms } from '../../src/core/philox.ts';
import type { Evaluation, Potential, Quantity } from '../../src/core/potential.ts';
import {
  atomCount,
  cloneStructure,
  type Structure,
  structureFrom,
  subset,
  supercell,
} from '../../src/core/structure.ts';

const ALL: readonly Quantity[] = ['forces', 'virial'];

/** How well derivatives, balance and symmetries have to hold, and the steps of differences that can show it. */
export interface Precision {
  /** Å. */
  readonly step: number;
  /** Of strain. */
  readonly strain: number;
  /** Of forces and virial against differences extrapolated to step 0. */
  readonly derivative: number;
  /** By which the error at h over that at h/2 may miss 4. */
  readonly quartering: number;
  /** Of the net force. */
  readonly balance: number;
  readonly symmetry: number;
}

export const F64: Precision = {
  step: 0.005,
  strain: 0.001,
  derivative: 1e-6,
  quartering: 0.4,
  balance: 1e-12,
  symmetry: 1e-10,
};

/** A law: what it wants evaluated, and what it says of the results. So it can be held against anything that evaluates. */
export interface Law {
  readonly structures: readonly Structure[];
  readonly want: readonly Quantity[];
  judge(results: readonly Evaluation[]): void;
}

function hold(p: Potential, { structures, want, judge }: Law): void {
  judge(structures.map((s) => evaluate(p, s, want)));
}

/** Evaluates with a fresh list whose skin (Å) is `skin`. */
export function evaluate(p: Potential, s: Structure, want: readonly Quantity[] = ALL, skin = 0): Evaluation {
  return p.evaluate(s, buildNeighbours(s, p.cutoff + skin), want);
}

/** Every coordinate displaced by a uniform number within ±`amplitude` Å. */
export function rattled(s: Structure, amplitude: number, seed: number): Structure {
  const out = cloneStructure(s);
  const u = new Float64Array(4);
  for (let i = 0; i < atomCount(s); i++) {
    uniforms(seed, STREAM.rattle, 0, i, u);
    for (let x = 0; x < 3; x++) out.positions[3 * i + x] += amplitude * (2 * u[x] - 1);
  }
  return out;
}

/** Cell and positions times a 3×3 matrix (row vectors). */
export function transformed(s: Structure, m: ArrayLike<number>): Structure {
  const out = cloneStructure(s);
  transformRows(s.positions, m, out.positions);
  transformRows(s.cell, m, out.cell);
  return out;
}

/** The other checks mean something only where forces and virial are not small. */
export function assertNonTrivial(p: Potential, s: Structure): void {
  const { forces, virial, energy } = evaluate(p, s);
  expect(Number.isFinite(energy) && Math.abs(energy) > 1e-3, `energy ${energy} eV`).toBe(true);
  expect(Math.hypot(...forces), 'norm of the forces, eV/Å').toBeGreaterThan(0.1);
  expect(Math.hypot(...virial), 'norm of the virial, eV').toBeGreaterThan(0.1);
}

/**
 * Central differences at h and h/2: the error is quartered, and what remains after extrapolation to h = 0 is 1e-6 of
 * the forces. `atoms` limits the work; `h` in Å.
 */
export function assertForcesMatchEnergy(
  p: Potential,
  s: Structure,
  { h = F64.step, atoms }: { h?: number; atoms?: readonly number[] } = {},
): void {
  hold(p, forcesMatchEnergy(s, { ...F64, step: h }, atoms));
}

/** As {@link assertForcesMatchEnergy} for all nine components of −∂E/∂ε; `h` is a strain. */
export function assertVirialMatchesEnergy(p: Potential, s: Structure, { h = F64.strain } = {}): void {
  hold(p, virialMatchesEnergy(s, { ...F64, strain: h }));
}

export function forcesMatchEnergy(
  s: Structure,
  precision: Precision,
  atoms: readonly number[] = [0, 1, atomCount(s) - 1],
): Law {
  const coordinates = [...new Set(atoms)].flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]);
  const moved = (k: number, by: number) => {
    const out = cloneStructure(s);
    out.positions[coordinates[k]] += by;
    return out;
  };
  return derivativesOf('forces', s, coordinates.length, precision.step, precision, moved, ({ forces }) =>
    coordinates.map((k) => forces[k]),
  );
}

export function virialMatchesEnergy(s: Structure, precision: Precision): Law {
  const strained = (k: number, by: number) => {
    const m = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    m[k] += by;
    return transformed(s, m);
  };
  return derivativesOf('virial', s, 9, precision.strain, precision, strained, ({ virial }) =>
    Array.from(virial),
  );
}

function derivativesOf(
  name: string,
  s: Structure,
  count: number,
  h: number,
  precision: Precision,
  changed: (k: number, by: number) => Structure,
  statedBy: (e: Evaluation) => readonly number[],
): Law {
  const all = Array.from({ length: count }, (_, k) => k);
  const around = (step: number) => all.flatMap((k) => [changed(k, step), changed(k, -step)]);
  return {
    structures: [s, ...around(h), ...around(h / 2)],
    want: ALL,
    judge([here, ...there]) {
      const stated = statedBy(here);
      const slope = (at: number, step: number) => (there[at + 1].energy - there[at].energy) / (2 * step);
      const coarse = all.map((k) => slope(2 * k, h));
      const fine = all.map((k) => slope(2 * (count + k), h / 2));
      const distance = (a: readonly number[]) => Math.hypot(...a.map((x, k) => x - stated[k]));
      const ratio = distance(coarse) / distance(fine);
      const limit = fine.map((x, k) => (4 * x - coarse[k]) / 3);
      expect(
        distance(limit) / Math.hypot(...stated),
        `${name} against extrapolated differences`,
      ).toBeLessThan(precision.derivative);
      expect(Math.abs(ratio - 4), `${name}: error at h over error at h/2, less 4`).toBeLessThan(
        precision.quartering,
      );
    },
  };
}

/** Σ F = 0, atomic energies add up, and the virial is symmetric. */
export function assertBalance(p: Potential, s: Structure): void {
  hold(p, balance(s, F64));
}

export function balance(s: Structure, precision: Precision): Law {
  return {
    structures: [s],
    want: ALL,
    judge([{ forces, virial, energies, energy }]) {
      const scale = Math.hypot(...forces);
      for (let x = 0; x < 3; x++) {
        let sum = 0;
        for (let k = x; k < forces.length; k += 3) sum += forces[k];
        expect(Math.abs(sum) / scale, `sum of the forces along ${'xyz'[x]}`).toBeLessThan(precision.balance);
      }
      expect(energies.reduce((sum, e) => sum + e, 0)).toBeCloseTo(energy, 9);
      for (const [a, b] of [
        [1, 3],
        [2, 6],
        [5, 7],
      ])
        expect(Math.abs(virial[a] - virial[b])).toBeLessThan(precision.symmetry * Math.hypot(...virial));
    },
  };
}

/** Translation, rotation, permutation, moving atoms by lattice vectors, and an older (longer) neighbour list. */
export function assertSymmetries(p: Potential, s: Structure): void {
  hold(p, symmetries(s, F64));
  const [before, aged] = [0, 1.3].map((skin) => evaluate(p, s, ALL, skin));
  expect(aged.energy, 'a longer neighbour list').toBe(before.energy);
  expect(aged.forces, 'a longer neighbour list').toEqual(before.forces);
}

/** Translation, rotation, permutation, and moving atoms by lattice vectors. */
export function symmetries(s: Structure, { symmetry }: Precision): Law {
  const n = atomCount(s);
  const shifted = cloneStructure(s);
  for (let k = 0; k < 3 * n; k++) shifted.positions[k] += [1.37, -2.11, 0.83][k % 3];
  const wrapped = cloneStructure(s);
  if (s.periodic.every(Boolean))
    for (let k = 0; k < 3 * n; k++)
      wrapped.positions[k] += (Math.floor(k / 3) % 3) * s.cell[k % 3] - s.cell[6 + (k % 3)];
  const rotation = rotationAbout([0.36, 0.48, 0.8], 1.1);
  const order = Int32Array.from({ length: n }, (_, i) => n - 1 - i);
  return {
    structures: [s, shifted, wrapped, transformed(s, rotation), subset(s, order)],
    want: ALL,
    judge([before, moved, elsewhere, turned, reversed]) {
      const same = (what: string, got: Evaluation, expected: Evaluation) =>
        assertSame(what, got, expected, symmetry);
      same('translation', moved, before);
      same('moving by lattice vectors', elsewhere, before);
      same('rotation', turned, {
        ...before,
        forces: transformRows(before.forces, rotation, new Float64Array(3 * n)),
        virial: rotatedTensor(before.virial, rotation),
      });
      const forces = new Float64Array(3 * n);
      const energies = new Float64Array(n);
      order.forEach((from, to) => {
        energies[to] = before.energies[from];
        forces.set(before.forces.subarray(3 * from, 3 * from + 3), 3 * to);
      });
      same('permutation', reversed, { ...before, forces, energies });
    },
  };
}

function assertSame(what: string, got: Evaluation, expected: Evaluation, tolerance: number): void {
  const near = (name: string, a: ArrayLike<number>, b: ArrayLike<number>) => {
    const scale = Math.max(1, Math.hypot(...Array.from(b)));
    const error = Math.hypot(...Array.from(b, (x, k) => a[k] - x));
    expect(error / scale, `${what}: ${name}`).toBeLessThan(tolerance);
  };
  near('energy', [got.energy], [expected.energy]);
  near('energies', got.energies, expected.energies);
  near('forces', got.forces, expected.forces);
  near('virial', got.virial, expected.virial);
}

/** For row vectors; `axis` of length one, angle in radians. Rodrigues' formula. */
export function rotationAbout([x, y, z]: readonly [number, number, number], angle: number): Float64Array {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return Float64Array.of(
    t * x * x + c,
    t * x * y + s * z,
    t * x * z - s * y,
    t * x * y - s * z,
    t * y * y + c,
    t * y * z + s * x,
    t * x * z + s * y,
    t * y * z - s * x,
    t * z * z + c,
  );
}

/** Rᵀ T R for a tensor in row order and R acting on row vectors. */
function rotatedTensor(t: Float64Array, R: Float64Array): Float64Array {
  const out = new Float64Array(9);
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++)
      for (let c = 0; c < 3; c++)
        for (let d = 0; d < 3; d++) out[3 * a + b] += R[3 * c + a] * t[3 * c + d] * R[3 * d + b];
  return out;
}

/** Twice the cell has twice the energy, and the copies feel the same forces. */
export function assertExtensive(p: Potential, s: Structure): void {
  const one = evaluate(p, s);
  const two = evaluate(p, supercell(s, [1, 2, 1]));
  const n = atomCount(s);
  expect(Math.abs(two.energy / one.energy - 2)).toBeLessThan(1e-11);
  const scale = Math.hypot(...one.forces);
  for (let k = 0; k < 6 * n; k++)
    expect(Math.abs(two.forces[k] - one.forces[k % (3 * n)]) / scale).toBeLessThan(1e-11);
}

/**
 * Pulls one atom away from a dimer of each pair of elements through every cutoff: from step to step the energy
 * changes by what the force says within `tolerance` (eV), so neither energy nor force jumps.
 */
export function assertSmoothCutoff(p: Potential, tolerance = 1e-6): void {
  const step = 0.002;
  const from = 0.6 * p.cutoff;
  for (const a of p.elements)
    for (const b of p.elements) {
      const cluster = (r: number) => structureFrom([a, b, b], [0, 0, 0, 0, 0.75 * p.cutoff, 0.3, r, 0, 0]);
      let last = evaluate(p, cluster(from));
      for (let r = from + step; r < 1.05 * p.cutoff; r += step) {
        const next = evaluate(p, cluster(r));
        const work = ((last.forces[6] + next.forces[6]) * step) / 2;
        const excess = Math.abs(next.energy - last.energy + work);
        if (!(excess < tolerance))
          expect.fail(
            `${a}-${b} at ${r.toFixed(3)} Å: the energy jumps by ${excess} eV beyond the force's work`,
          );
        last = next;
      }
      expect(Math.abs(last.forces[6]), `force on ${b} beyond the cutoff`).toBe(0);
    }
}

/** An element it was not made for is refused by name. */
export function assertUnknownElementRefused(p: Potential): void {
  const stranger = ['Xe', 'Rn', 'Kr'].find((e) => !p.elements.includes(e))!;
  const s = structureFrom([stranger, p.elements[0]], [0, 0, 0, 2, 0, 0]);
  expect(() => evaluate(p, s)).toThrow(UserError);
  expect(() => evaluate(p, s)).toThrow(stranger);
}

/** Arrays not asked for are empty, those of an earlier result are used again, and both say the same. */
export function assertEconomy(p: Potential, s: Structure): void {
  const nl = buildNeighbours(s, p.cutoff);
  const first = p.evaluate(s, nl, ALL);
  const expected = { energy: first.energy, forces: first.forces.slice(), virial: first.virial.slice() };
  const again = p.evaluate(s, nl, ALL, first);
  expect(again.forces).toBe(first.forces);
  expect(again.energy).toBe(expected.energy);
  expect(again.forces).toEqual(expected.forces);
  expect(again.virial).toEqual(expected.virial);
  const bare = p.evaluate(s, nl, []);
  expect(bare.forces.length + bare.virial.length + bare.memberForces.length).toBe(0);
  expect(bare.energy).toBe(expected.energy);
}
