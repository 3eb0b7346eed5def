import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Calculator } from '../../calculators/calculator.ts';
import { volume } from '../../core/cell.ts';
import { blankEvaluation } from '../../core/potential.ts';
import { atomCount } from '../../core/structure.ts';
import type { Evaluates } from '../../properties/evaluates.ts';

const NOTHING = { members: 1, projectionWidth: 0 };

/** A calculator as something that properties are measured by; every label in a folder of its own below `folder`. */
export function evaluatesBy(calculator: Calculator, folder: string, signal: AbortSignal): Evaluates {
  let count = 0;
  return {
    async evaluate(s, want) {
      signal.throwIfAborted();
      const directory = join(folder, String(++count).padStart(5, '0'));
      mkdirSync(directory, { recursive: true });
      const { energy, forces, stress } = await calculator.label(s, { directory, signal });
      const e = blankEvaluation(NOTHING, atomCount(s), want);
      e.energies.fill(Number.NaN);
      // Where no stress is given, what needs one does not converge, and says so.
      const [xx, yy, zz, yz, xz, xy] = stress ?? new Float64Array(6).fill(Number.NaN);
      const V = volume(s.cell);
      const virial = Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz).map((x) => -x * V);
      return { ...e, energy, forces, virial };
    },
  };
}
