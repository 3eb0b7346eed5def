import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Calculator } from '../../src/calculators/calculator.ts';
import { labelHash } from '../../src/calculators/fingerprint.ts';
import { labelSchema } from '../../src/calculators/labelSection.ts';
import { labelServiceFrom } from '../../src/calculators/labelService.ts';
import { structureFrom, supercell } from '../../src/core/structure.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import {
  argon,
  eventually,
  isAlive,
  makeCalculator,
  pair,
  program,
  testService,
} from './calculatorProgram.ts';

const root = mkdtempSync(join(tmpdir(), 'serendip-service-'));
afterAll(() => rmSync(root, { recursive: true }));
const never = new AbortController().signal;
let counters = 0;
const counter = () => join(root, `count-${counters++}`);
const runs = (count: string) => readFileSync(`${count}.runs`, 'utf8').trimEnd().split('\n').length;

describe('a command as reference', () => {
  it('is run once for a structure, and its label is there for every later service', async () => {
    const count = counter();
    const { labels, directory } = testService(root, program(root, 'good', count));
    const [first, same] = await Promise.all([labels.label(pair, never), labels.label(pair, never)]);
    expect(first).toMatchObject({ kind: 'labelled', cached: false, label: { energy: 1 } });
    expect(first.kind === 'labelled' && [...first.label.forces]).toEqual([0, 0, 0, 1, 0, 0]);
    expect(same).toMatchObject({ kind: 'labelled', cached: true });
    const later = testService(root, program(root, 'good', count), { directory });
    expect(await later.labels.label(pair, never)).toMatchObject({ kind: 'labelled', cached: true });
    expect(runs(count)).toBe(1);
    expect(readdirSync(join(directory, 'jobs'))).toEqual([]);
    const moved = { ...pair, positions: pair.positions.map((x, k) => (k === 3 ? x + 1e-15 * x : x)) };
    expect(moved.positions[3]).not.toBe(pair.positions[3]);
    expect(await labels.label(moved, never)).toMatchObject({ cached: false });
  });

  it('is tried again after a failure, then goes to quarantine with exit code, folder and last lines', async () => {
    const count = counter();
    const { labels, directory } = testService(root, program(root, 'fail', count), { retries: 2 });
    const result = await labels.label(pair, never);
    expect(runs(count)).toBe(3);
    if (result.kind !== 'quarantined') throw new Error('not quarantined');
    expect(result.rule).toBe('failed');
    expect(result.reason).toMatch(
      /ended with exit code 7; its files are in .*attempt-3; it printed last:\nline 10\n/,
    );
    expect(result.reason).toMatch(/line 29$/);
    expect(result.reason).not.toMatch(/line 9\n/);
    expect(result.directory).toBe(join(directory, 'quarantine', result.hash));
    expect(readFileSync(join(result.directory, 'reason.txt'), 'utf8')).toContain('exit code 7');
    expect(readXyz(join(result.directory, 'structure.xyz'))[0].structure).toEqual(pair);
    expect(readFileSync(join(result.directory, 'attempt-3', 'output.log'), 'utf8')).toMatch(/^line 0\n/);
    expect(readdirSync(join(directory, 'jobs'))).toEqual([]);
  });

  it.each([
    ['truncated', 'failed', /output.xyz:1 frame: got 1 atoms before the end of the file, must be 2 atoms/],
    ['swapped', 'failed', /atom 0: got another position than asked about; keep the atoms' order/],
    ['noforces', 'failed', /forces: got none, must be REF_forces or forces or force/],
    ['silent', 'failed', /ended without writing output.xyz.*printed nothing/],
    ['twice', 'failed', /got 2 frames, must be 1/],
    ['nan', 'notFinite', /1 of 2 atoms have a force that is not finite \(1\)/],
  ])('is not believed when it answers %s', async (mode, rule, reason) => {
    const { labels, directory } = testService(root, program(root, mode, counter()), { retries: 0 });
    const result = await labels.label(pair, never);
    expect(result).toMatchObject({ kind: 'quarantined', rule });
    expect(result.kind === 'quarantined' && result.reason).toMatch(reason);
    expect(existsSync(join(directory, 'cache'))).toBe(false);
  });

  it('is ended with all its children by the time limit, without another attempt', async () => {
    const count = counter();
    const { labels } = testService(root, program(root, 'slow', count), { timeLimit: 1.5 });
    const result = await labels.label(pair, never);
    expect(result).toMatchObject({ kind: 'quarantined', rule: 'failed' });
    expect(result.kind === 'quarantined' && result.reason).toMatch(/took longer than label.timeLimit, 1.5 s/);
    expect(runs(count)).toBe(1);
    const pids = readFileSync(`${count}.pids`, 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await eventually(() => !pids.some(isAlive));
  });

  it('is ended with all its children by an abort, which is passed on', async () => {
    const count = counter();
    const { labels, directory } = testService(root, program(root, 'slow', count));
    const abort = new AbortController();
    const result = labels.label(pair, abort.signal);
    await eventually(() => existsSync(`${count}.pids`));
    const pids = readFileSync(`${count}.pids`, 'utf8').split(' ').map(Number);
    expect(pids.every(isAlive)).toBe(true);
    abort.abort();
    await expect(result).rejects.toThrow(/aborted/i);
    await eventually(() => !pids.some(isAlive));
    expect(existsSync(join(directory, 'quarantine'))).toBe(false);
  });

  it('stops the run where the program is not installed', async () => {
    const calculator = makeCalculator({ kind: 'command', command: ['no-such-program'] }, root);
    await expect(testService(root, calculator).labels.label(pair, never)).rejects.toThrow(
      /program 'no-such-program' is not there; install it or give its full path/,
    );
  });

  it('has a fingerprint of its words and of what its files hold, not of where they are', () => {
    const other = mkdtempSync(join(root, 'elsewhere-'));
    const count = counter();
    const print = program(root, 'good', count).fingerprint;
    expect(program(other, 'good', count).fingerprint).toBe(print);
    expect(program(root, 'fail', count).fingerprint).not.toBe(print);
    writeFileSync(join(other, 'program.mjs'), '// changed');
    const command = ['node', 'program.mjs', 'good', '{input}', '{output}', count];
    expect(makeCalculator({ kind: 'command', command }, other).fingerprint).not.toBe(print);
  });
});

/** Counts how often it is asked; the label comes from Lennard-Jones argon, changed by `spoil`. */
function counting(spoil: (l: { energy: number; forces: Float64Array }) => void = () => {}) {
  const calls: number[] = [];
  const truth = makeCalculator(argon, root);
  const calculator: Calculator = {
    ...truth,
    async label(s, job) {
      calls.push(s.positions.length);
      const label = { ...(await truth.label(s, job)) };
      spoil(label);
      return label;
    },
  };
  return { calculator, calls };
}

const crystal = supercell(
  structureFrom(['Ar'], [0, 0, 0], [2.65, 2.65, 0, 0, 2.65, 2.65, 2.65, 0, 2.65]),
  [2, 2, 2],
);

describe('the cache', () => {
  it('gives labels back bitwise, whatever the order of the element list', async () => {
    const { calculator, calls } = counting();
    const { labels } = testService(root, calculator);
    const first = await labels.label(crystal, never);
    const again = await labels.label(
      { ...crystal, elements: ['Cu', 'Ar'], species: crystal.species.map(() => 1) },
      never,
    );
    expect(first.kind === 'labelled' && again.kind === 'labelled' && again.label).toEqual(
      first.kind === 'labelled' && first.label,
    );
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, 200)],
    ['empty', (path: string) => writeFileSync(path, '')],
    [
      'changed in a digit',
      (path: string) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace(/(REF_energy=-\d\.)\d/, '$15')),
    ],
    [
      'of another structure',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(/\nAr 0 0 0 /, '\nAr 0 0 1 ')),
    ],
  ])('reports and replaces an entry that is %s', async (_, damage) => {
    const { calculator, calls } = counting();
    const { labels, directory, warnings } = testService(root, calculator);
    const first = await labels.label(crystal, never);
    const path = join(directory, 'cache', `${first.hash}.xyz`);
    const before = readFileSync(path, 'utf8');
    damage(path);
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    expect(await labels.label(crystal, never)).toMatchObject({ kind: 'labelled', cached: false });
    expect(calls).toHaveLength(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/cannot be trusted .* put aside/);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(join(directory, 'cache'))).toContain(`${first.hash}.xyz.corrupt`);
  });

  it('keeps what was finished when the next calculation is interrupted', async () => {
    const abort = new AbortController();
    const { calculator, calls } = counting(() => calls.length === 2 && abort.abort());
    const { labels, directory } = testService(root, calculator);
    const done = await labels.label(crystal, abort.signal);
    await labels.label(pair, abort.signal);
    await expect(labels.label(supercell(pair, [1, 1, 2]), abort.signal)).rejects.toThrow(/abort/i);
    const after = testService(root, calculator, { directory });
    expect(await after.labels.label(crystal, never)).toMatchObject({ cached: true, hash: done.hash });
    expect(await after.labels.label(pair, never)).toMatchObject({ cached: true });
    expect(calls).toHaveLength(2);
  });
});

