import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { launchFile } from '../../src/campaign/launch.ts';
import { membersOf, withValues } from '../../src/campaign/members.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import { writeXyz } from '../../src/io/writeXyz.ts';
import { readDataset } from '../../src/run/datasetFile.ts';
import { runStatus } from '../../src/run/status.ts';
import { headOf } from '../../src/run/xyzSeries.ts';
import { serendip, until } from './commandLine.ts';
import { ledger } from './keptRun.ts';
import { type Bench, bench, tinyConfig } from './tinyRun.ts';

let b: Bench;
let root: string;
const inFolder = (name: string) => join(b.folder, name);
const member = (name: string) => join(root, 'runs', name);

beforeAll(() => {
  b = bench(
    tinyConfig((c) => {
      c.md.integrator.temperature = { from: '500 K', to: '2500 K', over: '0.15 ps' };
      c.md.startTemperature = '1000 K';
      c.md.steps = 80;
      c.stop.labels = 6;
    }),
  );
  root = inFolder('launch');
  const cell = crystal('fcc', ['Cu'], 3.615);
  writeXyz(inFolder('small.xyz'), [{ structure: supercell(cell, [2, 2, 2]) }]);
  writeXyz(inFolder('cell.xyz'), [{ structure: cell }]);
});

const asked = (more: object = {}) => ({
  config: b.config,
  structures: [inFolder('small.xyz'), `${inFolder('cell.xyz')}:2x2x3`],
  temperatures: [],
  seeds: 2,
  parallel: 2,
  share: true,
  ...more,
});

describe('launch', () => {
  it('stands for a campaign of all combinations, each structure with its size, velocities in proportion', () => {
    const file = launchFile(asked({ temperatures: [300, 900] }), root);
    expect(file).toMatchObject({ config: '../run.yaml', parallel: 2, share: true });
    const members = membersOf(file.vary);
    expect(members).toHaveLength(8);
    const given = parse(readFileSync(b.config, 'utf8'));
    expect(withValues(given, members[7])).toMatchObject({
      structure: { file: inFolder('cell.xyz'), repeat: [2, 2, 3] },
      md: { integrator: { temperature: '900 K', seed: 4 }, startTemperature: '1800 K' },
    });
    expect(withValues(given, members[0])).toMatchObject({
      structure: { file: inFolder('small.xyz') },
      md: { integrator: { temperature: '300 K', seed: 3 }, startTemperature: '600 K' },
    });
    expect(() => launchFile(asked({ structures: [], seeds: undefined }), root)).toThrow('add --seeds 4');
    const apart = { values: { 'a.b, c': [1] }, name: '0001' };
    expect(() => withValues({}, apart)).toThrow('must be a list of 2');
  });

  it('goes through stop and kill -9 of a worker and of everything, and loses nothing', async () => {
    const words = ['launch', b.config, '-d', root, '--seeds', '2', '--parallel', '2'];
    words.push('--structure', inFolder('small.xyz'), `${inFolder('cell.xyz')}:2x2x3`);
    const names = ['0001', '0002', '0003', '0004'];
    const commits = (name: string) => (existsSync(join(member(name), 'checkpoint.json')) ? 1 : 0);
    const owner = (name: string) => {
      const lock = join(member(name), 'run.lock');
      return existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : undefined;
    };
    const kill = (pid: number | undefined) => {
      try {
        if (pid) process.kill(pid, 'SIGKILL');
      } catch {} // it had ended by itself
    };

    // The second pair of runs cannot have ended when the first commits.
    const first = serendip(...words);
    await until(() => commits('0001') > 0 || commits('0002') > 0);
    kill(owner('0001'));
    const stopped = await serendip('stop', root).ended;
    expect(stopped).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('goes on from the last'),
    });
    expect((await first.ended).code).not.toBe(0);
    expect((await serendip('stop', root).ended).out).toMatch(/^nothing runs in/);
    expect(parse((await serendip('status', root, '--json').ended).out).members).toHaveLength(4);

    const second = serendip('resume', root);
    await until(() => names.some((name) => commits(name) > 0 && owner(name) !== undefined));
    second.signal('SIGKILL');
    for (const name of names) kill(owner(name));
    await second.ended;
    // What their checkpoints stand for at this moment.
    const before = names.map((name) => {
      if (!commits(name)) return '';
      const { datasetFrames } = JSON.parse(readFileSync(join(member(name), 'checkpoint.json'), 'utf8'));
      return headOf(readFileSync(join(member(name), 'dataset.xyz'), 'utf8'), 'frame', datasetFrames);
    });
    expect(before.some((text) => text.length > 0)).toBe(true);

    const ended = await serendip('resume', root).ended;
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/0004 +cell.xyz 2×2×3 +4 +finished +\d+/);
    for (const [k, name] of names.entries()) {
      expect(runStatus(member(name)).state).toBe('finished');
      expect(readFileSync(join(member(name), 'dataset.xyz'), 'utf8').startsWith(before[k])).toBe(true);
      expect(readDataset(join(member(name), 'dataset.xyz')).length).toBeGreaterThanOrEqual(3);
    }
    // Every label that was ever finished is still there, and each was paid for once.
    const hashes = names.flatMap((name) =>
      ledger(member(name)).flatMap((e) => (e.type === 'labelled' ? [e.hash] : [])),
    );
    const kept = readdirSync(join(root, 'labels', 'cache')).filter((n) => n.endsWith('.xyz'));
    expect(kept.length).toBeGreaterThanOrEqual(new Set(hashes).size);
    const report = readFileSync(join(root, 'report.html'), 'utf8');
    for (const text of ['cell.xyz 2×2×3', 'structure', 'seed']) expect(report).toContain(text);
    expect((await serendip('status', root, '--watch').ended).out).toMatch(/0001 +small.xyz +3 +finished/);
  });
});
