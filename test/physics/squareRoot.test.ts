import { describe, expect, it } from 'vitest';
import { type LearnableAce, learnableAce } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { joined, squareRoot } from '../../potentials/ace/finnisSinclair.ts';
import { isNonlinear, nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { volume } from '../../src/core/cell.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { errorsOn } from '../../src/learn/errors.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { withSquareRoot } from '../../src/run/squareRoot.ts';

const four = new Float64Array(4);
const normal = (topic: number, k: number) => normals(33, STREAM.rattle, topic, k, four)[0];

/** Copper between dense and torn apart, so that atoms differ in how many neighbours they have. */
function labelled(reference: Potential, topic: number): LabelledFrame {
  const s = supercell(crystal('fcc', ['Cu'], 3.3 + 0.05 * (topic % 14)), [2, 2, 1]);
  const structure = { ...s, positions: s.positions.map((x, k) => x + 0.2 * normal(topic, k)) };
  const list = buildNeighbours(structure, reference.cutoff);
  const { energy, forces, virial } = reference.evaluate(structure, list, ['forces', 'virial']);
  const stress = Float64Array.from([0, 4, 8, 5, 2, 1], (k) => -virial[k] / volume(structure.cell));
  const core = new Uint8Array(structure.species.length).fill(1);
  return { structure, label: { energy, forces, stress }, core, faithful: true, group: 'fcc', generation: 0 };
}

const untaught = createAce(
  aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4.5 Å', nradmax: [5, 2, 1], lmax: [0, 2, 1] }),
);
const linearTruth = untaught.withParameters({
  e0: new Float64Array(1),
  mean: untaught.parameters.mean.map((_, v) => (0.3 * normal(50, v)) / (1 + v / 4)),
  members: [],
});
const ROOT = 6;
const root = squareRoot(linearTruth.model, [1], ROOT);
const curvedTruth = nonlinearAce(joined(linearTruth.model, root), 'linear');

const options = trainSchema.parse({
  e0: { Cu: '0 eV' },
  corePrior: false,
  regularisation: 1e-9,
  bounds: { forceRmse: '9 eV/Å', dimerEnergy: '-99 eV' },
  ensemble: { members: 2 },
});
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k);
const taughtBy = (truth: Potential) => {
  const frames = numbers(0, 24).map((k) => labelled(truth, k));
  const trainer = createTrainer<LearnableAce>(options, untaught);
  const linear = trainer.learn(frames);
  trainer.dispose();
  const unseen = numbers(100, 6).map((k) => labelled(truth, k));
  return { frames, linear, unseen };
};

describe('a second density under a square root', () => {
  it('is found where there is one, with members that differ', () => {
    const { frames, linear, unseen } = taughtBy(curvedTruth);
    const { training, heldOut } = withSquareRoot(linear, frames, options, ROOT);
    const before = errorsOn(linear.potential, unseen).forceRmse;
    expect(before).toBeGreaterThan(1e-3);
    expect(errorsOn(training.potential, unseen).forceRmse).toBeLessThan(0.2 * before);
    expect(heldOut.both).toBeLessThan(0.04 * heldOut.linear);
    expect(isNonlinear(training.potential)).toBe(true);
    expect(training.potential.parameters.members).toHaveLength(2);
    expect(training.potential.model.centres[0].functions.filter((f) => f.coefficients[1])).toHaveLength(ROOT);
    const [a, b] = training.potential.parameters.members;
    expect(a).not.toEqual(b);
  });

  it('does no harm where there is nothing curved to find', () => {
    const { frames, linear, unseen } = taughtBy(learnableAce(linearTruth.model));
    const { training } = withSquareRoot(linear, frames, options, ROOT);
    expect(errorsOn(training.potential, unseen).forceRmse).toBeLessThan(1e-4);
  });

  it('joins densities without changing what they say', () => {
    const apart = [linearTruth, nonlinearAce(root, 'linear')];
    const [{ structure: s }] = numbers(7, 1).map((k) => labelled(curvedTruth, k));
    const energy = (p: Potential) => p.evaluate(s, buildNeighbours(s, p.cutoff), []).energy;
    expect(energy(curvedTruth)).toBeCloseTo(energy(apart[0]) + energy(apart[1]), 9);
  });
});
