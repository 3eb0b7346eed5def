import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import {
  assertBalance,
  assertEconomy,
  assertExtensive,
  assertForcesMatchEnergy,
  assertNonTrivial,
  assertSmoothCutoff,
  assertSymmetries,
  assertUnknownElementRefused,
  assertVirialMatchesEnergy,
  rattled,
  transformed,
} from './checks.ts';

/** Options as a user writes them, and what to try them on. */
interface Sample {
  readonly name: string;
  readonly options: object;
  readonly structures: readonly Structure[];
  /** eV; larger for Tersoff: b ~ 1 − ζⁿ with n < 1 has infinite curvature where a neighbour comes into sight. */
  readonly tolerance?: number;
}

const SKEW = [1, 0, 0, 0.13, 0.97, 0, -0.08, 0.11, 1.02];

/** Rattled crystal in its cubic cell, the same in a skewed cell, and a cluster cut from it. */
function variants(unit: Structure, amplitude: number, seed: number): Structure[] {
  const bulk = rattled(supercell(unit, [2, 1, 1]), amplitude, seed);
  const cluster = { ...bulk, cell: new Float64Array(9), periodic: [false, false, false] as const };
  return [bulk, transformed(bulk, SKEW), rattled(cluster, amplitude, seed + 1)];
}

const SAMPLES: Record<string, readonly Sample[]> = {
  ace: [
    {
      name: 'Al-Ni, two densities and one',
      options: { file: new URL('../golden/potentials/AlNi.yaml', import.meta.url).pathname },
      structures: variants(crystal('L1_2', ['Al', 'Ni'], 3.6), 0.15, 9),
    },
  ],
  eam: [
    {
      name: 'Zhou Cu-Zr',
      options: { set: 'zhou', elements: ['Cu', 'Zr'] },
      structures: variants(crystal('L1_2', ['Cu', 'Zr'], 3.9), 0.15, 1),
    },
    {
      name: 'setfl Cu-Zr',
      options: { file: new URL('../golden/potentials/CuZr.eam.alloy', import.meta.url).pathname },
      structures: variants(crystal('L1_2', ['Cu', 'Zr'], 3.9), 0.15, 2),
    },
  ],
  stillingerWeber: [
    { name: 'Si', options: {}, structures: variants(crystal('diamond', ['Si'], 5.431), 0.2, 3) },
  ],
  tersoff: [
    {
      name: 'Si 1988',
      options: { set: 'Si1988', elements: ['Si'] },
      structures: variants(crystal('diamond', ['Si'], 5.431), 0.15, 4),
      tolerance: 2e-5,
    },
    {
      name: 'SiC 1989',
      options: { set: 'CSiGe1989', elements: ['Si', 'C'] },
      structures: variants(crystal('zincblende', ['Si', 'C'], 4.36), 0.12, 5),
      tolerance: 3e-4,
    },
  ],
  lennardJones: [
    {
      name: 'argon',
      options: { set: 'argon', cutoff: '7 Å' },
      structures: variants(crystal('fcc', ['Ar'], 5.2), 0.4, 6),
    },
    {
      name: 'mixture',
      options: {
        atoms: { Ar: { epsilon: '10.3 meV', sigma: '3.4 Å' }, Ne: { epsilon: '3.1 meV', sigma: '0.28 nm' } },
      },
      structures: variants(crystal('L1_2', ['Ar', 'Ne'], 4.8), 0.4, 7),
    },
  ],
  buckingham: [
    // Damped so that the curvature, which the shifted force leaves at the cutoff, cannot show in the differences.
    {
      name: 'TiO2',
      options: { set: 'matsuiAkaogi', cutoff: '8 Å', damping: '2.5 Å' },
      structures: variants(crystal('rutile', ['Ti', 'O'], 4.594), 0.1, 8),
    },
  ],
  zbl: [
    {
      name: 'Cu-Zr',
      options: { elements: ['Cu', 'Zr'], inner: '1.4 Å', outer: '2.6 Å' },
      structures: variants(crystal('L1_2', ['Cu', 'Zr'], 3.2), 0.15, 9),
    },
  ],
};

describe('potentials', () => {
  it.each(potentials.entries.map((e) => e.kind))('%s has a sample', (kind) => {
    expect(SAMPLES[kind]?.length, `add a sample of '${kind}' to SAMPLES`).toBeGreaterThan(0);
  });

  const cases = Object.entries(SAMPLES).flatMap(([kind, samples]) =>
    samples.map((sample) => ({ kind, ...sample })),
  );
  describe.each(cases)('$kind $name', ({ kind, options, structures, tolerance = 1e-6 }) => {
    const potential = potentials.create(potentials.schema.parse({ kind, ...options }));

    it('feels something in every sample', () => {
      for (const s of structures) assertNonTrivial(potential, s);
    });
    it('has forces that are the gradient of its energy', () => {
      for (const s of structures) assertForcesMatchEnergy(potential, s);
    });
    it('has a virial that is the strain derivative of its energy', () => {
      for (const s of structures) assertVirialMatchesEnergy(potential, s);
    });
    it('balances', () => {
      for (const s of structures) assertBalance(potential, s);
    });
    it('does not care where, which way and in which order the atoms stand', () => {
      for (const s of structures) assertSymmetries(potential, s);
    });
    it('is extensive', () => {
      for (const s of structures.slice(0, 2)) assertExtensive(potential, s);
    });
    it('ends smoothly', () => assertSmoothCutoff(potential, tolerance));
    it('refuses an element it does not know', () => assertUnknownElementRefused(potential));
    it('gives what is asked for, in the arrays it is handed', () => assertEconomy(potential, structures[0]));
  });
});
