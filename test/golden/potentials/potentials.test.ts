import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { potentials } from '../../../potentials/registry.ts';
import { structureFrom } from '../../../src/core/structure.ts';
import { evaluate } from '../../conformance/checks.ts';

interface Golden {
  readonly name: string;
  readonly options: { readonly kind: string; readonly file?: string };
  /** Relative; 1e-8 unless LAMMPS itself is less exact. */
  readonly tolerance?: number;
  readonly frames: readonly {
    readonly symbols: readonly string[];
    readonly positions: readonly number[];
    readonly cell: readonly number[];
    readonly energy?: number;
    readonly forces: readonly number[];
    readonly virial: readonly number[];
  }[];
}

const here = (name: string) => new URL(name, import.meta.url).pathname;
const { cases }: { cases: readonly Golden[] } = JSON.parse(readFileSync(here('lammps.json'), 'utf8'));

describe.each(cases)('LAMMPS and ours: $name', ({ options, tolerance = 1e-8, frames }) => {
  const full = options.file ? { ...options, file: here(options.file) } : options;
  const potential = potentials.create(potentials.schema.parse(full));
  it.each(frames.map((frame, k) => [k === 0 ? 'orthogonal' : 'triclinic', frame] as const))('%s', (_, frame) => {
    const got = evaluate(potential, structureFrom(frame.symbols, frame.positions, frame.cell));
    const error = (a: ArrayLike<number>, b: readonly number[]) =>
      Math.hypot(...b.map((x, k) => a[k] - x)) / Math.hypot(...b);
    expect(Math.hypot(...frame.forces)).toBeGreaterThan(0.1);
    expect(error(got.forces, frame.forces), 'forces').toBeLessThan(tolerance);
    expect(error(got.virial, frame.virial), 'virial').toBeLessThan(tolerance);
    if (frame.energy !== undefined)
      expect(error([got.energy], [frame.energy]), 'energy').toBeLessThan(tolerance);
  });
});
