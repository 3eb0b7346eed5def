import { nearestNeighbours } from '../analysis/nearest.ts';
import { samplePairs } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/** Lengths by which structures of one kind are compared, Å. */
export interface Scale {
  /** Median distance of the nearest neighbour. */
  readonly nearest: number;
  /** Atoms nearer than this are neighbours: in the gap between two shells where there is one. */
  readonly bond: number;
  /** A pair becomes or ceases to be neighbours where it crosses the whole of bond ± blur. */
  readonly blur: number;
}

/** Fractions of the nearest distance: where the gap is sought, and in what steps. */
const FROM = 1.04;
const TO = 1.8;
const STEP = 0.02;
/** Of the fullest bin: what counts as empty. */
const FEW = 0.02;
/** A gap narrower than this is none. */
const NARROW = 0.1;
/** Atoms enough to know the shells. */
const SAMPLE = 2000;

/** Of a structure at rest. Atoms farther than a few Å from any other have no scale: the distance is ∞ then. */
export function scaleOf(s: Structure): Scale {
  const { distances, count } = nearestNeighbours(s, 8);
  const sorted = Float64Array.from({ length: atomCount(s) }, (_, i) => distances[i * count]).sort();
  const nearest = sorted[sorted.length >> 1];
  if (!Number.isFinite(nearest)) return { nearest: 3, bond: 3.6, blur: 0.2 };
  const bins = new Float64Array(Math.round((TO - FROM) / STEP));
  samplePairs(s, TO * nearest, Math.ceil(atomCount(s) / SAMPLE), (_i, _j, r) => {
    const bin = Math.floor((r / nearest - FROM) / STEP);
    if (bin >= 0 && bin < bins.length) bins[bin]++;
  });
  const { middle, width } = widestGap(bins);
  return {
    nearest,
    bond: (FROM + middle * STEP) * nearest,
    blur: Math.min(0.1, Math.max(0.05, (width * STEP) / 4)) * nearest,
  };
}

/** In bins; where nothing is empty, the emptiest neighbourhood of a bin. */
function widestGap(bins: Float64Array): { readonly middle: number; readonly width: number } {
  const few = FEW * Math.max(...bins);
  let best = { middle: 0, width: 0 };
  for (let k = 0, from = 0; k < bins.length; k++) {
    if (bins[k] > few) from = k + 1;
    else if (k + 1 - from > best.width) best = { middle: (from + k + 1) / 2, width: k + 1 - from };
  }
  if (best.width * STEP >= NARROW) return best;
  const around = (k: number) => bins.slice(k - 2, k + 3).reduce((sum, b) => sum + b, 0);
  let least = 2;
  for (let k = 3; k + 2 < bins.length; k++) if (around(k) < around(least)) least = k;
  return { middle: least + 0.5, width: 0 };
}
