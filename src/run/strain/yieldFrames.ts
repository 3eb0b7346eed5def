import { countStructures, type LocalStructure, localStructure } from '../../analysis/localStructure.ts';
import type { Structure } from '../../core/structure.ts';
import { streamXyz } from '../../io/extxyz.ts';
import type { Evaluates } from '../../properties/evaluates.ts';
import { inherentStructure } from '../../properties/inherentStructure.ts';
import type { StrainCurve } from '../../report/read/strain.ts';

/** A structure at a step of a run. */
export interface Snapshot {
  readonly step: number;
  readonly structure: Structure;
}

/** What the atoms of a curve are at one of its points, once their heat is taken from them. */
export interface YieldFrame {
  readonly when: 'start' | 'yield' | 'fallen' | 'end';
  /** Of the frame that was quenched: the one kept nearest to the point. */
  readonly step: number;
  readonly strain: number;
  readonly counts: Readonly<Record<LocalStructure, number>>;
  /** eV/Å, of the atom with the largest force that is left; beyond the bound where it did not come to rest. */
  readonly force: number;
  readonly converged: boolean;
}

/** A frame with its atoms at rest. */
export interface Rested {
  readonly frame: YieldFrame;
  readonly structure: Structure;
  /** What surrounds each atom, as `localStructure` numbers it, [n]. */
  readonly codes: Uint8Array;
}

/** The steps at which a curve is looked at; none where it does not yield. */
function stepsOfInterest({ step, yields }: StrainCurve): (readonly [YieldFrame['when'], number])[] {
  if (!yields) return [];
  return [
    ['start', step[0]],
    ['yield', step[yields.index]],
    ['fallen', step[yields.fallen]],
    ['end', step[step.length - 1]],
  ];
}

/** The frames nearest to the steps wanted, in their order. */
async function nearest(
  frames: AsyncIterable<Snapshot> | Iterable<Snapshot>,
  steps: readonly number[],
): Promise<(Snapshot | undefined)[]> {
  const found: (Snapshot | undefined)[] = steps.map(() => undefined);
  for await (const frame of frames)
    steps.forEach((wanted, k) => {
      const best = found[k];
      if (!best || Math.abs(frame.step - wanted) < Math.abs(best.step - wanted)) found[k] = frame;
    });
  return found;
}

/** Quenches the frames nearest to start, yield, fall and end of a curve; none where it does not yield. */
export async function restAtYield(
  evaluates: Evaluates,
  curve: StrainCurve,
  frames: AsyncIterable<Snapshot> | Iterable<Snapshot>,
): Promise<Rested[]> {
  const wanted = stepsOfInterest(curve);
  if (wanted.length === 0) return [];
  const kept = await nearest(
    frames,
    wanted.map(([, step]) => step),
  );
  const rested: Rested[] = [];
  for (const [k, [when]] of wanted.entries()) {
    const snapshot = kept[k];
    if (!snapshot) continue;
    const { structure, force, converged } = await inherentStructure(evaluates, snapshot.structure);
    const codes = localStructure(structure);
    const at = curve.step.findIndex((s) => s >= snapshot.step);
    const frame: YieldFrame = {
      ...{ when, step: snapshot.step, strain: curve.strain.at(at)! },
      ...{ counts: countStructures(codes), force, converged },
    };
    rested.push({ frame, structure, codes });
  }
  return rested;
}

/** Frames of a run's trajectory. */
export async function* trajectoryFrames(path: string): AsyncGenerator<Snapshot> {
  for await (const { structure, info } of streamXyz(path)) yield { step: Number(info.step), structure };
}
