import { existsSync } from 'node:fs';
import type { Backend } from '../../backend/backend.ts';
import type { Potential } from '../../core/potential.ts';
import { writeFileAtomic } from '../../io/durable.ts';
import { writeXyz } from '../../io/writeXyz.ts';
import { readStrain } from '../../report/read/strain.ts';
import { pathsIn } from '../directory.ts';
import { exactly } from './curve.ts';
import { referenceRest } from './referenceFiles.ts';
import { type Rested, restAtYield, trajectoryFrames, type YieldFrame } from './yieldFrames.ts';
import { type YieldVerdict, yieldVerdict } from './yieldVerdict.ts';

/** As strain-yield.json holds it. */
export interface YieldFindings extends YieldVerdict {
  /** Atoms at rest, curve by curve: this run, then the references. */
  readonly atRest: readonly (readonly YieldFrame[])[];
}

/**
 * Of a run that has ended: where it and its references yield, and what the atoms are there once `potential` has taken their heat
 * from them, in f64. Leaves strain-yield.json, and strain-yield.xyz with the frames at rest. Undefined where nothing was strained.
 */
export async function findYields(
  root: string,
  config: unknown,
  backend: Backend,
  potential: Potential,
): Promise<YieldVerdict | undefined> {
  const path = pathsIn(root);
  const data = readStrain(path, config);
  if (!data) return undefined;
  const verdict = yieldVerdict(data);
  const frames = existsSync(path('trajectory.xyz')) ? trajectoryFrames(path('trajectory.xyz')) : [];
  const evaluator = await exactly(backend).evaluator!(potential);
  const rested = await restAtYield(evaluator, data.run, frames);
  evaluator.dispose();
  const references = data.references.map((_, k) => referenceRest(path, k + 1));
  const findings: YieldFindings = { ...verdict, atRest: [rested.map(({ frame }) => frame), ...references] };
  if (rested.length > 0) keepRested(path('strain-yield.xyz'), rested);
  writeFileAtomic(path('strain-yield.json'), `${JSON.stringify(findings, null, 2)}\n`);
  return verdict;
}

function keepRested(file: string, rested: readonly Rested[]): void {
  writeXyz(
    file,
    rested.map(({ frame: { when, step, strain }, structure, codes }) => ({
      structure,
      info: { when, step, strain },
      columns: { structure: Int32Array.from(codes) },
    })),
  );
}
