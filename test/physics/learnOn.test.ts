import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aceRequestSchema } from '../../potentials/ace/createAce.ts';
import { aceToYaml } from '../../potentials/ace/ensembleFile.ts';
import { writePacemaker } from '../../potentials/ace/pacemakerWrite.ts';
import { potentials } from '../../potentials/registry.ts';
import { fitCommand } from '../../src/cli/fit.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { frameRows } from '../../src/learn/designMatrix.ts';
import { errorsOn } from '../../src/learn/errors.ts';
import { learningOn } from '../../src/learn/learningOn.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { loadPotential } from '../../src/run/loadPotential.ts';
import { loadModel } from '../../src/run/modelFolder.ts';
import { startingModel } from '../../src/run/startingModel.ts';
import { runCommand } from '../cli/command.ts';

const reference = potentials.create({ kind: 'eam', set: 'zhou', elements: ['Cu'] } as { kind: string });
const four = new Float64Array(4);

function copper(topic: number, amplitude: number): Structure {
  const s = supercell(crystal('fcc', ['Cu'], 3.62), [2, 2, 2]);
  const shift = (k: number) => amplitude * normals(4, STREAM.rattle, topic, Math.floor(k / 3), four)[k % 3];
  return { ...s, positions: s.positions.map((x, k) => x + shift(k)) };
}

function labelled(structure: Structure): LabelledFrame {
  const { energy, forces } = reference.evaluate(structure, buildNeighbours(structure, reference.cutoff), [
    'forces',
  ]);
  const core = new Uint8Array(structure.species.length).fill(1);
  return { structure, label: { energy, forces }, core, faithful: true, group: 'rattled', generation: 0 };
}

const CONFIG = "elements: [Cu]\n  cutoff: '5 Å'\n  functionsPerElement: 50";
const fresh = startingModel(
  aceRequestSchema.parse({ elements: ['Cu'], cutoff: '5 Å', functionsPerElement: 50 }),
);

const options = trainSchema.parse({ bounds: { forceRmse: '2 eV/Å' }, ensemble: { members: 2 } });
const many = Array.from({ length: 6 }, (_, k) => labelled(copper(k, 0.04 + 0.05 * k)));
const unseen = [20, 21].map((k) => labelled(copper(k, 0.2)));
const old = createTrainer(options, fresh).learn(many).potential;

describe('learning on from coefficients', () => {
  const kept = learningOn(old);

  it('asks of δ what the basis asks of c₀ + δ', () => {
    const [frame] = unseen;
    const e0 = Float64Array.of(-1);
    const [whole, rest] = [old, kept].map((p) => frameRows(frame, p, e0).forces);
    const { mean } = old.parameters;
    const width = mean.length + 1;
    for (let k = 0; k < whole.count; k++) {
      const row = whole.values.subarray(k * width, (k + 1) * width);
      const said = mean.reduce((sum, c, v) => sum + c * row[v], 0);
      expect(rest.values[(k + 1) * width - 1]).toBeCloseTo(row[width - 1] - said, 10);
    }
  });

  it('stays where it was under a strong prior, where a new fit would fall to zero', () => {
    const strong = { ...options, regularisation: 1e12 };
    const stay = createTrainer(strong, kept).learn(unseen.slice(0, 1)).potential.parameters.mean;
    const fall = createTrainer(strong, fresh).learn(unseen.slice(0, 1)).potential.parameters.mean;
    const size = Math.hypot(...old.parameters.mean);
    expect(Math.hypot(...stay.map((c, v) => c - old.parameters.mean[v]))).toBeLessThan(1e-6 * size);
    expect(Math.hypot(...fall)).toBeLessThan(1e-6 * size);
  });

  it('forgets less when all it is given is one quiet frame', () => {
    const quiet = [labelled(copper(30, 0.03))];
    const error = (start: typeof old) =>
      errorsOn(createTrainer(options, start).learn(quiet).potential, unseen).forceRmse;
    expect(error(kept)).toBeLessThan(0.5 * error(fresh));
  });
});

