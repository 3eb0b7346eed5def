import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG, call, folderWith } from './program.ts';

const json = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const silicon = ['--prototype', 'diamond', '--element', 'Si', '--a', '5.4 Å'];

describe('serendip elastic', () => {
  it('measures a crystal by name and sets a reference beside it', async () => {
    const folder = folderWith({});
    const reference = '{kind: tersoff, set: Si1988, elements: [Si]}';
    const words = [
      ...silicon,
      '--potential',
      '{kind: stillingerWeber}',
      '--reference',
      reference,
      '-o',
      'si',
    ];
    const { code, out, err } = await call(folder, 'elastic', ...words);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/C44 +56\.45 +109\.76 +10\.31 +46\.14/);
    expect(out).toContain('Space group F d -3 m (227)');
    const found = json(folder, 'si/elastic.json');
    expect(found.constants.map((c: { name: string }) => c.name)).toEqual(['C11', 'C12', 'C44']);
    expect(found.moduli.stable).toBe(true);
    expect(found.warnings).toEqual([]);
    expect(readFileSync(join(folder, 'si/report.html'), 'utf8')).toContain('figure-youngs-surface');
  });

  it('learns the crystal of the example on the fly, and finds its labels when it is asked again', async () => {
    const folder = folderWith({});
    const example = new URL('../../examples/05-magnesium-elastic/run.yaml', import.meta.url).pathname;
    const { code, out, err } = await call(folder, 'elastic', '--config', example, '-o', 'mg');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/round 1 {2}labels 12 .* C11 .* ± .* C44 .* GPa/);
    const found = json(folder, 'mg/elastic.json');
    expect(found.constants).toHaveLength(5);
    for (const c of found.constants) {
      expect(Math.abs(c.value - c.reference)).toBeLessThan(c.bar);
      expect(Math.abs(c.value - c.reference)).toBeLessThan(1);
    }
    expect(found.labels).toBeLessThanOrEqual(24);
    expect(found.rounds.at(-1).ended).toBe('tolerance');
    expect(found.entropy).toBeLessThan(found.rounds[0].entropy);
    expect(existsSync(join(folder, 'mg/models/0002/potential.yaml'))).toBe(true);
    const again = await call(folder, 'elastic', '--config', example, '-o', 'mg');
    expect(again.out).toMatch(/label 1 \(start, 36 atoms, cached\)/);
    expect(json(folder, 'mg/elastic.json').constants).toEqual(found.constants);
    const model = ['--model', 'mg/models/0002', '--prototype', 'hcp', '--element', 'Mg', '--a', '3.2 Å'];
    const stored = await call(folder, 'elastic', ...model, '-o', 'model');
    expect(stored.out).toContain('its spread knows nothing of what its basis cannot say');
  });

  it('says that a crystal is none', async () => {
    const far = ['--prototype', 'diamond', '--element', 'Si', '--a', '12 Å'];
    const { code, err } = await call(
      folderWith({}),
      'elastic',
      ...far,
      '--potential',
      '{kind: stillingerWeber}',
    );
    expect(code).toBe(4);
    expect(err).toMatch(/stiffness of 0.0 GPa.*check the lattice parameter/);
  });

  it.each([
    [[], /needs one crystal|got no potential/],
    [silicon, /got no potential; name one with --potential/],
    [[...silicon, '--potential', '{kind: tersof}'], /--potential/],
    [[...silicon, '--potential', 'nowhere'], /'nowhere' is not there/],
    [[...silicon, '--until', 'entropy<2'], /without a calculator to learn from/],
    [['--config', 'run.yaml', '--until', 'soon'], /must be a bound such as 'entropy<2'/],
    [['--config', 'run.yaml', ...silicon], /beside --config, which names its own/],
  ] as const)('%j is refused with a remedy', async (words, message) => {
    const { code, err } = await call(folderWith({ 'run.yaml': CONFIG }), 'elastic', ...words);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
