import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Calculator } from '../../src/calculators/calculator.ts';
import { labelSchema } from '../../src/calculators/labelSection.ts';
import { type LabelServiceOptions, labelService } from '../../src/calculators/labelService.ts';
import { calculators } from '../../src/calculators/registry.ts';
import { structureFrom } from '../../src/core/structure.ts';

/** Labels every atom i with force (i, 0, 0) and energy 1, or misbehaves as its first argument says. */
const PROGRAM = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
const [mode, input, output, count] = process.argv.slice(2);
appendFileSync(count + '.runs', mode + '\\n');
const lines = readFileSync(input, 'utf8').trimEnd().split('\\n');
const head = lines[1].replace('pos:R:3', 'pos:R:3:forces:R:3');
const atoms = lines.slice(2).map((l, i) => l + (mode === 'nan' && i === 1 ? ' nan 0 0' : ' ' + i + ' 0 0'));
const answer = [lines[0], head + ' energy=1', ...atoms];
if (mode === 'slow') {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
  process.on('SIGTERM', () => {});
  writeFileSync(count + '.pids', process.pid + ' ' + child.pid);
  await new Promise((done) => setTimeout(done, 60000));
}
if (mode === 'fail') {
  for (let k = 0; k < 30; k++) console.error('line ' + k);
  process.exit(7);
}
if (mode === 'truncated') answer.splice(-1);
if (mode === 'swapped') [answer[2], answer[3]] = [answer[3], answer[2]];
if (mode === 'noforces') answer.splice(1, Infinity, lines[1] + ' energy=1', ...lines.slice(2));
if (mode === 'twice') answer.push(...answer);
if (mode !== 'silent') writeFileSync(output, answer.join('\\n') + '\\n');
`;

export const argon = { kind: 'potential', potential: { kind: 'lennardJones', set: 'argon' } };

export const pair = structureFrom(['Ar', 'Ar'], [0, 0, 0, 3.8, 0, 0], [9, 0, 0, 0, 9, 0, 0, 0, 9]);

/** A calculator of kind `command` around a small program; every run adds a line to the file `count`.runs. */
export function program(root: string, mode: string, count: string): Calculator {
  writeFileSync(join(root, 'program.mjs'), PROGRAM);
  const command = ['node', 'program.mjs', mode, '{input}', '{output}', count];
  return makeCalculator({ kind: 'command', command }, root);
}

export function makeCalculator(options: object, folder: string, elements = ['Ar']): Calculator {
  return calculators.create(labelSchema.parse({ calculator: options }).calculator)({ elements, folder });
}

/** A label service with a folder of its own unless told otherwise. */
export function testService(
  root: string,
  calculator: Calculator,
  options: Partial<LabelServiceOptions> = {},
) {
  const warnings: string[] = [];
  const directory = options.directory ?? mkdtempSync(join(root, 'labels-'));
  const { hygiene } = labelSchema.parse({ calculator: argon });
  const labels = labelService({
    calculator,
    timeLimit: 30,
    retries: 1,
    keepJobs: false,
    hygiene,
    warn: (message) => warnings.push(message),
    ...options,
    directory,
  });
  return { labels, directory, warnings, hygiene };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

export async function eventually(holds: () => boolean): Promise<void> {
  for (let k = 0; k < 800 && !holds(); k++) await new Promise((r) => setTimeout(r, 25));
  expect(holds()).toBe(true);
}