describe('a fit from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-'));
  const path = (name: string) => join(folder, name);
  writeFileSync(path('old.yaml'), aceToYaml(old));
  const frames = many.map(({ structure, label }) => formatXyz({ structure, label }));
  writeFileSync(path('data.xyz'), frames.join(''));
  const teach = (model: string, out: string, data = 'data.xyz') => {
    writeFileSync(
      path('fit.yaml'),
      `version: 1\ntitle: t\nmodel:\n  ${model}\ntrain:\n  bounds:\n    forceRmse: 2 eV/Å\n`,
    );
    return runCommand(fitCommand, ['fit', path('fit.yaml'), '--data', path(data), '-o', path(out)]);
  };

  it('refits the basis of a linear .yaml over a core repulsion, as if it were new', async () => {
    await teach(CONFIG, 'new');
    await teach('file: old.yaml\n  keep: false', 'again');
    const [made, again] = ['new', 'again'].map((name) => loadModel(path(name)).potential);
    expect(again.model.baseline).toEqual(made.model.baseline);
    expect(again.parameters).toEqual(made.parameters);
  });

  it('goes on from a model folder', async () => {
    writeFileSync(path('hot.xyz'), [40, 41].map((k) => formatXyz(labelled(copper(k, 0.25)))).join(''));
    await teach('file: new', 'on', 'hot.xyz');
    const [before, after] = ['new', 'on'].map((name) => loadModel(path(name)).potential);
    expect(errorsOn(after, unseen).forceRmse).toBeLessThan(1.2 * errorsOn(before, unseen).forceRmse);
    expect(after.parameters.mean).not.toEqual(before.parameters.mean);
    expect(readFileSync(path('on/ensemble.json'), 'utf8')).toContain('"zbl":[{');
  });

  it('grades what its active set holds as known', async () => {
    const quiet = formatXyz(labelled(copper(30, 0.03)));
    writeFileSync(path('quiet.xyz'), quiet);
    const grades = async (more: string) => {
      await teach(`file: new${more}`, 'on', 'quiet.xyz');
      const { potential, grade } = loadPotential(path('on'));
      return many.map(({ structure: s }) =>
        Math.max(
          ...grade!.grade(potential.evaluate(s, buildNeighbours(s, potential.cutoff), grade!.needs), s),
        ),
      );
    };
    expect(Math.max(...(await grades('')))).toBeGreaterThan(20);
    expect(Math.max(...(await grades('\n  activeSet: new/potential.asi')))).toBeLessThan(1.01);
  });

  it.each([
    [
      'an active set that is not there',
      'file: new\n  activeSet: no.asi',
      /model\.activeSet: .*no\.asi' is not there/,
    ],
    [
      'an active set of coefficients it gives up',
      'file: new\n  keep: false\n  activeSet: new/potential.asi',
      /model\.activeSet: .*must go with keep: true/,
    ],
    ['a file that is not there', 'file: nowhere.yaml', /model\.file: .*nowhere\.yaml' is not there/],
    [
      'to give up coefficients that it is not linear in',
      'file: curved.yaml\n  keep: false',
      /model\.keep: got false, must be true for .*curved\.yaml/,
    ],
    ['a .yace', 'file: old.yace', /couplings cannot be told from a \.yace/],
    ['an unknown key', 'file: old.yaml\n  kept: true', /model\.kept: unknown key; did you mean 'keep'/],
  ])('refuses %s', async (_, model, rule) => {
    const curve = (c: (typeof old.model.centres)[number]) => ({
      ...c,
      embedding: { ...c.embedding, exponents: [0.5] },
    });
    writeFileSync(
      path('curved.yaml'),
      writePacemaker({ ...old.model, centres: old.model.centres.map(curve) }),
    );
    writeFileSync(path('old.yace'), '');
    await expect(teach(model, 'x')).rejects.toThrow(rule);
  });
});
