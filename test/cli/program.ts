import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const BUILT = new URL('../../dist/src/cli/', import.meta.url);
const CLI = fileURLToPath(new URL('main.js', BUILT));

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line in a folder. */
export function serendip(folder: string, ...args: readonly string[]): Promise<Answer> {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing; npm run build makes it`);
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The same without the second that a new process takes; one call at a time. */
export async function call(folder: string, ...args: readonly string[]): Promise<Answer> {
  const { commandLine }: typeof import('../../src/cli/commandLine.ts') = await import(
    new URL('commandLine.js', BUILT).href
  );
  const home = process.cwd();
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockReturnValue(true),
  );
  const logged = vi
    .spyOn(console, 'log')
    .mockImplementation((text) => void process.stdout.write(`${text}\n`));
  process.chdir(folder);
  try {
    const code = await commandLine(args);
    const [said, complained] = [out, err].map((spy) => spy.mock.calls.map(([text]) => String(text)).join(''));
    return { code, out: said, err: complained };
  } finally {
    process.chdir(home);
    for (const spy of [out, err, logged]) spy.mockRestore();
  }
}

/** A new folder that holds `files`. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Every file below a folder, sorted. */
export function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1))
    .sort();
}

/** 32 copper atoms that pause within 50 steps; done in a second. */
export const CONFIG = `version: 1
title: tiny
structure: { prototype: fcc, element: Cu, a: 3.6 Å, repeat: [2, 2, 2] }
model:
  elements: [Cu]
  cutoff: 4 Å
  nradmax: [6, 3]
  lmax: [0, 2]
md:
  integrator: { kind: langevin, timestep: 2 fs, temperature: 300 K }
  startTemperature: 300 K
  steps: 50
label:
  calculator: { kind: potential, potential: { kind: eam, set: zhou, elements: [Cu] } }
start:
  rattle: { frames: 2, amplitude: 0.05 Å }
`;

/** The same with a program of one's own as the calculator. */
export const COMMAND_CONFIG = CONFIG.replace(
  /calculator: .*/,
  "calculator: { kind: command, command: [node, label.mjs, '{input}', '{output}'] }\n  retries: 0",
);
