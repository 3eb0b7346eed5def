import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import { readDataset } from '../../src/run/datasetFile.ts';
import { serendip } from './commandLine.ts';
import { ledger } from './keptRun.ts';
import { bench, tinyConfig } from './tinyRun.ts';

/** Å to the neighbours of atom i within the model's cutoff, ascending. */
function distances(s: Structure, i: number): number[] {
  const { offsets, indices, shifts } = buildNeighbours(s, 4);
  const { positions: r, cell } = s;
  const component = (p: number, x: number) =>
    r[3 * indices[p] + x] -
    r[3 * i + x] +
    shifts[3 * p] * cell[x] +
    shifts[3 * p + 1] * cell[3 + x] +
    shifts[3 * p + 2] * cell[6 + x];
  const pairs = Array.from({ length: offsets[i + 1] - offsets[i] }, (_, k) => offsets[i] + k);
  return pairs
    .map((p) => Math.hypot(component(p, 0), component(p, 1), component(p, 2)))
    .sort((a, b) => a - b);
}

it('in a large cell a run learns a patch whose seam is nothing strange, and keeps all that led to it', async () => {
  const { config, run } = bench(
    tinyConfig((c) => {
      c.structure.repeat = [5, 5, 5];
      c.md.startTemperature = '2000 K';
      c.md.steps = 12;
      const cut = { wholeCellUpTo: 100, maxPerPause: 1 };
      c.extract = { ...cut, core: '4 Å', buffer: '2 Å', forceTolerance: '0.2 eV/Å' };
    }),
  );
  expect(await serendip('run', config, '-d', run).ended).toMatchObject({ code: 0, err: '' });
  const events = ledger(run);
  const { labels } = events.find((e) => e.type === 'finished')!;
  const { atom, proof } = events.find((e) => e.type === 'extracted')!;
  expect(proof).toMatchObject({ cut: 'patch', accepted: true });
  expect(proof.atoms).toBeLessThan(500);
  expect(proof.coreAtoms).toBeLessThan(proof.atoms);
  expect(proof.learned).toBe(proof.atoms);

  const learned = readDataset(join(run, 'dataset.xyz'));
  expect(learned).toHaveLength(labels);
  const patch = learned[3];
  expect(patch).toMatchObject({ group: 'patch', generation: 2, faithful: true });
  expect(atomCount(patch.structure)).toBe(proof.atoms);
  expect(patch.core.filter((c) => c === 1)).toHaveLength(proof.learned);
  for (const { core } of learned.slice(0, 3)) expect(core).toEqual(new Uint8Array(500).fill(1));

  const read = (name: string) => readXyz(join(run, 'pauses', '0001', name))[0];
  const [frame, cut, label] = ['frame.xyz', 'patch-1.xyz', 'label-1.xyz'].map(read);
  const centre = Number(cut.info.centre);
  expect(atomCount(frame.structure)).toBe(500);
  expect(Math.max(...(frame.columns.gamma as Float64Array))).toBe(frame.columns.gamma[atom]);
  const own = cut.columns.core as Int32Array;
  expect(own.filter((c) => c === 1)).toHaveLength(proof.coreAtoms);
  expect(own[centre]).toBe(1);
  expect(cut.columns.gamma).toHaveLength(proof.atoms);
  expect(cut.structure).toEqual(patch.structure);
  expect(label.structure).toEqual(patch.structure);
  expect(label.columns.REF_forces).toHaveLength(3 * proof.atoms);
  const around = distances(frame.structure, atom);
  expect(around.length).toBeGreaterThan(11);
  distances(cut.structure, centre).forEach((r, k) => {
    expect(r).toBeCloseTo(around[k], 9);
  });
});
