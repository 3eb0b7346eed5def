import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

const data = fileURLToPath(new URL('../../../shared/data/mlearn', import.meta.url));
const have = existsSync(data) || process.env.CI !== undefined;
if (!have) console.warn('skipped: the study of accuracy; its data set is not there');

const context = { short: true, progress: () => {}, signal: new AbortController().signal };

describe('the study of accuracy', () => {
  it('asks for the folder of the benchmark', async () => {
    const study = studies.create(studies.schema.parse({ kind: 'accuracy' }));
    await expect(study.run({ ...context, data: undefined })).rejects.toThrow(/--data must name the folder/);
  });

  it.skipIf(!have)('sets linear and nonlinear fits beside published potentials', async () => {
    const study = studies.create(studies.schema.parse({ kind: 'accuracy', elements: ['Li'], cutoff: '5 Å' }));
    const { tables } = await study.run({ ...context, data });
    expect(tables[0].rows.map(([element, name]) => `${element} ${name}`)).toEqual([
      'Li ACE, linear',
      'Li ACE, nonlinear',
      'Li GAP, published',
      'Li MTP, published',
    ]);
    const [energy, force] = [6, 7].map((k) => Number(tables[0].rows[0][k]));
    // Forty functions and one frame in twelve: an order of magnitude below the spread of the forces.
    expect(energy).toBeLessThan(4);
    expect(force).toBeLessThan(0.03);
  });
});
