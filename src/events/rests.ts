import type { MdState } from '../core/mdState.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Bounds } from './compare.ts';
import { carriedOver, displacements } from './displaced.ts';
import type { DetectionOptions } from './options.ts';
import { quench, type Reaching } from './quench.ts';
import { cutRegion, pasteRegion, type Region, regionAround } from './region.ts';
import type { Scale } from './scale.ts';

/** Lengths in Å, with what the options leave to the structure filled in. */
export interface Lengths extends Bounds {
  readonly screen: number;
  readonly radius: number;
}

export function lengthsOf(o: DetectionOptions, scale: Scale): Lengths {
  return {
    ...scale,
    moved: o.moved ?? 0.4 * scale.nearest,
    shifted: o.shifted ?? 0.15 * scale.nearest,
    screen: o.screen ?? 0.25 * scale.nearest,
    radius: o.radius ?? 3 * scale.nearest,
  };
}

/** How often copies were quenched. */
export interface Quenches {
  whole: number;
  local: number;
}

/** Finds the basins of frames. */
export interface Rests {
  whole(frame: Structure): Promise<Structure>;
  /**
   * As far as what is within `radius` (Å) of `atoms` is concerned: that comes to rest from where it is in the frame, with everything
   * else at rest where it is in `basin`.
   */
  near(basin: Structure, frame: Structure, atoms: ArrayLike<number>, radius: number): Promise<Structure>;
}

export function restsBy(evaluates: Reaching, relax: DetectionOptions['relax'], counts: Quenches): Rests {
  const whole = async (frame: Structure) => {
    counts.whole++;
    return (await quench(evaluates, frame, relax)).structure;
  };
  return {
    whole,
    async near(basin, frame, atoms, radius) {
      const calm = carriedOver(basin, frame);
      const region = regionAround(calm, atoms, radius, evaluates.cutoff);
      if (region.whole) return whole(frame);
      counts.local++;
      const { structure } = await quench(evaluates, warmed(region, calm, frame), relax, region.hold);
      return pasteRegion(region, structure, calm);
    },
  };
}

/** The region of `calm` with its mobile atoms where they are in `frame`. */
function warmed(region: Region, calm: Structure, frame: Structure): Structure {
  const start = cutRegion(region, calm);
  const warm = cutRegion(region, frame);
  region.hold.forEach((held, k) => {
    if (!held) for (let x = 3 * k; x < 3 * k + 3; x++) start.positions[x] = warm.positions[x];
  });
  return start;
}

/** Atoms that are farther than `screen` (Å) from their place in the mean over some frames: vibrations average out, jumps stay. */
export function suspects(basin: Structure, frames: readonly MdState[], screen: number): number[] {
  const mean = new Float64Array(3 * atomCount(basin));
  for (const { structure } of frames) {
    const u = displacements(basin, structure);
    for (let k = 0; k < u.length; k++) mean[k] += u[k] / frames.length;
  }
  const found: number[] = [];
  for (let i = 0; 3 * i < mean.length; i++)
    if (Math.hypot(mean[3 * i], mean[3 * i + 1], mean[3 * i + 2]) > screen) found.push(i);
  return found;
}
