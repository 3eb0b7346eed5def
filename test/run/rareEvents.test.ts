import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { detectionSchema } from '../../src/events/options.ts';
import { eventPath } from '../../src/events/path.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import { writeXyz } from '../../src/io/writeXyz.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { readEvents } from '../../src/run/rareEvents/eventFolder.ts';
import { spoiledFrames, vacancy, zhouAluminium } from '../support/vacancies.ts';
import { type Ended, serendip } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { type Bench, bench, type TinyConfig, tinyConfig } from './tinyRun.ts';

const zhou = { kind: 'eam', set: 'zhou', elements: ['Al'] };

/** A vacancy among 31 atoms, hot enough to jump every few ps. */
function jumping(change: (c: TinyConfig) => void = () => {}): Bench {
  const made = bench(
    tinyConfig((c) => {
      c.title = 'A vacancy in aluminium';
      c.structure = { file: 'vacancy.xyz' } as never;
      c.model = { elements: ['Al'], cutoff: '4.5 Å', nradmax: [10, 4, 1], lmax: [0, 2, 1] };
      c.md = {
        integrator: { kind: 'langevin', timestep: '2 fs', temperature: '800 K', seed: 2 },
        steps: 450,
        startTemperature: '1600 K',
      };
      c.uncertainty = { interval: 10, measures: [{ kind: 'extrapolationGrade', select: 3, pause: 8 }] };
      c.label.calculator = { kind: 'potential', potential: zhou };
      c.events = { every: 10, quench: 50 };
      c.stop = { labels: 60 };
      c.output = { thermo: 50, trajectory: 200, checkpoint: 100 };
      change(c);
    }),
  );
  writeXyz(join(made.folder, 'vacancy.xyz'), [{ structure: vacancy().structure }]);
  return made;
}

function run({ config, run }: Bench): Promise<Ended> {
  return serendip('run', config, '-d', run).ended;
}

const eventsOf = ({ run }: Bench) => readEvents(join(run, 'events'));

describe('a vacancy that jumps', () => {
  const whole = jumping();
  beforeAll(async () => {
    expect(await run(whole)).toMatchObject({ code: 0, err: '' });
  }, 60_000);

  it('is found without being told, labelled at ends and saddle, and confirmed', () => {
    const events = eventsOf(whole);
    expect(events.length).toBeGreaterThanOrEqual(2);
    const [first] = events;
    expect(first.title).toMatch(/^1 Al moved 2\.[5-9]\d Å$/);
    expect(first.verdict).toBe('confirmed');
    expect(first.path!.curvatures.filter((c) => c < 0)).toHaveLength(1);
    expect(first.path!.members.length).toBeGreaterThan(1);
    expect(first.path!.reference.map((r) => r.image)).toEqual(
      expect.arrayContaining([0, first.path!.saddle, first.path!.energies.length - 1]),
    );
    // What happened again is known.
    expect(new Set(events.map((e) => e.class)).size).toBe(1);
    expect(events.slice(1).every((e) => e.labels === 0 && e.verdict === 'confirmed')).toBe(true);
    const asked = ledger(whole.run).filter((e) => e.type === 'labelled' && e.event === 1);
    expect(asked).toHaveLength(first.labels);
  });

  it('has a barrier whose bar holds that of the reference on a path of its own', async () => {
    const [{ path }] = eventsOf(whole);
    const [initial, final] = ['initial', 'final'].map(
      (name) => readXyz(join(whole.run, 'events', '0001', `${name}.xyz`))[0].structure,
    );
    const own = await eventPath(
      plainly(zhouAluminium),
      { initial, final, hold: new Uint8Array(31) },
      { images: 5, force: 0.03, steps: 300 },
      detectionSchema.parse({}),
    );
    if (own.kind !== 'found') throw new Error(own.kind);
    const barrier = own.energies[own.saddle] - own.energies[0];
    expect(barrier).toBeGreaterThan(0.2);
    expect(Math.abs(path!.forward.value - barrier)).toBeLessThanOrEqual(path!.forward.bar);
    expect(Math.abs(path!.forward.value - barrier)).toBeLessThan(0.03);
  });

  it('leaves the same after kill -9 and resuming', async () => {
    const killed = jumping();
    for (const moment of ['happened', 'event', 'resumed']) {
      const child = existsSync(join(killed.run, 'checkpoint.json'))
        ? serendip('resume', killed.run)
        : serendip('run', killed.config, '-d', killed.run);
      const seen = () =>
        existsSync(join(killed.run, 'ledger.jsonl'))
          ? readFileSync(join(killed.run, 'ledger.jsonl'), 'utf8').split(`"type":"${moment}"`).length
          : 1;
      const before = seen();
      let over = false;
      child.ended.then(() => {
        over = true;
      });
      while (!over && seen() === before) await pause(1);
      child.signal('SIGKILL');
      await child.ended;
    }
    expect(await serendip('resume', killed.run).ended).toMatchObject({ code: 0, err: '' });
    expect(keptRun(killed.run)).toEqual(keptRun(whole.run));
  }, 120_000);

  it('is listed, shown, exported and verified', async () => {
    const list = await serendip('events', 'list', whole.run).ended;
    expect(list).toMatchObject({ code: 0, err: '' });
    expect(list.out).toContain('1 Al moved');
    const shown = await serendip('events', 'show', '1', whole.run).ended;
    expect(shown.out).toMatch(/saddle\n/);
    const out = join(whole.folder, 'path.xyz');
    expect(await serendip('events', 'export', '1', whole.run, '-o', out).ended).toMatchObject({ code: 0 });
    expect(readXyz(out)).toHaveLength(eventsOf(whole)[0].path!.energies.length);
    const verified = await serendip('events', 'verify', '1', whole.run).ended;
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.out).toMatch(/confirmed: barrier 0\.\d+ eV, reference 0\.\d+ eV/);
    const rated = await serendip('events', 'rate', '1', whole.run, '-T', '500 K').ended;
    expect(rated).toMatchObject({ code: 0, err: '' });
    const [, forward, back] = rated.out.split('\n');
    const [barrier, , attempt, rate] = forward.match(/\d+\.\d+(e\+\d+)?/g)!.map(Number);
    // A vacancy's neighbours are all alike: what jumps back sees the same.
    expect(forward.replace('forward', '')).toBe(back.replace('back', ''));
    expect(rate / (1e12 * attempt * Math.exp(-barrier / (8.617333e-5 * 500)))).toBeCloseTo(1, 1);
    expect(attempt).toBeGreaterThan(5);
    expect(attempt).toBeLessThan(60);
    const wrong = await serendip('events', 'show', '99', whole.run).ended;
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/got event 99, must be a number from 1 to/);
  });
});