describe('hygiene', () => {
  it('refuses atoms too close before anything is paid', async () => {
    const { calculator, calls } = counting();
    const close = structureFrom(['Ar', 'Ar'], [0, 0, 0, 8.5, 0, 0], [9, 0, 0, 0, 9, 0, 0, 0, 9]);
    const result = await testService(root, calculator).labels.label(close, never);
    expect(result).toMatchObject({ kind: 'quarantined', rule: 'atomsTooClose' });
    expect(result.kind === 'quarantined' && result.reason).toMatch(
      /atoms 0 and 1: got a distance of 0.500 Å, must be ≥ 0.848/,
    );
    expect(calls).toHaveLength(0);
  });

  it('refuses forces above the cap; the label stays paid when the cap is raised', async () => {
    const { calculator, calls } = counting();
    const hot = structureFrom(['Ar', 'Ar'], [0, 0, 0, 2.2, 0, 0]);
    const { labels, directory, hygiene } = testService(root, calculator);
    const strict = testService(root, calculator, { directory, hygiene: { ...hygiene, forceCap: 5 } });
    const refused = await strict.labels.label(hot, never);
    expect(refused).toMatchObject({ kind: 'quarantined', rule: 'forceCap' });
    expect(refused.kind === 'quarantined' && refused.reason).toMatch(
      /2 of 2 atoms \(0, 1\): got forces up to .* must be ≤ 5 eV/,
    );
    expect(await labels.label(hot, never)).toMatchObject({ kind: 'labelled', cached: true });
    expect(calls).toHaveLength(1);
  });

  it('accepts right forces once and for all, also at the equilibrium of a crystal', async () => {
    const { calculator, calls } = counting();
    const { labels, directory, hygiene } = testService(root, calculator);
    const checked = testService(root, calculator, {
      directory,
      hygiene: { ...hygiene, signCheck: true },
    }).labels;
    expect(await checked.label(crystal, never)).toMatchObject({ kind: 'labelled' });
    expect(calls).toHaveLength(2);
    expect(await checked.label(pair, never)).toMatchObject({ kind: 'labelled' });
    expect(calls).toHaveLength(3);
    expect(await labels.label(crystal, never)).toMatchObject({ cached: true });
  });

  it.each([
    ['of the wrong sign', -1],
    ['in eV/bohr', 1 / 1.8897],
    ['that are all zero', 0],
  ])('refuses forces %s', async (_, factor) => {
    const { calculator } = counting((label) => {
      label.forces = label.forces.map((f) => factor * f);
    });
    const { hygiene } = testService(root, calculator);
    const { labels } = testService(root, calculator, { hygiene: { ...hygiene, signCheck: true } });
    const result = await labels.label(supercell(crystal, [2, 2, 2]), never);
    expect(result).toMatchObject({ kind: 'quarantined', rule: 'forcesAgainstEnergy' });
  });
});

describe('the section label', () => {
  it('has defaults that can be worked with, and makes the service', async () => {
    const section = labelSchema.parse({ calculator: argon, timeLimit: '90 min' });
    expect(section).toMatchObject({
      timeLimit: 5400,
      retries: 1,
      hygiene: { forceCap: 100 },
    });
    const labels = labelServiceFrom(section, { elements: ['Ar'], folder: root }, join(root, 'labels'));
    const result = await labels.label(pair, never);
    expect(result.hash).toBe(labelHash(labels.calculator.fingerprint, pair));
    expect(existsSync(join(root, 'labels', 'cache', `${result.hash}.xyz`))).toBe(true);
    expect(() => labelSchema.parse({ calculator: { ...argon, oops: 1 } })).toThrow(/oops/);
  });
});
