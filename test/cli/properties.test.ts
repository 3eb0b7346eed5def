import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../../src/calculators/potential.ts';
import { propertiesCommand } from '../../src/cli/properties.ts';
import { buildPrototype, prototypeSchema } from '../../src/core/prototypes.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer } from '../../src/learn/trainer.ts';
import { storeModel } from '../../src/run/modelFolder.ts';
import type { PropertyNumbers } from '../../src/run/properties/propertyNumbers.ts';
import { rattled } from '../../src/run/startingData.ts';
import { runCommand, scratch } from './command.ts';

const path = scratch();
const zhou = { kind: 'eam', set: 'zhou', elements: ['Cu'] };
const numbers = (out: string): PropertyNumbers =>
  JSON.parse(readFileSync(path(`${out}/properties.json`), 'utf8'));
const scalar = (p: PropertyNumbers, name: string) => p.scalars.find((s) => s.name === name)!;

function storeCopper(folder: string): void {
  const reference = potentials.create(potentials.schema.parse(zhou));
  const start = buildPrototype(
    prototypeSchema.parse({ prototype: 'fcc', element: 'Cu', a: '3.615 Å', repeat: [2, 2, 2] }),
  );
  const frames = rattled(start, { frames: 8, amplitude: 0.1, strain: 0.03, seed: 1 }).map((c) => ({
    ...c,
    label: labelByPotential(reference, c.structure),
    group: 'any',
    generation: 1,
  }));
  const model = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '5 Å', functionsPerElement: 20 }),
  );
  const options = trainSchema.parse({ ensemble: { kind: 'bootstrap', members: 4 } });
  const trainer = createTrainer(options, model, [], { threads: 1 });
  storeModel(folder, trainer.learn(frames));
  trainer.dispose();
}

describe('serendip properties', () => {
  it('says of an ensemble what every member says, beside the reference and the literature', async () => {
    storeCopper(path('model'));
    const config = `
structure: { prototype: fcc, element: Cu, a: 3.6 Å }
model: model
reference: ${JSON.stringify(zhou)}
only: [lattice, cohesion, eos, elastic, vacancy, stackingFault, phonons, thermal]
temperature: 200 K
size: 7 Å
reach: 7 Å
literature:
  B₀: { value: 137, source: a book }
  vacancy: 1.28
`;
    writeFileSync(path('properties.yaml'), config);
    const out = await runCommand(propertiesCommand, [
      ...['properties', '--config', path('properties.yaml'), '-o', path('cu')],
    ]);
    expect(out).toMatch(/C44 +GPa +\d+\.\d+ +\d+\.\d+ +75\.74/);
    expect(out).toMatch(/\[1\] a book\./);
    const p = numbers('cu');
    expect(p.members).toBe(4);
    const a = scalar(p, 'a');
    expect(Math.abs(a.value! - a.reference!)).toBeLessThan(0.02);
    expect(a.members).toHaveLength(4);
    expect(new Set(a.members).size).toBe(4);
    const spread = Math.hypot(...a.members.map((x) => x! - a.members.reduce((s, y) => s! + y! / 4, 0)!));
    expect(a.spread).toBeCloseTo(spread / Math.sqrt(3), 12);
    // Student's factor of three degrees of freedom.
    expect(a.bar! / a.spread!).toBeCloseTo(3.182, 3);
    expect(scalar(p, 'cohesive energy').reference).toBeCloseTo(3.54, 2);
    const [c11, c12, b0] = ['C11', 'C12', 'B₀'].map((name) => scalar(p, name).reference!);
    expect(Math.abs(b0 - (c11 + 2 * c12) / 3)).toBeLessThan(1);
    expect(scalar(p, 'B₀').literature).toEqual({ value: 137, source: 'a book' });
    expect(p.curves.map((c) => c.kind)).toEqual(['eos', 'stackingFault', 'phonons']);
    for (const curve of p.curves) expect(curve.members).toHaveLength(4);
    expect(scalar(p, 'a at 200 K').value! - a.value!).toBeGreaterThan(0.003);
    expect(scalar(p, 'heat capacity at 200 K').value!).toBeLessThan(27);
    const report = readFileSync(path('cu/report.html'), 'utf8');
    for (const figure of ['deviations', 'eos', 'stackingFault', 'phonons'])
      expect(report).toContain(`figure-property-${figure}`);
  });

  it('says what a crystal has none of, and why', async () => {
    const words = ['properties', '--prototype', 'B2', '--elements', 'Ni', 'Al', '--a', '2.9 Å'];
    const out = await runCommand(propertiesCommand, [
      ...words,
      ...['--potential', '{kind: eam, set: zhou, elements: [Ni, Al]}', '-o', path('nial')],
      ...['--only', 'lattice', 'cohesion', 'vacancy', 'stackingFault', 'phonons', 'melting'],
    ]);
    expect(out).toContain('Left out: vacancy, of Al and Ni it depends on chemical potentials');
    expect(out).toContain('Left out: stackingFault, known for fcc');
    expect(out).toContain('Without an ensemble there is no error bar.');
    expect(Object.keys(numbers('nial').refused)).toEqual(['vacancy', 'stackingFault', 'phonons', 'melting']);
  });

  it('asks a calculator as it asks a potential', async () => {
    const out = await runCommand(propertiesCommand, [
      ...['properties', '--prototype', 'fcc', '--element', 'Cu', '--a', '3.6 Å', '-o', path('labelled')],
      ...['--potential', JSON.stringify(zhou), '--only', 'lattice', 'eos', 'elastic'],
      ...['--reference', JSON.stringify({ kind: 'potential', potential: zhou })],
    ]);
    expect(out).toContain('C11');
    for (const { value, reference } of numbers('labelled').scalars) expect(reference).toBeCloseTo(value!, 4);
  });

  it('reads how atoms move from a trajectory alone', async () => {
    const frame = (k: number) =>
      `2\nLattice="6 0 0 0 6 0 0 0 6" Properties=species:S:1:pos:R:3 time_fs=${10 * k}\nAr 0 0 0\nAr ${3 + 0.1 * k} 3 3\n`;
    writeFileSync(path('trajectory.xyz'), Array.from({ length: 25 }, (_, k) => frame(k)).join(''));
    const out = await runCommand(propertiesCommand, [
      ...['properties', '--trajectory', path('trajectory.xyz'), '-o', path('moving')],
    ]);
    expect(out).toContain('In motion: 25 frames of 2 atoms, 240 fs');
    const { trajectory } = JSON.parse(readFileSync(path('moving/properties.json'), 'utf8'));
    // Each of two atoms lies 1.2 Å from where it was, seen from their common centre.
    expect(trajectory.displacement.squares.at(-1)[0]).toBeCloseTo(1.44, 10);
    expect(trajectory.diffusion[0].element).toBe('Ar');
    expect(readFileSync(path('moving/report.html'), 'utf8')).toContain('figure-msd');
  });

  it('has no number where the crystal does not hold together', async () => {
    const far = ['properties', '--prototype', 'fcc', '--element', 'Cu', '--a', '15 Å', '-o', path('far')];
    await expect(
      runCommand(propertiesCommand, [...far, '--potential', JSON.stringify(zhou)]),
    ).rejects.toThrow(
      'properties: the crystal: its atoms do not feel each other; check the lattice parameter',
    );
  });
});