describe('a spoiled ensemble', () => {
  it('has an artefact, which is recognised, learned away and gone back before', async () => {
    const spoiled = jumping((c) => {
      c.model = { elements: ['Al'], cutoff: '4.5 Å', nradmax: [12, 5, 2], lmax: [0, 3, 1] };
      c.md.integrator.temperature = '500 K';
      c.md.startTemperature = '1000 K';
      c.md.steps = 300;
      c.uncertainty.measures = [{ kind: 'extrapolationGrade', select: 20, pause: 100 }];
      c.start = { dataset: 'spoiled.xyz', rattle: { frames: 3, amplitude: '0.06 Å', strain: 0.005 } };
    });
    writeXyz(join(spoiled.folder, 'spoiled.xyz'), await spoiledFrames());
    expect(await run(spoiled)).toMatchObject({ code: 0, err: '' });
    const artefact = eventsOf(spoiled).find((e) => e.verdict === 'artefact')!;
    expect(artefact.reason).toMatch(/the ensemble knew no such event: .*reference/);
    expect(artefact.labels).toBeGreaterThanOrEqual(3);
    // Samples after the frame it goes on from are taken back: time in thermo.csv never runs backwards.
    const steps = readFileSync(join(spoiled.run, 'thermo.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => Number(row.split(',')[0]));
    expect(steps).toEqual(steps.toSorted((p, q) => p - q));
    expect(steps.at(-1)).toBe(300);
  }, 60_000);
});

describe('plain molecular dynamics', () => {
  it('finds events and their paths, and goes on bitwise', async () => {
    const { folder, run: directory } = jumping();
    const config = {
      version: 1,
      title: 'A vacancy in aluminium',
      structure: { file: 'vacancy.xyz' },
      potential: zhou,
      md: {
        integrator: { kind: 'langevin', timestep: '2 fs', temperature: '800 K', seed: 5 },
        steps: 2000,
        startTemperature: '1600 K',
      },
      events: { every: 10, quench: 50 },
      output: { thermo: 50, trajectory: 500, checkpoint: 100 },
    };
    writeFileSync(join(folder, 'md.yaml'), stringify(config));
    expect(await serendip('md', join(folder, 'md.yaml'), '-d', directory).ended).toMatchObject({ code: 0 });
    const events = readEvents(join(directory, 'events'));
    expect(events[0].verdict).toBe('unverified');
    expect(events[0].path!.forward.value).toBeGreaterThan(0.2);
    const again = `${directory}-killed`;
    const child = serendip('md', join(folder, 'md.yaml'), '-d', again);
    await child.says(/event 1 /);
    child.signal('SIGKILL');
    await child.ended;
    expect(await serendip('resume', again).ended).toMatchObject({ code: 0 });
    expect(keptRun(again)).toEqual(keptRun(directory));
  }, 60_000);
});
