import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../../src/calculators/potential.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { chooseStructures } from '../../src/select/choose.ts';
import { errorRatio, labelRatio, learningCurve } from '../../src/select/learningCurve.ts';
import { strategies } from '../../src/select/registry.ts';
import { sightOf, viewOf } from '../../src/select/sight.ts';
import { measures } from '../../src/uncertainty/registry.ts';
import { rattled } from '../support/gradedGupta.ts';
import { toyLearnable } from '../support/toyLearnable.ts';

const truth = potentials.create(
  potentials.schema.parse({ kind: 'lennardJones', set: 'argon', cutoff: '6 Å' }) as { kind: string },
);
const cell = supercell(crystal('fcc', ['Ar'], 5.3), [2, 1, 1]);
const frame = (structure: Structure): LabelledFrame => ({
  structure,
  label: labelByPotential(truth, structure),
  core: new Uint8Array(structure.species.length).fill(1),
  faithful: true,
  group: 'rattled',
  generation: 1,
});
const pool = Array.from({ length: 24 }, (_, k) => rattled(cell, k < 20 ? 0.05 : 0.35, 100 + k));
const untrained = toyLearnable(['Ar'], { cutoff: 6 });
const train = trainSchema.parse({ ensemble: { members: 4 }, corePrior: false });
const taught = createTrainer(train, untrained, [], { kernels: 'plain' }).learn(
  [1, 2, 3].map((seed) => frame(rattled(cell, 0.05, seed))),
);
/** What strategies cannot do without. */
const NEEDED: Record<string, object> = {
  informationMatching: { crystals: [{ prototype: 'fcc', element: 'Ar', a: '5.3 Å' }] },
};
const made = strategies.entries.map(({ kind }) =>
  strategies.create(strategies.schema.parse({ kind, ...NEEDED[kind] })),
);
/** Those that do not go by what is new. */
const INDIFFERENT = ['random', 'informationMatching'];

describe.each(made.map((s) => [s.kind, s] as const))('strategy %s', (kind, strategy) => {
  const choose = (count: number, seed = 1, of = pool) =>
    chooseStructures(of, [], taught, { strategy, count, seed });

  it('chooses so many different ones, the same every time', () => {
    const chosen = choose(7);
    expect(new Set(chosen).size).toBe(7);
    expect(chosen.every((k) => Number.isInteger(k) && k >= 0 && k < pool.length)).toBe(true);
    expect(choose(7)).toEqual(chosen);
  });

  it('chooses all where there are fewer', () => {
    expect(choose(99).toSorted((a, b) => a - b)).toEqual(Array.from(pool.keys()));
  });

  it('does not depend on the order of the pool', () => {
    if (kind === 'random') return;
    const reversed = choose(4, 1, pool.toReversed()).map((k) => pool.length - 1 - k);
    expect(new Set(reversed)).toEqual(new Set(choose(4)));
  });

  it('finds what is new, unless by lot', () => {
    const found = choose(6).filter((k) => k >= 20).length;
    if (kind === 'random') expect(choose(6, 2)).not.toEqual(choose(6, 3));
    if (!INDIFFERENT.includes(kind)) expect(found).toBeGreaterThanOrEqual(3);
  });
});

describe('uncertainty by a measure', () => {
  it.each(measures.entries.map((e) => e.kind).filter((kind) => kind !== 'localGrade'))(
    '%s asks for the structure with the worst atom',
    (measure) => {
      const strategy = strategies.create(strategies.schema.parse({ kind: 'uncertainty', measure }));
      const { needs, grade } = measures.create({ kind: measure })(taught);
      const worst = pool.map((s) =>
        Math.max(...grade(taught.potential.evaluate(s, neighbours(s), needs), s)),
      );
      const [first] = chooseStructures(pool, [], taught, { strategy, count: 1, seed: 1 });
      expect(worst[first]).toBe(Math.max(...worst));
      expect(worst[first]).toBeGreaterThan(0);
    },
  );

  it('refuses a measure that the ensemble lacks the sets for', () => {
    const strategy = strategies.create(
      strategies.schema.parse({ kind: 'uncertainty', measure: 'localGrade' }),
    );
    expect(() => chooseStructures(pool, [], taught, { strategy, count: 1, seed: 1 })).toThrow(
      /localGrade: the model has no local/,
    );
  });
});

describe('what strategies see', () => {
  it('has the spread that the members have', () => {
    const s = pool[21];
    const { potential } = taught;
    const sight = sightOf(viewOf(s, potential), 0, taught, { needs: ['members'] });
    const e = potential.evaluate(s, neighbours(s), ['memberForces', 'memberEnergies']);
    const size = e.memberForces.length / 4;
    let variance = 0;
    for (let k = 0; k < size; k++) {
      const of = [0, 1, 2, 3].map((m) => e.memberForces[m * size + k]);
      const mean = of.reduce((a, b) => a + b) / 4;
      variance += of.reduce((sum, f) => sum + (f - mean) ** 2, 0) / 4;
    }
    expect(sight.spread).toBeGreaterThan(1e-6);
    expect(sight.spread).toBeCloseTo(Math.sqrt(variance / (size / 3)), 9);
  });
});

function neighbours(s: Structure) {
  return buildNeighbours(s, untrained.cutoff);
}

describe('learning curves', () => {
  const viewed = (structures: readonly Structure[]) => ({
    frames: structures.map(frame),
    views: structures.map((s) => viewOf(s, untrained)),
  });
  const rehearsal = {
    pool: viewed(pool),
    test: viewed([31, 32, 33, 34].map((seed) => rattled(cell, 0.3, seed))),
    untrained,
    train,
    start: 3,
    batch: 3,
    rounds: 2,
  };

  it('begin alike for every strategy, are repeatable, and fall where new structures are found', () => {
    const curves = made.map((s) => learningCurve(s, 5, rehearsal));
    for (const c of curves) {
      expect(c.map((p) => p.labels)).toEqual([3, 6, 9]);
      expect(c[0]).toEqual(curves[0][0]);
    }
    const at = made.findIndex((s) => s.kind === 'dOptimal');
    expect(curves[at].at(-1)!.errors.forceRmse).toBeLessThan(0.85 * curves[at][0].errors.forceRmse);
    expect(learningCurve(made[at], 5, rehearsal)).toEqual(curves[at]);
  });

  it('save labels where they reach an error sooner', () => {
    const curve = (...errors: readonly number[]) =>
      errors.map((forceRmse, k) => ({
        labels: 10 * (k + 1),
        errors: { forceRmse, energyRmse: 0, forceMax: 0 },
      }));
    expect(labelRatio(curve(8, 4, 2, 1), curve(8, 8, 4, 2))).toBeCloseTo(Math.log(0.75), 12);
    expect(labelRatio(curve(8, 8, 4, 2), curve(8, 4, 2, 1))).toBeCloseTo(-Math.log(0.75), 12);
    expect(labelRatio(curve(8, 4), curve(8, 4))).toBe(0);
    expect(errorRatio(curve(8, 2), curve(8, 4))).toBeCloseTo(-Math.LN2, 12);
  });
});
