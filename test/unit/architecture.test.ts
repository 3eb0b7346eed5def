import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Imports point inward: which folders a folder may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  potentials: ['src/core'],
  integrators: ['src/core'],
  'src/io': ['src/core', 'src/calculators'],
  'src/uncertainty': ['src/core', 'potentials', 'src/learn', 'src/cluster'],
  'src/bias': ['src/core'],
  'src/backend': ['src/bias', 'src/core', 'potentials', 'integrators', 'src/uncertainty', 'src/learn'],
  'src/calculators': ['src/core', 'potentials', 'src/io'],
  'src/analysis': ['src/core'],
  'src/cluster': ['src/core'],
  'src/learn': ['src/core', 'potentials', 'src/calculators', 'src/cluster'],
  'src/extract': ['src/core', 'potentials', 'src/learn', 'src/select', 'src/uncertainty', 'src/backend'],
  'src/config': [
    'src/core',
    'src/io',
    'potentials',
    'integrators',
    'src/uncertainty',
    'src/calculators',
    'src/learn',
    'src/extract',
    'src/backend',
    'src/events',
    'src/properties',
    'src/bias',
  ],
  'src/report': [
    'src/core',
    'src/io',
    'src/run',
    'src/config',
    'src/extract',
    'src/learn',
    'src/analysis',
    'src/properties',
    'src/campaign',
    'src/events',
  ],
  'src/campaign': ['src/core', 'src/config', 'src/io', 'src/run', 'integrators'],
  'src/bench': ['src/core', 'potentials', 'integrators', 'src/uncertainty', 'src/backend'],
  'src/information': ['src/core', 'potentials', 'src/learn', 'src/calculators', 'src/properties'],
  'src/select': ['src/core', 'potentials', 'src/cluster', 'src/information', 'src/learn', 'src/uncertainty'],
  'src/properties': [
    'src/analysis',
    'src/core',
    'potentials',
    'integrators',
    'src/calculators',
    'src/backend',
    'src/uncertainty',
  ],
  'src/events': [
    'src/analysis',
    'src/backend',
    'src/core',
    'src/calculators',
    'src/properties',
    'src/uncertainty',
    'integrators',
  ],
  'src/studies': ['src', 'potentials', 'integrators'],
  'src/run': ['src', 'potentials', 'integrators'],
  'src/cli': ['src', 'potentials', 'integrators'],
  src: ['src', 'potentials', 'integrators'],
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const files = ['potentials', 'integrators', 'src'].flatMap(sources);

function folderOf(file: string): string {
  const [top, second, third] = file.split('/');
  return top === 'src' && third !== undefined ? `${top}/${second}` : top;
}

function imports(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const pattern = /(?:^|\n)(?:import|export)\s[^;]*?from\s+'([^']+)'/g;
  return Array.from(text.matchAll(pattern), (match) => match[1]);
}

describe('architecture', () => {
  it('has sources to look at', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(imports).length).toBeGreaterThan(300);
  });

  it.each(Object.keys(MAY_IMPORT))('%s imports only what lies further in', (folder) => {
    const allowed = [folder, ...MAY_IMPORT[folder]];
    const offences = files
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) =>
        imports(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)))
          .filter((target) => !allowed.some((a) => target.startsWith(`${a}/`)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(offences).toEqual([]);
  });

  it('knows every folder', () => {
    const folders = [...new Set(files.map(folderOf))];
    expect(folders.filter((f) => !(f in MAY_IMPORT))).toEqual([]);
  });

  it('lets nothing import the command line', () => {
    const offences = files.filter((f) => folderOf(f) !== 'src/cli').flatMap(imports);
    expect(offences.filter((name) => /\/cli\//.test(name))).toEqual([]);
  });

  it('keeps file access out of physics', () => {
    // Potentials that users keep in files are read where they are made, and nowhere else.
    const readers = ['potentials/eam/eam.ts', 'potentials/ace/fromFile.ts'];
    const offences = files
      .filter((f) => (f.startsWith('potentials/') || f.startsWith('integrators/')) && !readers.includes(f))
      .filter((f) => imports(f).some((name) => name.startsWith('node:')));
    expect(offences).toEqual([]);
  });

  it('has a README in every folder', () => {
    const missing = [...new Set(files.map(dirname))].filter((folder) => {
      const top = folder
        .split('/')
        .slice(0, folder.startsWith('potentials') ? 1 : 2)
        .join('/');
      return top !== 'src' && !readdirSync(join(ROOT, top)).includes('README.md');
    });
    expect([...new Set(missing)]).toEqual([]);
  });

  it('states in no file where it was made', () => {
    const offences = files.filter((f) =>
      /\/(work|home|root)\/[a-z]/.test(readFileSync(join(ROOT, f), 'utf8')),
    );
    expect(offences).toEqual([]);
  });
});
