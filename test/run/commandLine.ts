import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
if (!existsSync(CLI)) throw new Error('the command line is not built: npm run build makes dist/');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A `serendip` process. */
export interface Running {
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
  /** Comes back as soon as standard output matches; throws where the process ends before. */
  says(pattern: RegExp): Promise<void>;
}

export function serendip(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  let isOver = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      isOver = true;
      resolve({ code, out, err });
    });
  });
  return {
    ended,
    signal: (name) => child.kill(name),
    says: (pattern) =>
      until(() => {
        if (pattern.test(out)) return true;
        if (isOver) throw new Error(`ended without saying ${pattern}: ${out}${err}`);
        return false;
      }),
  };
}

/** Looks every millisecond. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(1);
}
