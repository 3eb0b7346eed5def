import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import type { FrameEvaluator } from '../../src/backend/backend.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Evaluation, Potential } from '../../src/core/potential.ts';
import {
  balance,
  F64,
  forcesMatchEnergy,
  type Law,
  type Precision,
  symmetries,
  virialMatchesEnergy,
} from '../conformance/checks.ts';
import { SAMPLES } from '../conformance/samples.ts';
import { disagreement, largest } from '../support/compare.ts';
import { WEBGPU } from '../tolerances.ts';
import { backend, found } from './adapter.ts';

/** Steps so long that the curvature they meet stands far above the rounding of energies, 1e-6 eV an atom. */
const F32: Precision = {
  ...F64,
  step: 0.06,
  strain: 0.012,
  derivative: 5e-3,
  quartering: 0.6,
  balance: 1e-6,
  symmetry: 1e-5,
};

/** Kinds that the device computes; the others have to be refused by name. */
const ON_DEVICE = ['ace', 'eam', 'lennardJones', 'buckingham', 'zbl'];

async function hold(evaluator: FrameEvaluator, { structures, want, judge }: Law): Promise<void> {
  const results: Evaluation[] = [];
  for (const s of structures) results.push(await evaluator.evaluate(s, want));
  judge(results);
}

const cases = potentials.entries
  .flatMap(({ kind }) => SAMPLES[kind].map((sample, k) => ({ kind, first: k === 0, ...sample })))
  .map((c) => ({
    ...c,
    potential: potentials.create(potentials.schema.parse({ kind: c.kind, ...c.options })),
  }));

describe.skipIf(!found)('potentials on the device', () => {
  it.each(cases.filter(({ kind }) => !ON_DEVICE.includes(kind)))(
    '$kind $name is refused',
    async ({ potential, structures }) => {
      const evaluator = await backend.evaluator!(potential);
      await expect(evaluator.evaluate(structures[0], [])).rejects.toThrow(UserError);
      await expect(evaluator.evaluate(structures[0], [])).rejects.toThrow(/use backend wasm/);
    },
  );

  describe.each(cases.filter(({ kind }) => ON_DEVICE.includes(kind)))(
    '$kind $name',
    ({ potential, structures, first }) => {
      const [, skewed, cluster] = structures;
      const held = async (law: Law) => hold(await backend.evaluator!(potential), law);

      it('is the truth to f32', { timeout: 60_000 }, async () => {
        for (const s of structures) {
          const truth = truthOf(potential, s);
          expect(largest(truth.forces)).toBeGreaterThan(0.1);
          const e = await (await backend.evaluator!(potential)).evaluate(s, ['forces', 'virial']);
          for (const [what, x] of Object.entries(disagreement(e, truth, WEBGPU)))
            expect(x, what).toBeLessThanOrEqual(1);
        }
      });
      it('balances', { timeout: 60_000 }, () => held(balance(cluster, F32)));
      it('does not care where, which way and in which order the atoms stand', { timeout: 60_000 }, () =>
        held(symmetries(skewed, F32)),
      );
      // Samples of one kind run the same code.
      if (!first) return;
      it('has forces that are the gradient of its energy', { timeout: 60_000 }, () =>
        held(forcesMatchEnergy(skewed, F32, [0, skewed.species.length - 1])),
      );
      it('has a virial that is the strain derivative of its energy', { timeout: 60_000 }, () =>
        held(virialMatchesEnergy(skewed, F32)),
      );
    },
  );
});

function truthOf(p: Potential, s: Parameters<Potential['evaluate']>[0]): Evaluation {
  return p.evaluate(s, buildNeighbours(s, p.cutoff), ['forces', 'virial']);
}
