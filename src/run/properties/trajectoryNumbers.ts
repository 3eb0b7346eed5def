import { selfDiffusion, squareDisplacements } from '../../analysis/displacement.ts';
import { firstShell, pairDistribution } from '../../analysis/pairDistribution.ts';
import { UserError } from '../../core/errors.ts';
import { atomCount } from '../../core/structure.ts';
import type { Trajectory } from '../../report/read/trajectory.ts';

/** What atoms in motion are known by. */
export interface TrajectoryNumbers {
  readonly frames: number;
  readonly atoms: number;
  /** fs from the first frame to the last; null where the file states no times. */
  readonly length: number | null;
  /** Bin width (Å) and pair distribution. */
  readonly pairs: { readonly width: number; readonly g: readonly number[] };
  /** Å, height and number of neighbours of the first shell; null where there is none. */
  readonly shell: { readonly distance: number; readonly height: number; readonly neighbours: number } | null;
  /** fs and Å² by element. */
  readonly displacement: {
    readonly times: readonly number[];
    readonly squares: readonly (readonly number[])[];
  };
  /** 10⁻⁹ m²/s by element, with half the interval of 95 %; null where there are too few frames or no times. */
  readonly diffusion:
    | readonly { readonly element: string; readonly value: number; readonly bar: number }[]
    | null;
}

const REACH = 8;
const BINS = 160;
/** 10⁻⁹ m²/s of 1 Å²/fs. */
const NANO = 1e4;

/** Throws a UserError for frames that are not of the same atoms in a periodic cell. */
export function trajectoryNumbers({ frames, times, timed }: Trajectory, file: string): TrajectoryNumbers {
  const structures = frames.map((f) => f.structure);
  const [first] = structures;
  const atoms = atomCount(first);
  if (structures.some((s) => atomCount(s) !== atoms || !s.periodic.every(Boolean)))
    throw new UserError(
      `${file}: got frames of different atoms or open cells, must be one periodic system; cut the file into its parts`,
    );
  const pairs = pairDistribution(structures, REACH, BINS);
  const diffusion = timed ? selfDiffusion(structures, times) : undefined;
  return {
    frames: frames.length,
    atoms,
    length: timed ? times.at(-1)! - times[0] : null,
    pairs: { width: pairs.width, g: pairs.g },
    shell: firstShell(pairs) ?? null,
    displacement: { times, squares: squareDisplacements(structures) },
    diffusion:
      diffusion?.map(({ mean, half }, e) => ({
        element: first.elements[e],
        value: NANO * mean,
        bar: NANO * half,
      })) ?? null,
  };
}
