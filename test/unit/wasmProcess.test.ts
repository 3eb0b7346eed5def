import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const dist = (path: string) => new URL(`../../dist/${path}.js`, import.meta.url).href;

/** A program that steps copper on three threads and then does what `end` says. */
const program = (end: string) => `
import { wasmBackend } from '${dist('src/backend/wasm/wasmBackend')}';
import { embeddedAtom } from '${dist('potentials/eam/embeddedAtom')}';
import { zhou } from '${dist('potentials/eam/zhou')}';
import { startOf, VERLET } from '${dist('src/bench/workload')}';
const start = startOf({ prototype: 'fcc', elements: ['Cu'], a: 3.615, repeat: 3 });
const engine = await wasmBackend(3).prepare(embeddedAtom(zhou(['Cu'])), VERLET, start);
const advance = (steps) => engine.advance(steps, { interval: 10, measures: [] }, new AbortController().signal);
await advance(5);
console.log('stepping');
${end}`;

function run(end: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', program(end)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Exit code or signal; the test's own limit of time is the only one. */
function ending(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal!)));
}

describe('a process with a team of threads', () => {
  it('has been built', () => {
    expect(existsSync(new URL(dist('src/backend/wasm/wasmBackend'))), "run 'npm run build'").toBe(true);
  });

  it.each([
    ['after dispose', 'engine.dispose();', 0],
    ['when the engine is forgotten', '', 0],
    ['when it exits', 'process.exit(5);', 5],
    ['when it throws', "throw new Error('a bug');", 1],
  ])('ends %s', async (_, end, code) => {
    expect(await ending(run(end))).toBe(code);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends by %s in the middle of a step', async (signal) => {
    const child = run('await advance(1e9);');
    const ended = ending(child);
    child.stdout!.once('data', () => setTimeout(() => child.kill(signal), 50));
    expect(await ended).toBe(signal);
  });
});
