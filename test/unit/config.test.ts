import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/load.ts';
import { jsonSchema, resolvedYaml } from '../../src/config/resolve.ts';
import { scaffold } from '../../src/config/scaffold.ts';
import { runSchema } from '../../src/config/schema.ts';
import { crystal } from '../../src/core/prototypes.ts';

const GOOD = `version: 1
title: test
structure: { prototype: fcc, element: Cu, a: 3.6 Å, repeat: [2, 2, 2] }
model:
  elements: [Cu]
  cutoff: 0.5 nm
md:
  integrator: { kind: langevin, timestep: 0.002 ps, temperature: { from: 300 K, to: 600 K, over: 1 ps } }
  startTemperature: 300 K
  steps: 10
label:
  calculator: { kind: potential, potential: { kind: eam, set: zhou, elements: [Cu] } }
start:
  rattle: { frames: 2, amplitude: 0.05 Å }
`;

const folder = mkdtempSync(join(tmpdir(), 'serendip-config-'));

function written(text: string, name = 'run.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The message of the error that a config gives. */
function complaint(text: string): string {
  try {
    readConfig(runSchema, written(text));
  } catch (error) {
    expect((error as Error).name).toBe('UserError');
    return (error as Error).message.replaceAll(folder, '.');
  }
  throw new Error('the config was accepted');
}

describe('config', () => {
  it('reads values in any unit into Å, fs and K', () => {
    const { config } = readConfig(runSchema, written(GOOD));
    expect(config.model).toMatchObject({ cutoff: expect.closeTo(5, 12) });
    expect(config.md.integrator).toMatchObject({ kind: 'langevin', timestep: 2 });
    expect(config.md.startTemperature).toBe(300);
  });

  it('resolves to a file that means the same, with every default written out', () => {
    const { config, source } = readConfig(runSchema, written(GOOD));
    const text = resolvedYaml(runSchema, source);
    const again = readConfig(runSchema, written(text, 'resolved.yaml'));
    expect(again.config).toEqual(config);
    expect(parse(text)).toMatchObject({
      backend: 'wasm',
      base: folder,
      stop: { labels: 100 },
      uncertainty: { interval: 10 },
      md: { integrator: { friction: '1 1/ps', seed: 0 } },
      extract: { buffer: expect.stringMatching(/Å$/) },
    });
  });

  it('names the nearest key for one it does not know, with its line', () => {
    expect(complaint(GOOD.replace('  steps: 10', '  step: 10'))).toMatch(
      /run\.yaml:10 md\.step: unknown key; did you mean 'steps'\?/,
    );
    expect(complaint(`${GOOD}colour: red\n`)).toMatch(/run\.yaml:15 colour: unknown key/);
    expect(complaint(GOOD.replace('timestep:', 'timstep:'))).toMatch(
      /:8 md\.integrator\.timstep: unknown key; did you mean 'timestep'\?/,
    );
  });

  it('refuses a number without a unit, and the wrong unit', () => {
    expect(complaint(GOOD.replace('0.5 nm', '5'))).toMatch(
      /:6 model\.cutoff: got 5, a number and a unit are needed/,
    );
    expect(complaint(GOOD.replace('0.5 nm', '5 K'))).toMatch(
      /:6 model\.cutoff: got '5 K', unknown length unit 'K'.*Å/,
    );
    expect(complaint(GOOD.replace('0.002 ps', '20 fs'))).toMatch(
      /:8 md\.integrator\.timestep: got .*20 fs.*≤ 10 fs/,
    );
  });

  it('says which component kinds there are', () => {
    expect(complaint(GOOD.replace('kind: langevin', 'kind: langevine'))).toMatch(
      /:8 md\.integrator.*langevin/,
    );
  });

  it('takes a backend by its kind, or with its options', () => {
    const with_ = (backend: string) => `${GOOD}backend: ${backend}\n`;
    for (const backend of ['auto', '{ kind: webgpu, adapter: RTX }', '{ kind: wasm, threads: 2 }'])
      expect(readConfig(runSchema, written(with_(backend))).config.backend).toEqual(parse(backend));
    expect(complaint(with_('abacus'))).toMatch(/backend: got 'abacus', .*plain.*wasm.*webgpu.*auto/);
    expect(complaint(with_('{ kind: abacus }'))).toMatch(/backend.*abacus.*webgpu/);
    expect(complaint(with_('{ kind: wasm, thread: 2 }'))).toMatch(/did you mean 'threads'/);
  });

  it('lists every problem at once', () => {
    const text = complaint(GOOD.replace('0.5 nm', '5 K').replace('steps: 10', 'steps: -1'));
    expect(text.split('\n')).toHaveLength(2);
  });

  it('shows the line of a YAML mistake', () => {
    expect(complaint(GOOD.replace('elements: [Cu]', 'elements: [Cu'))).toMatch(
      /run\.yaml:\d+ .*; mend the YAML/,
    );
  });

  it('says when the file is not there', () => {
    expect(() => readConfig(runSchema, join(folder, 'none.yaml'))).toThrow(
      /none\.yaml: cannot be read \(no such file or folder\)/,
    );
  });

  it('gives a JSON Schema with the keys of a run', () => {
    const schema = jsonSchema(runSchema) as { properties: Record<string, unknown>; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['structure', 'md', 'label', 'stop']),
    );
    expect(schema.required).not.toContain('stop');
  });

  it('scaffolds a config that is accepted', () => {
    const text = scaffold(crystal('fcc', ['Cu'], 3.6), 'POSCAR');
    const { config } = readConfig(runSchema, written(text, 'scaffold.yaml'));
    expect(config.structure).toMatchObject({ file: join(folder, 'POSCAR') });
  });
});
