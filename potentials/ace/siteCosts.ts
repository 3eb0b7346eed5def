/**
 * What `siteStages.wgsl.ts` and the gathering of its pair forces do for one atom, counted from the tables: operations (a multiplication and
 * addition are two), bytes that go through caches (tables, which a warp
 * reads once, neighbours' positions, values of a slab, of which memory sees what a cache does not hold) and bytes that have to come from or go
 * to memory.
 */
import type { AcePotential } from './ace.ts';
import { lmCount } from './harmonics.ts';
import { fours, packSite } from './packSite.ts';
import { ABREAST } from './siteStages.wgsl.ts';

export interface PhaseCost {
  readonly phase:
    | 'expand'
    | 'mixing'
    | 'products'
    | 'densities'
    | 'backwards'
    | 'unmixing'
    | 'pairs'
    | 'gather'
    | 'projections';
  readonly flops: number;
  readonly cacheBytes: number;
  readonly memoryBytes: number;
}

/** Neighbours within the cutoff, and those listed, which the skin adds to. */
export interface Surroundings {
  readonly neighbours: number;
  readonly listed: number;
}

/** Of an atom of species `a`. Forces take all phases but `projections`, which is what a grade takes of a system in one slab. */
export function siteCosts(
  potential: AcePotential,
  a: number,
  { neighbours, listed }: Surroundings,
): PhaseCost[] {
  const packed = packSite(potential);
  const { lmax, K, rows } = packed;
  const { basisSize, mirrorCount, termCount, densities: P, functionCount } = packed.centres[a];
  const centre = potential.tables.centres[a];
  const inner = centre.left.length;
  const useCount = 2 * (termCount + inner);
  const LM = lmCount(lmax);
  const Q = fours(K);
  const axial = lmax + 1;
  const cost = (
    phase: PhaseCost['phase'],
    flops: number,
    cacheBytes: number,
    memoryBytes = 0,
  ): PhaseCost => ({
    phase,
    flops,
    cacheBytes,
    memoryBytes,
  });
  const mix = 16 * Q * basisSize;
  const functionUses = centre.functionStart[functionCount];
  return [
    cost(
      'expand',
      listed * (2 * RADIUS) + neighbours * (6 * LM + 6 * lmax + 6 * (K + 1 + P) + 16 * Q * LM),
      listed * 32 + neighbours * 16 * (K + 1 + P),
      listed * 8,
    ),
    cost('mixing', mix, basisSize * (8 + 16 * Q + 8)),
    cost('products', mirrorCount + 6 * inner, 20 * mirrorCount + inner * (8 / ABREAST + 24)),
    cost('densities', termCount * (3 + 2 * P), termCount * ((4 + 4 * P) / ABREAST + 16)),
    cost(
      'backwards',
      useCount * (2 * P + 12) + mirrorCount,
      useCount * ((8 + 4 * P) / ABREAST + 8) + 16 * inner + 8 * centre.valueCount,
    ),
    cost('unmixing', mix, basisSize * Q * (16 + 8)),
    cost(
      'pairs',
      listed * RADIUS +
        neighbours * (11 * (K + 1 + P) + 22 * LM + 16 * Q * axial + 32 * Q * (LM - axial) + 30),
      listed * 16 + neighbours * 16 * Math.min(rows, K + 1 + P),
      listed * (8 + 12),
    ),
    cost('gather', listed * 30, listed * 16, listed * (8 + 4 + 12 + 12) + 60),
    cost('projections', functionUses * 5, functionUses * (8 / ABREAST + 16), 4 * packed.projectionWidth),
  ];
}

/** Operations of a distance. */
const RADIUS = 40;
