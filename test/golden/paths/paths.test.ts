import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nudgedElasticBand } from '../../../src/properties/band.ts';
import { refineSaddle } from '../../../src/properties/dimer.ts';
import { evaluatesOf, FILES, HOPS, unitOf } from './hops.ts';

interface Golden {
  readonly name: string;
  /** eV/Å, in the space of all atoms, that LAMMPS left at an image. */
  readonly force: number;
  /** eV. */
  readonly forward: number;
  readonly backward: number;
}

const { cases }: { cases: readonly Golden[] } = JSON.parse(
  readFileSync(new URL('lammps.json', import.meta.url), 'utf8'),
);

describe.each(cases)('LAMMPS and ours: $name', ({ name, forward, backward, force }) => {
  const hop = HOPS.find((h) => h.name === name)!;
  const file = hop.options.file && `${FILES}/${hop.options.file}`;
  const absent = file !== undefined && !existsSync(file) && process.env.CI === undefined;
  if (absent) console.log(`skipped: ${file} is not there; it comes with LAMMPS`);
  it.skipIf(absent)('same barrier', async () => {
    expect(force).toBeLessThan(2e-3);
    const evaluates = evaluatesOf(hop);
    const [initial, final] = await hop.ends(evaluates, await unitOf(evaluates, hop.crystal));
    const { value: band } = await nudgedElasticBand(evaluates, initial, final);
    expect(band!.converged).toBe(true);
    expect(band!.rounds).toBeLessThan(60);
    const { energies, saddle, images, mode } = band!;
    expect(forward).toBeGreaterThan(0.1);
    expect(Math.abs(energies[saddle] - energies[0] - forward)).toBeLessThan(1e-3);
    expect(Math.abs(energies[saddle] - energies[energies.length - 1] - backward)).toBeLessThan(1e-3);
    const { value: refined } = await refineSaddle(evaluates, images[saddle], mode);
    expect(Math.abs(refined!.energy - energies[0] - forward)).toBeLessThan(3e-4);
  });
});
