import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { buildPrototype, prototypeSchema } from '../../src/core/prototypes.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { trainerBytes } from '../../src/learn/memory.ts';
import { ensembleSchema, trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { rattled } from '../../src/run/startingData.ts';

const reference = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
const crystal = buildPrototype(
  prototypeSchema.parse({ prototype: 'fcc', element: 'Cu', a: '3.615 Å', repeat: [2, 2, 2] }),
);

function frames(count: number, seed: number): LabelledFrame[] {
  return rattled(crystal, { frames: count, amplitude: 0.15, strain: 0.02, seed }).map((c) => {
    const e = reference.evaluate(c.structure, buildNeighbours(c.structure, reference.cutoff), ['forces']);
    return { ...c, label: { energy: e.energy, forces: e.forces.slice() }, group: 'any', generation: 1 };
  });
}

const [first, second, fresh] = [frames(6, 1), frames(2, 2), frames(3, 3)];

function taught(ensemble: { kind: string; members?: number; seed?: number }, ...lessons: LabelledFrame[][]) {
  const model = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4.5 Å', functionsPerElement: 25 }),
  );
  const trainer = createTrainer(trainSchema.parse({ ensemble }), model, [], { threads: 1 });
  const trainings = lessons.map((lesson) => trainer.learn(lesson));
  const { bytes } = trainer;
  trainer.dispose();
  const { members = 16, kind } = ensemble;
  expect(bytes).toBeLessThan(trainerBytes(model.functionOffsets, members, 32, 1, undefined, kind));
  return trainings.at(-1)!.potential;
}

describe.each(ensembleSchema.shape.kind.unwrap().options)('an ensemble of kind %s', (kind) => {
  const potential = taught({ kind, members: 16 }, first, second);

  it('comes out bitwise the same again, otherwise with another seed, and with as many members as asked', () => {
    const { members, mean } = potential.parameters;
    expect(members).toHaveLength(16);
    expect(taught({ kind, members: 16 }, first, second).parameters).toEqual(potential.parameters);
    const other = taught({ kind, members: 16, seed: 2 }, first, second).parameters;
    expect(other.mean).toEqual(mean);
    expect(other.members).not.toEqual(members);
  });

  it('scatters about the mean fit, by no more than the forces themselves', () => {
    let [scatter, offset, size] = [0, 0, 0];
    for (const { structure: s } of fresh) {
      const { forces, memberForces } = potential.evaluate(s, buildNeighbours(s, potential.cutoff), [
        'forces',
        'memberForces',
      ]);
      forces.forEach((f, k) => {
        const all = Array.from({ length: 16 }, (_, m) => memberForces[m * forces.length + k]);
        const centre = all.reduce((a, b) => a + b, 0) / 16;
        scatter += all.reduce((sum, x) => sum + (x - centre) ** 2, 0) / 16;
        offset += (centre - f) ** 2;
        size += f ** 2;
      });
    }
    expect(Math.sqrt(scatter / size)).toBeGreaterThan(1e-4);
    expect(Math.sqrt(scatter / size)).toBeLessThan(0.5);
    // Of 16 draws about the mean: ¼ of the scatter. What all members of a part of the basis lack does not scatter.
    expect(Math.sqrt(offset / scatter)).toBeLessThan(kind === 'randomBasis' ? 3 : 0.8);
  });
});
