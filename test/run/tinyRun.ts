import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { MORSE_PROGRAM } from './morseProgram.ts';

/** What a config file holds, as far as these tests change it. */
export interface TinyConfig {
  structure: { prototype: string; element: string; a: string; repeat: number[] };
  md: {
    integrator: { kind: string; temperature: unknown; [option: string]: unknown };
    steps: number;
    startTemperature: string;
  };
  uncertainty: { interval: number; measures: { kind: string; select: number; pause: number }[] };
  label: { calculator: Record<string, unknown>; retries: number };
  stop: { labels: number; pauses?: number };
  [section: string]: unknown;
}

/** Copper of 32 atoms, heated fast enough to pause several times within a second of computing. */
export function tinyConfig(change: (config: TinyConfig) => void = () => {}): TinyConfig {
  const config: TinyConfig = {
    version: 1,
    title: 'Copper heated in a hurry',
    structure: { prototype: 'fcc', element: 'Cu', a: '3.615 Å', repeat: [2, 2, 2] },
    model: { elements: ['Cu'], cutoff: '4 Å', nradmax: [6, 3], lmax: [0, 2] },
    md: {
      integrator: {
        kind: 'noseHooverChain',
        timestep: '2 fs',
        temperature: { from: '300 K', to: '2500 K', over: '0.3 ps' },
        relaxation: '20 fs',
        seed: 3,
      },
      steps: 150,
      startTemperature: '600 K',
    },
    uncertainty: {
      interval: 5,
      measures: [{ kind: 'extrapolationGrade', select: 1.5, pause: 3 }],
    },
    label: { calculator: zhou(), retries: 0 },
    start: { rattle: { frames: 3, amplitude: '0.05 Å', strain: 0.01 } },
    stop: { labels: 15 },
    output: { thermo: 5, trajectory: 20, checkpoint: 20 },
  };
  change(config);
  return config;
}

export function zhou(): Record<string, unknown> {
  return { kind: 'potential', potential: { kind: 'eam', set: 'zhou', elements: ['Cu'] } };
}

/** The program of {@link MORSE_PROGRAM}, whose every call can be counted. */
export function morse(): Record<string, unknown> {
  return { kind: 'command', command: ['node', 'morse.mjs', '{input}', '{output}'] };
}

/** A folder with a config in it, and the program beside it. */
export interface Bench {
  readonly folder: string;
  readonly config: string;
  /** The run directory, not made yet. */
  readonly run: string;
}

const scratch = mkdtempSync(join(tmpdir(), 'serendip-run-'));
let benches = 0;

export function bench(config: TinyConfig): Bench {
  const folder = join(scratch, String(benches++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'run.yaml'), stringify(config));
  writeFileSync(join(folder, 'morse.mjs'), MORSE_PROGRAM);
  return { folder, config: join(folder, 'run.yaml'), run: join(folder, 'run') };
}
