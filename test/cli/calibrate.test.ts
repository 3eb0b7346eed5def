import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../../src/calculators/potential.ts';
import { calibrateCommand } from '../../src/cli/calibrate.ts';
import { evalCommand } from '../../src/cli/eval.ts';
import { gradeCommand } from '../../src/cli/grade.ts';
import { buildPrototype, prototypeSchema } from '../../src/core/prototypes.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { formatDatasetFrame } from '../../src/run/datasetFile.ts';
import { storeModel } from '../../src/run/modelFolder.ts';
import { rattled } from '../../src/run/startingData.ts';
import { runCommand, scratch } from './command.ts';

const path = scratch();
const reference = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
const crystal = buildPrototype(
  prototypeSchema.parse({ prototype: 'fcc', element: 'Cu', a: '3.615 Å', repeat: [2, 2, 2] }),
);

function frames(count: number, seed: number): LabelledFrame[] {
  return rattled(crystal, { frames: count, amplitude: 0.12, strain: 0.02, seed }).map((c) => ({
    ...c,
    label: labelByPotential(reference, c.structure),
    group: 'any',
    generation: 1,
  }));
}

function write(name: string, set: readonly LabelledFrame[]): string {
  writeFileSync(path(name), set.map((f, k) => formatDatasetFrame(k + 1, f)).join(''));
  return path(name);
}

describe('serendip calibrate', () => {
  it('lets grade and eval state force errors whose bounds hold on frames of the same kind', async () => {
    const model = createAce(
      aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4.5 Å', functionsPerElement: 12 }),
    );
    const trainer = createTrainer(trainSchema.parse({}), model, [], { threads: 1 });
    storeModel(path('model'), trainer.learn(frames(6, 1)));
    trainer.dispose();
    const fresh = frames(20, 3);
    const structures = write('fresh.xyz', fresh);
    const before = await runCommand(gradeCommand, [
      ...['grade', '--model', path('model'), '--structures', structures],
    ]);
    expect(before).not.toMatch(/expected force error/);
    const data = write('held.xyz', frames(20, 2));
    const said = await runCommand(calibrateCommand, ['calibrate', '--model', path('model'), '--data', data]);
    expect(said).toMatch(/extrapolationGrade +640/);
    const after = await runCommand(gradeCommand, [
      ...['grade', '--model', path('model'), '--structures', structures],
    ]);
    expect(after).toMatch(
      /frame 20, worst atom by committeeForce: expected force error 0\.\d+ eV\/Å, 90 % below 0\.\d+/,
    );
    const out = path('out.xyz');
    await runCommand(evalCommand, [
      ...['eval', '--potential', path('model'), '--structures', structures, '--out', out],
    ]);
    let held = 0;
    readXyz(out).forEach(({ columns }, f) => {
      const [force, bound, expected] = ['ace_forces', 'ace_force_error_90', 'ace_force_error'].map(
        (name) => columns[name] as Float64Array,
      );
      bound.forEach((b, i) => {
        expect(b).toBeGreaterThan(expected[i]);
        const off = [0, 1, 2].map((x) => force[3 * i + x] - fresh[f].label.forces[3 * i + x]);
        if (Math.hypot(...off) <= b) held++;
      });
    });
    expect(held / 640).toBeGreaterThan(0.85);
    expect(held / 640).toBeLessThan(0.95);
  });
});
