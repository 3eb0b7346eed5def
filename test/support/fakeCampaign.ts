import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOLTZMANN } from '../../src/core/units.ts';
import { noise } from './fakeRun.ts';
import { FAKE_EVENTS, writeFakeTransitions } from './fakeTransitions.ts';

/** Runs at these temperatures, K, each for `TIME` fs; the numbers of hops follow the barrier. */
export const FAKE_CAMPAIGN = { temperatures: [800, 900, 1000, 1100], seeds: 2, time: 2e6, prefactor: 5e-2 };

/** Fills `root` with what a campaign of runs that looked for rare events would leave; the last run was heated. */
export function writeFakeCampaign(root: string): void {
  const { temperatures, seeds } = FAKE_CAMPAIGN;
  const members = temperatures.flatMap((T, t) =>
    Array.from({ length: seeds }, (_, s) => ({
      name: String(seeds * t + s + 1).padStart(4, '0'),
      values: { 'md.integrator.temperature': `${T} K`, seed: s + 1 },
    })),
  );
  const all = [...members, { name: '0009', values: { 'md.integrator.temperature': 'ramp', seed: 1 } }];
  mkdirSync(root, { recursive: true });
  const vary = { 'md.integrator.temperature': [...temperatures.map((T) => `${T} K`), 'ramp'], seed: [1, 2] };
  writeFileSync(
    join(root, 'campaign.json'),
    JSON.stringify({ title: 'Vacancies in copper', vary, share: true, parallel: 2, members: all }),
  );
  all.forEach(({ name }, k) => {
    const T = k < members.length ? temperatures[Math.floor(k / seeds)] : undefined;
    writeMember(join(root, 'runs', name), T, k);
  });
}

/** Hops of one run: the expected number and a third of its Poisson scatter. */
export function fakeHops(T: number, k: number): number {
  const mean =
    FAKE_CAMPAIGN.time * FAKE_CAMPAIGN.prefactor * Math.exp(-FAKE_EVENTS.barrier / (BOLTZMANN * T));
  return Math.max(0, Math.round(mean + 0.3 * Math.sqrt(mean) * noise(220, k)));
}

/** Undefined `T`: heated from 700 to 1100 K. */
function writeMember(place: string, T: number | undefined, k: number): void {
  const { time } = FAKE_CAMPAIGN;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'config.resolved.yaml'), CONFIG);
  writeFileSync(join(place, 'ledger.jsonl'), '');
  const rows = Array.from({ length: 201 }, (_, n) => {
    const now = (T ?? 700 + 2 * n) + 8 * noise(221 + k, n);
    return `${500 * n * (time / 2e5)},${(n / 200) * time},${now.toFixed(2)}`;
  });
  writeFileSync(join(place, 'thermo.csv'), `step,time_fs,temperature_K\n${rows.join('\n')}\n`);
  const barrier = FAKE_EVENTS.barrier + 0.006 * noise(222, k);
  writeFakeTransitions(place, time, {
    hops: T === undefined ? 6 : fakeHops(T, k),
    temperature: T ?? 900,
    barrier,
    structures: false,
  });
}

const CONFIG = `version: 1
title: Copper with a vacancy
structure: { file: copper.xyz }
potential: { kind: lennardJones, set: argon }
md: { integrator: { kind: velocityVerlet, timestep: 2 fs }, startTemperature: 900 K, steps: 1000000 }
`;
