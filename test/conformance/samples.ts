import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { rattled, transformed } from './checks.ts';

/** Options as a user writes them, and what to try them on. */
export interface Sample {
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

/** By kind of potential. */
export const SAMPLES: Record<string, readonly Sample[]> = {
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
