import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
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
} from './checks.ts';
import { SAMPLES } from './samples.ts';

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
