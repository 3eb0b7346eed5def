import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseSource, parseYaml } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { buildPrototype, prototypeSchema } from '../../src/core/prototypes.ts';
import { readStrain } from '../../src/report/read/strain.ts';
import { readLedger } from '../../src/run/ledger.ts';
import { readEvents } from '../../src/run/rareEvents/eventFolder.ts';
import type { YieldFindings } from '../../src/run/strain/yieldFindings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist/src/cli/main.js');
const scratch = mkdtempSync(join(tmpdir(), 'serendip-examples-'));

type Config = {
  md: { steps: number; integrator: Record<string, unknown> };
  structure: { file?: string; repeat?: number[] };
  strain?: Record<string, unknown>;
  validate?: { frames: number };
  stop?: { labels: number };
  start?: { rattle: { repeat?: number[] } };
  output?: Record<string, unknown>;
};

/** Runs an example's config, changed by `shorten`, and returns its run directory. */
function runExample(
  command: 'run' | 'md' | 'strain',
  example: string,
  shorten: (config: Config) => void,
  file = `${command}.yaml`,
): string {
  const config: Config & { base?: string } = parse(
    readFileSync(join(ROOT, 'examples', example, file), 'utf8'),
  );
  config.base = join(ROOT, 'examples', example);
  shorten(config);
  const path = join(scratch, `${example}-${file}`);
  writeFileSync(path, stringify(config));
  const directory = join(scratch, `${example}-${file}.run`);
  const run = spawnSync(process.execPath, [CLI, command, path, '-d', directory], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  expect(existsSync(join(directory, 'report.html'))).toBe(true);
  return directory;
}

function thermo(directory: string): Record<string, number>[] {
  const [header, ...rows] = readFileSync(join(directory, 'thermo.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((x, k) => [names[k], Number(x)])));
}

describe('examples', () => {
  it('has the command line built', () => {
    expect(existsSync(CLI), 'npm run build makes dist/').toBe(true);
  });

  it('each has a config, a structure and a README', () => {
    const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((e) =>
      e.isDirectory(),
    );
    expect(folders.length).toBeGreaterThanOrEqual(4);
    for (const { name } of folders) {
      const files = readdirSync(join(ROOT, 'examples', name));
      const config = files.find((f) => f === 'run.yaml' || f === 'md.yaml');
      expect(files, name).toContain('README.md');
      const { structure }: Config = parse(readFileSync(join(ROOT, 'examples', name, config!), 'utf8'));
      if (!structure.file) buildPrototype(prototypeSchema.parse(structure));
      else expect(existsSync(join(ROOT, 'examples', name, structure.file)), name).toBe(true);
    }
  });

  it('argon keeps its energy and melts', () => {
    const rows = thermo(
      runExample('md', '01-argon', (c) => {
        c.md.steps = 400;
      }),
    );
    expect(rows).toHaveLength(41);
    const energies = rows.map((r) => r.conserved_eV / 256);
    expect(Math.max(...energies) - Math.min(...energies)).toBeLessThan(2e-5);
    expect(rows[0].temperature_K).toBeGreaterThan(150);
    expect(rows.at(-1)!.temperature_K).toBeLessThan(130);
  });

  it('copper pauses, learns and beats its starting ensemble', () => {
    const directory = runExample('run', '02-copper-melting', (c) => {
      c.md.steps = 700;
      c.validate!.frames = 10;
    });
    const events = readLedger(join(directory, 'ledger.jsonl'));
    const finished = events.find((e) => e.type === 'finished');
    expect(finished).toMatchObject({ reason: 'steps', step: 700 });
    expect(finished!.pauses).toBeGreaterThanOrEqual(1);
    const { summary } = events.find((e) => e.type === 'validated')!;
    expect(summary.improvement).toBeGreaterThan(1.2);
    expect(summary.control!.stepsCompleted).toBeGreaterThan(0);
  });

  it('copper is melted with thresholds that follow from a target', () => {
    const shortened = (c: Config) => {
      c.md.steps = 900;
    };
    const directory = runExample('run', '02-copper-melting', shortened, 'target.yaml');
    const events = readLedger(join(directory, 'ledger.jsonl'));
    expect(events.find((e) => e.type === 'finished')).toMatchObject({ reason: 'steps', step: 900 });
    expect(events.find((e) => e.type === 'thresholds')).toMatchObject({ select: 2, pause: 5, target: 0.2 });
    expect(events.findLast((e) => e.type === 'thresholds')).toMatchObject({ source: 'calibrated' });
  });

  it('silicon learns around its vacancy', () => {
    const directory = runExample('run', '03-silicon-vacancy', (c) => {
      c.md.steps = 500;
      c.validate!.frames = 5;
    });
    const events = readLedger(join(directory, 'ledger.jsonl'));
    expect(events.filter((e) => e.type === 'paused').length).toBeGreaterThanOrEqual(1);
    expect(events.at(-1)!.type).toBe('validated');
  });

  it('aluminium pauses at its adatoms first', () => {
    const directory = runExample('run', '04-aluminium-adatoms', (c) => {
      c.md.steps = 60;
      c.validate!.frames = 3;
    });
    const [first] = readLedger(join(directory, 'ledger.jsonl')).filter((e) => e.type === 'paused');
    expect(first.step).toBeLessThan(60);
    expect(first.flaggedCount).toBeGreaterThan(0);
  });

  it('iron is labelled by a strategy, and every alternative that its config names is one', () => {
    const directory = runExample('run', '07-iron-choosing', (c) => {
      c.md.steps = 400;
      c.validate!.frames = 3;
    });
    const labels = readLedger(join(directory, 'ledger.jsonl')).filter((e) => e.type === 'labelled');
    expect(labels.length).toBeGreaterThan(6);
    const path = join(ROOT, 'examples', '07-iron-choosing', 'run.yaml');
    const text = readFileSync(path, 'utf8');
    const alternatives = [...text.matchAll(/^( +)# (strategy: .*?)(?: #.*)?$/gm)];
    expect(alternatives).toHaveLength(7);
    for (const [, indent, line] of alternatives) {
      const other = text.replace(/^ +strategy: .*$/m, `${indent}${line}`);
      const config = parseSource(runSchema, parseYaml(other, path));
      expect(line).toContain(config.extract.strategy.kind);
    }
  });

  it('copper yields under tension, as the reference has it', () => {
    const directory = runExample(
      'strain',
      '06-copper-tension',
      (c) => {
        c.structure.repeat = [3, 3, 3];
        Object.assign(c.md.integrator, { strain: { zz: { rate: '1e11 1/s' } }, cellRelaxation: '80 fs' });
        c.md.steps = 1150;
        c.strain = { every: 10, reference: 3 };
      },
      'run.yaml',
    );
    const config = parse(readFileSync(join(directory, 'config.resolved.yaml'), 'utf8'));
    const { run, references } = readStrain((name) => join(directory, name), config)!;
    const [own, truth] = [run, references[0]].map((c) => c.yields!);
    expect(truth.stress).toBeGreaterThan(5);
    expect(Math.abs(own.stress / truth.stress - 1)).toBeLessThan(0.15);
    expect(Math.abs(own.strain / truth.strain - 1)).toBeLessThan(0.15);
    const events = readLedger(join(directory, 'ledger.jsonl'));
    expect(events.filter((e) => e.type === 'paused').length).toBeGreaterThanOrEqual(1);
    const verdict = events.findLast((e) => e.type === 'yielded')!;
    expect(verdict.inside).toEqual({ strain: true, stress: true });
    expect(verdict.band!.stress.half).toBeLessThan(0.5 * truth.stress);
  });

  it('an adatom on aluminium exchanges with the surface, which the reference confirms', () => {
    const directory = runExample('run', '09-aluminium-surface', (c) => {
      c.md.steps = 2100;
    });
    const [first] = readEvents(join(directory, 'events'));
    expect(first).toMatchObject({ verdict: 'confirmed', elements: ['Al', 'Al'] });
    expect(first.title).toContain('(exchange)');
    // Of the potential itself, by test/physics/paths.test.ts.
    expect(Math.abs(first.path!.forward.value - 0.323)).toBeLessThan(0.03);
  });

  it('a vacancy in silicon closes, as the reference has it', () => {
    const directory = runExample('run', '10-silicon-vacancy-switch', (c) => {
      c.md.steps = 700;
    });
    const [first] = readEvents(join(directory, 'events'));
    expect(first).toMatchObject({ verdict: 'confirmed', elements: ['Si', 'Si', 'Si', 'Si'] });
    // Of the potential itself, by test/physics/paths.test.ts.
    expect(Math.abs(first.path!.forward.value - 0.152)).toBeLessThan(0.03);
    expect(first.path!.backward.value).toBeGreaterThan(1.5);
  });

  it('sheared copper slips into a stacking fault, as the reference has it', () => {
    const directory = runExample('run', '11-copper-slip', (c) => {
      c.structure.repeat = [2, 1, 2];
      Object.assign(c.md.integrator, { strain: { yz: { rate: '5e10 1/s' } } });
      c.md.steps = 2000;
    });
    const [slip] = readEvents(join(directory, 'events'));
    expect(slip).toMatchObject({ title: '32 atoms slipped, 32 fcc → hcp', verdict: 'confirmed' });
    expect(slip.localAfter).toEqual({ hcp: 32, fcc: 32 });
  });

  it('copper in a large cell starts from small ones, and its atoms are put to rest where it yields', () => {
    const directory = runExample(
      'strain',
      '06-copper-tension',
      (c) => {
        c.structure.repeat = [3, 3, 3];
        c.start!.rattle.repeat = [2, 2, 2];
        Object.assign(c.md.integrator, { strain: { zz: { rate: '1e11 1/s' } }, cellRelaxation: '80 fs' });
        c.md.steps = 575;
        c.strain = { every: 5, reference: 2, drop: 0.1 };
        c.output = { thermo: 50, trajectory: 10, checkpoint: 200 };
      },
      'long.yaml',
    );
    const { run, atRest, references } = JSON.parse(
      readFileSync(join(directory, 'strain-yield.json'), 'utf8'),
    ) as YieldFindings;
    expect(run!.stress).toBeGreaterThan(5);
    // So small a crystal may well flow without much of a fall.
    expect(atRest.map((frames) => frames.length)).toEqual([run, ...references].map((p) => (p ? 4 : 0)));
    for (const frames of atRest.filter((f) => f.length > 0)) {
      expect(frames.map((f) => f.when)).toEqual(['start', 'yield', 'fallen', 'end']);
      expect(frames[0].counts.fcc).toBe(108);
      for (const { force, converged } of frames) expect(force <= 0.01).toBe(converged);
    }
    const labels = readLedger(join(directory, 'ledger.jsonl')).filter((e) => e.type === 'labelled');
    expect(labels.slice(0, 6).map((e) => e.atoms)).toEqual(Array(6).fill(32));
  });
});
