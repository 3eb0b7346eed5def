import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serendip, until } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { type Bench, bench, type TinyConfig, tinyConfig } from './tinyRun.ts';

/** Copper of 32 atoms torn apart within a hundred steps. */
function torn(change: (config: TinyConfig) => void = () => {}): Bench {
  const config = tinyConfig((c) => {
    c.title = 'Copper torn in a hurry';
    c.md.integrator = {
      kind: 'deform',
      timestep: '2 fs',
      strain: { zz: { from: 0, to: 0.3, over: '0.3 ps' } },
      temperature: '100 K',
      pressure: '0 GPa',
      seed: 3,
    };
    c.md.startTemperature = '200 K';
    c.strain = { every: 5, reference: 2 };
    change(c);
  });
  return bench(config);
}

function curve({ run }: Bench): Record<string, number>[] {
  const [names, ...rows] = readFileSync(join(run, 'strain.csv'), 'utf8').trim().split('\n');
  return rows.map((row) => {
    const values = row.split(',').map(Number);
    return Object.fromEntries(names.split(',').map((name, k) => [name, values[k]]));
  });
}

describe('a run that strains its cell', () => {
  it('leaves a curve with a band, learns on the way, and repeats itself after kill -9', async () => {
    const whole = torn();
    const ended = await serendip('strain', whole.config, '-d', whole.run).ended;
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain('reference 2');
    const rows = curve(whole);
    expect(rows.map((r) => r.step)).toEqual(Array.from({ length: 31 }, (_, k) => 5 * k));
    for (const r of rows) {
      expect(r.strain_zz).toBeCloseTo((0.3 * r.step) / 150, 9);
      expect(r.spread_zz_GPa).toBeGreaterThan(0);
      expect(r.fcc + r.hcp + r.bcc + r.other + r.diamond + r.hexagonal_diamond).toBe(32);
    }
    expect(Math.max(...rows.map((r) => r.stress_zz_GPa))).toBeGreaterThan(4);
    expect(ledger(whole.run).filter((e) => e.type === 'resumed').length).toBeGreaterThanOrEqual(2);
    const report = readFileSync(join(whole.run, 'report.html'), 'utf8');
    expect(report).toContain('figure-stress-strain');
    expect(report).toContain('reference 2');
    const table = readFileSync(join(whole.run, 'strain-reference.csv'), 'utf8').trim().split('\n');
    expect(table.map((row) => row.split(',')[0])).toEqual([
      'run',
      ...Array(31).fill('1'),
      ...Array(31).fill('2'),
    ]);
    const { type, at: _, ...verdict } = ledger(whole.run).at(-1)!;
    expect(type).toBe('yielded');
    const { atRest, ...found } = JSON.parse(readFileSync(join(whole.run, 'strain-yield.json'), 'utf8'));
    expect(found).toEqual(verdict);
    expect(found).toMatchObject({ component: 'zz' });
    expect(atRest).toHaveLength(3);

    const killed = torn();
    const first = serendip('strain', killed.config, '-d', killed.run);
    await until(() => existsSync(join(killed.run, 'strain.csv')) && curve(killed).length > 8);
    first.signal('SIGKILL');
    await first.ended;
    expect(await serendip('resume', killed.run).ended).toMatchObject({ code: 0, err: '' });
    expect(keptRun(killed.run)).toEqual(keptRun(whole.run));
  });

  it('goes by increments that are relaxed, and learns when one is unknown', async () => {
    const still = torn((c) => {
      c.md.integrator.strain = { zz: { from: 0, to: 0.2, over: '20 fs' } };
      c.md.steps = 10;
      c.uncertainty.interval = 1;
      c.strain = { every: 1, relax: { force: '0.02 eV/Å' } };
      c.output = { thermo: 1, trajectory: 5, checkpoint: 5 };
    });
    expect(await serendip('strain', still.config, '-d', still.run).ended).toMatchObject({ code: 0, err: '' });
    const rows = curve(still);
    expect(rows).toHaveLength(11);
    expect(rows.at(-1)!.strain_zz).toBeCloseTo(0.2, 9);
    expect(Math.abs(rows.at(-1)!.stress_xx_GPa)).toBeLessThan(0.1);
    expect(Math.max(...rows.map((r) => r.stress_zz_GPa))).toBeGreaterThan(2);
    expect(ledger(still.run).filter((e) => e.type === 'paused').length).toBeGreaterThanOrEqual(1);
  });

  it('refuses what strains nothing', async () => {
    const hot = bench(tinyConfig());
    const ended = await serendip('strain', hot.config, '-d', hot.run).ended;
    expect(ended.code).toBe(2);
    expect(ended.err).toContain("must be 'deform'");
    const section = bench(tinyConfig((c) => Object.assign(c, { strain: {} })));
    expect((await serendip('run', section.config, '-d', section.run).ended).err).toContain(
      'must go with md.integrator.kind: deform',
    );
  });
});
