import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, serendip } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { type Bench, bench, morse, type TinyConfig, tinyConfig } from './tinyRun.ts';

const done = { code: 0, err: '' };

/** What a run leaves that nothing stops. */
let expected: Record<string, unknown>;

beforeAll(async () => {
  const whole = short();
  expect(await run(whole)).toMatchObject(done);
  expected = keptRun(whole.run);
});

function short(change: (config: TinyConfig) => void = () => {}): Bench {
  return bench(
    tinyConfig((c) => {
      c.md.steps = 65;
      c.label.calculator = morse();
      change(c);
    }),
  );
}

function run({ config, run }: Bench): Promise<Ended> {
  return serendip('run', config, '-d', run).ended;
}

function resume({ run }: Bench): Promise<Ended> {
  return serendip('resume', run).ended;
}

/** Changes the config that a run directory holds. */
function mend({ run }: Bench, from: string, to: string): void {
  const stored = join(run, 'config.resolved.yaml');
  const text = readFileSync(stored, 'utf8');
  expect(text).toContain(from);
  writeFileSync(stored, text.replace(from, to));
}

function expectFinished({ run }: Bench, what: object): void {
  expect(ledger(run).filter((e) => e.type === 'finished')).toMatchObject([what]);
  expect(existsSync(join(run, 'report.html'))).toBe(true);
}

describe.concurrent('a run ends', () => {
  it('when its label budget is used up, and goes on with a larger one as if it had had it all along', async () => {
    const b = short((c) => {
      c.stop.labels = 4;
    });
    expect(await run(b)).toMatchObject(done);
    expectFinished(b, { reason: 'labelBudget', labels: 4, pauses: 2, generation: 2 });
    const first = keptRun(b.run);
    expect(await resume(b)).toMatchObject(done);
    expect(keptRun(b.run)).toEqual(first);
    mend(b, 'labels: 4\n', 'labels: 15\n');
    expect(await resume(b)).toMatchObject(done);
    expect(keptRun(b.run)).toEqual(expected);
  });

  it('when its pause budget is used up', async () => {
    const b = short((c) => {
      c.stop.pauses = 1;
    });
    expect(await run(b)).toMatchObject(done);
    expectFinished(b, { reason: 'pauseBudget', labels: 4, pauses: 2, generation: 2 });
  });

  it('when no environment could be labelled, and goes on with a mended calculator', async () => {
    const b = short();
    writeFileSync(join(b.folder, 'modes'), `\n\n\n${'fail\n'.repeat(9)}`);
    const { code, out, err } = await run(b);
    expect(code).toBe(4);
    expect(out).toMatch(/label refused: .*ended with exit code 7.*\nthe licence server is down/s);
    expect(err).toMatch(/^error: pause 1 at step 45: none of 1 environments could .*mend the calculator/);
    rmSync(join(b.folder, 'modes'));
    expect(await resume(b)).toMatchObject(done);
    const kept = Object.entries(keptRun(b.run)).filter(([name]) => !name.startsWith('labels/quarantine/'));
    expect(Object.fromEntries(kept)).toEqual(expected);
  });

  it('when a generation fails its checks: the last good one stands, and no label is lost', async () => {
    const b = short((c) => {
      c.train = { bounds: { forceRmse: '0.0025 eV/Å' } };
    });
    const { code, err } = await run(b);
    expect(code).toBe(4);
    expect(err).toMatch(
      /^error: generation 2: training error of forces: 0\.00\d* eV\/Å, must be ≤ 0\.0025; the last good generation stays in use/,
    );
    expect(existsSync(join(b.run, 'models', '0001', 'potential.yaml'))).toBe(true);
    expect(existsSync(join(b.run, 'models', '0002'))).toBe(false);
    expect(readFileSync(join(b.run, 'dataset.xyz'), 'utf8').match(/REF_energy/g)).toHaveLength(3);
    const { out } = await serendip('status', b.run).ended;
    expect(out).toMatch(/interrupted\n.* 3 of 15 labels, generation 1\n/);
    mend(b, '0.0025 eV/Å', '0.5 eV/Å');
    expect(await resume(b)).toMatchObject(done);
    expect(keptRun(b.run)).toEqual(expected);
    const labelled = ledger(b.run).filter((e) => e.type === 'labelled');
    expect(labelled[3]).toMatchObject({ label: 4, cached: true });
  });
});
