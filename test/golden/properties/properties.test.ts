import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { potentials } from '../../../potentials/registry.ts';
import { crystal } from '../../../src/core/prototypes.ts';
import type { Plane } from '../../../src/core/surfaces.ts';
import { surfaceEnergy, vacancyEnergy } from '../../../src/properties/defects.ts';
import { plainly } from '../../../src/properties/evaluates.ts';
import { type InterstitialLattice, interstitialEnergy } from '../../../src/properties/interstitials.ts';
import { forceConstants, phononFrequencies, reciprocalCell } from '../../../src/properties/phonons.ts';
import { primitiveCell } from '../../../src/properties/primitive.ts';
import { quasiHarmonic, vibratingVolumes } from '../../../src/properties/quasiHarmonic.ts';
import { relax } from '../../../src/properties/relax.ts';
import { stackingFaultCurve } from '../../../src/properties/stackingFault.ts';
import { strained } from '../../../src/properties/strain.ts';
import { symmetryOf } from '../../../src/properties/symmetry.ts';

interface Golden {
  readonly name: string;
  readonly options: { readonly kind: string; readonly file?: string };
  readonly crystal: readonly [InterstitialLattice, readonly string[], number];
  /** eV/atom. */
  readonly energy: number;
  /** Strain and eV/atom. */
  readonly stretched: readonly (readonly [number, number])[];
  readonly repeat: number;
  readonly layers: number;
  /** eV. */
  readonly vacancy: number;
  readonly interstitials: Readonly<Record<string, number>>;
  /** eV/Å². */
  readonly surfaces: Readonly<Record<Plane, number>>;
  /** Slip and eV/Å². */
  readonly faults?: readonly (readonly [number, number])[];
  /** 1/fs, of all wavevectors that fit into 2 × 2 × 2 cells. */
  readonly frequencies: readonly number[];
}

const FILES = '/usr/share/lammps/potentials';
const { cases }: { cases: readonly Golden[] } = JSON.parse(
  readFileSync(new URL('lammps.json', import.meta.url), 'utf8'),
);

describe.each(cases)('LAMMPS and ours: $name', ({ options, crystal: [lattice, elements, a], ...golden }) => {
  const file = options.file && `${FILES}/${options.file}`;
  const absent = file !== undefined && !existsSync(file) && process.env.CI === undefined;
  if (absent) console.log(`skipped: ${file} is not there; it comes with LAMMPS`);
  const test = it.skipIf(absent);
  const unit = crystal(lattice, elements, a);
  const repeat = [golden.repeat, golden.repeat, golden.repeat] as const;
  const made = () => plainly(potentials.create(potentials.schema.parse(file ? { ...options, file } : options)));

  test('energies of stretched cells', async () => {
    const potential = made();
    const n = unit.species.length;
    const energy = async (e: number) =>
      (await potential.evaluate(strained(unit, [e, e, e, 0, 0, 0]), [])).energy / n;
    expect(Math.abs((await energy(0)) - golden.energy)).toBeLessThan(1e-6);
    for (const [e, expected] of golden.stretched) expect(Math.abs((await energy(e)) - expected)).toBeLessThan(1e-6);
  });

  test('vacancy, interstitials and surfaces', async () => {
    const potential = made();
    const vacancy = await vacancyEnergy(potential, unit, repeat);
    expect(Math.abs(vacancy.value! - golden.vacancy)).toBeLessThan(1e-4);
    for (const [name, expected] of Object.entries(golden.interstitials)) {
      const { value } = await interstitialEnergy(potential, unit, repeat, lattice, name);
      expect(Math.abs(value! - expected), name).toBeLessThan(5e-4);
    }
    for (const [plane, expected] of Object.entries(golden.surfaces)) {
      const { value } = await surfaceEnergy(potential, unit, plane as Plane, golden.layers);
      expect(Math.abs(value! - expected), plane).toBeLessThan(1e-5);
    }
  });

  test('every phonon that fits into the supercell', async () => {
    const found = await forceConstants(made(), unit, { size: 2 * a });
    expect(found.repeat).toEqual([2, 2, 2]);
    const half = reciprocalCell(unit.cell).map((x) => x / 2);
    const all = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bits) => {
      const q = [0, 1, 2].map((x) => [1, 2, 4].reduce((sum, bit, k) => sum + (bits & bit ? half[3 * k + x] : 0), 0));
      return [...phononFrequencies(found, q)];
    });
    // A frequency of zero is the root of a rounding error.
    const squares = (w: readonly number[]) => w.map((x) => Math.sign(x) * x * x).sort((p, q) => p - q);
    const [ours, theirs] = [squares(all), squares(golden.frequencies)];
    expect(ours).toHaveLength(theirs.length);
    const most = theirs.at(-1)!;
    ours.forEach((x, k) => {
      expect(Math.abs(x - theirs[k])).toBeLessThan(1e-5 * most);
    });
  });

  const { faults } = golden;
  if (faults === undefined) return;
  test('stacking faults', async () => {
    const { value } = await stackingFaultCurve(made(), elements[0], a, { steps: 2 });
    for (const [slip, expected] of faults) {
      const ours = value!.points.find((p) => p.slip === slip)!;
      expect(Math.abs(ours.energy - expected)).toBeLessThan(1e-6);
    }
  });
});

const expansion: { readonly temperature: number; readonly lattice: Readonly<Record<string, number>> } = JSON.parse(
  readFileSync(new URL('expansion.json', import.meta.url), 'utf8'),
);

describe.each(Object.entries(expansion.lattice))('expansion with %s', (name, golden) => {
  const file = `${FILES}/${name}`;
  const absent = !existsSync(file) && process.env.CI === undefined;
  if (absent) console.log(`skipped: ${file} is not there; it comes with LAMMPS`);
  it.skipIf(absent)('classical vibrations expand copper as far as molecular dynamics does, to a fifth', async () => {
    const copper = plainly(potentials.create(potentials.schema.parse({ kind: 'eam', file })));
    const start = crystal('fcc', ['Cu'], 3.615);
    const { structure } = await relax(copper, start, { cell: true, force: 1e-5, stress: 1e-4 });
    const primitive = primitiveCell(structure, symmetryOf(structure));
    const volumes = await vibratingVolumes(copper, primitive, { mesh: 6 });
    const { value } = quasiHarmonic(volumes.value!, expansion.temperature, true);
    // Less by 5 and 15 %: vibrations are not harmonic.
    const byDynamics = golden / structure.cell[0] - 1;
    expect(byDynamics).toBeGreaterThan(0.002);
    expect(value!.strain / byDynamics).toBeGreaterThan(0.8);
    expect(value!.strain / byDynamics).toBeLessThan(1.2);
  });
});

it.skipIf(!existsSync(`${FILES}/Fe_mm.eam.fs`) && process.env.CI === undefined)(
  'has no expansion where vibrations of a splined potential jump with volume',
  async () => {
    const iron = plainly(potentials.create(potentials.schema.parse({ kind: 'eam', file: `${FILES}/Fe_mm.eam.fs` })));
    const start = crystal('bcc', ['Fe'], 2.8553);
    const volumes = await vibratingVolumes(iron, primitiveCell(start, symmetryOf(start)), { mesh: 6, size: 8 });
    // Molecular dynamics has 2.8591 Å at 300 K; harmonic vibrations would make the crystal shrink.
    expect(quasiHarmonic(volumes.value!, 300).failure).toMatch(/not smooth in volume/);
  },
);
