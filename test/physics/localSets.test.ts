import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { PROJECTION_KINDS } from '../../potentials/ace/projections.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { createRefiner } from '../../src/learn/refine.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { loadModel, storeModel } from '../../src/run/modelFolder.ts';
import { READINGS } from '../../src/uncertainty/localGrade.ts';
import { measures } from '../../src/uncertainty/registry.ts';

const four = new Float64Array(4);
const normal = (topic: number, k: number) => normals(31, STREAM.rattle, topic, k, four)[0];

function copper(topic: number, amplitude: number, a: number) {
  const s = supercell(crystal('fcc', ['Cu'], a), [2, 2, 1]);
  return { ...s, positions: s.positions.map((x, k) => x + amplitude * normal(topic, k)) };
}

/** Two densities, the second under a square root. */
function curved() {
  const { model } = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4 Å', nradmax: [4, 2], lmax: [0, 2] }),
  );
  const centres = model.centres.map((centre) => ({
    ...centre,
    embedding: { ...centre.embedding, prefactors: [1, 1], exponents: [1, 0.5] },
    functions: centre.functions.map((f, v) => ({
      ...f,
      coefficients: [0.3, 0.5].map((c, p) => c * normal(p, v)),
    })),
  }));
  return { ...model, centres };
}

describe.each(PROJECTION_KINDS)('local active sets of %s projections', (kind) => {
  const start = nonlinearAce(curved(), kind);
  const frames: LabelledFrame[] = Array.from({ length: 12 }, (_, k) => {
    const structure = k < 6 ? copper(k, 0.03, 3.6) : copper(k, 0.15, 4.2);
    const e = start.evaluate(structure, buildNeighbours(structure, start.cutoff), ['forces']);
    return {
      structure,
      label: { energy: e.energy, forces: e.forces },
      core: new Uint8Array(16).fill(1),
      faithful: true,
      group: 'rattled',
      generation: 1,
    };
  });
  const options = trainSchema.parse({
    ensemble: { members: 2 },
    corePrior: false,
    activeSet: { clusters: 2, restarts: 2 },
  });

  it('are as wide as the projections, know what they were taught, and are kept with the model', () => {
    const trainer = createRefiner(options, start);
    const training = trainer.learn(frames);
    trainer.dispose();
    const [local] = training.localSets!;
    expect(local.size).toBe(start.projectionOffsets[1]);
    expect(local.sets.map((s) => s.environments).sort()).toEqual([96, 96]);
    const folder = join(mkdtempSync(join(tmpdir(), 'serendip-local-')), 'model');
    storeModel(folder, training);
    expect(loadModel(folder).localSets).toEqual(training.localSets);
    const { potential } = training;
    const strange = copper(99, 0.03, 3.9);
    for (const reading of READINGS) {
      const measure = measures.create({ kind: 'localGrade', reading } as { kind: string })(training);
      const most = (s: LabelledFrame['structure']) =>
        Math.max(
          ...measure.grade(potential.evaluate(s, buildNeighbours(s, potential.cutoff), measure.needs), s),
        );
      const known = Math.max(...frames.map((f) => most(f.structure)));
      expect(known).toBeLessThan(1.01);
      expect(known).toBeGreaterThan(0.9);
      expect(most(strange)).toBeGreaterThan(1.5);
    }
  });

  it('cannot be made beside a published set, whose environments are unknown', () => {
    const size = start.projectionOffsets[1];
    expect(() => createRefiner(options, start, [{ size, inverse: new Float64Array(size * size) }])).toThrow(
      /leave one of the two out/,
    );
  });
});
