/** Strain derivatives of the energy are the stress: σ_k = (1/V) ∂E/∂ε_k for the six Voigt strains, by whatever evaluates. */
import { afterAll, describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { volume } from '../../src/core/cell.ts';
import type { Potential } from '../../src/core/potential.ts';
import type { Structure } from '../../src/core/structure.ts';
import { type Evaluates, plainly } from '../../src/properties/evaluates.ts';
import { memberStresses } from '../../src/properties/memberStress.ts';
import { strained, stressOf, unitStrain } from '../../src/properties/strain.ts';
import { drawnAlloy } from '../support/alloys.ts';
import { SAMPLES } from './samples.ts';

/** Of strain; the fourth-order rule leaves an error of h⁴. */
const STEP = 1e-3;

/** eV/Å³. */
const BOUND = 1e-6;

/** (8 [E(h) − E(−h)] − [E(2h) − E(−2h)]) / 12h. */
async function stressByDifferences(evaluates: Evaluates, s: Structure): Promise<number[]> {
  const energy = async (k: number, h: number) =>
    (await evaluates.evaluate(strained(s, unitStrain(k, h)), ['forces', 'virial'])).energy;
  const stress: number[] = [];
  for (let k = 0; k < 6; k++) {
    const near = (await energy(k, STEP)) - (await energy(k, -STEP));
    const far = (await energy(k, 2 * STEP)) - (await energy(k, -2 * STEP));
    stress.push((8 * near - far) / (12 * STEP) / volume(s.cell));
  }
  return stress;
}

async function expectStress(evaluates: Evaluates, s: Structure): Promise<void> {
  const stated = stressOf(await evaluates.evaluate(s, ['forces', 'virial']), s.cell);
  expect(Math.max(...stated.map(Math.abs)), 'largest stress, eV/Å³').toBeGreaterThan(1e-3);
  const found = await stressByDifferences(evaluates, s);
  found.forEach((x, k) => {
    expect(Math.abs(x - stated[k]), `component ${k}: ${x} against ${stated[k]} eV/Å³`).toBeLessThan(BOUND);
  });
}

const open: { dispose(): void }[] = [];
afterAll(() => {
  for (const e of open) e.dispose();
});

/** Everything that evaluates single structures. */
async function evaluators(potential: Potential): Promise<[string, Evaluates][]> {
  const found = [];
  for (const backend of [plainBackend, wasmBackend(1)]) {
    const evaluator = await backend.evaluator!(potential);
    open.push(evaluator);
    found.push([backend.kind, evaluator] as [string, Evaluates]);
  }
  return [['evaluate', plainly(potential)], ...found];
}

const registered = potentials.entries.flatMap(({ kind }) =>
  SAMPLES[kind].map((sample) => ({
    name: `${kind} ${sample.name}`,
    potential: potentials.create(potentials.schema.parse({ kind, ...sample.options })),
    structures: sample.structures.filter((s) => s.periodic.every(Boolean)),
  })),
);
const ensembles = (['SBessel', 'ChebExpCos', 'ChebPow'] as const).map((radial) => ({
  name: `ensemble over ${radial}`,
  potential: drawnAlloy(radial, 2) as Potential,
  structures: SAMPLES.ace[0].structures.filter((s) => s.periodic.every(Boolean)),
}));

describe.each([...registered, ...ensembles])('the stress of $name', ({ potential, structures }) => {
  it('is the strain derivative of its energy, whatever evaluates', async () => {
    expect(structures.length).toBeGreaterThan(0);
    for (const [, evaluates] of await evaluators(potential))
      for (const s of structures) await expectStress(evaluates, s);
  });
});

describe.each(ensembles)('$name', ({ potential, structures }) => {
  it('has the same member stresses on every backend', async () => {
    const [first, ...others] = await evaluators(potential);
    for (const s of structures) {
      const wanted = await memberStresses(first[1], s);
      expect(wanted).toHaveLength(potential.members);
      for (const [, evaluates] of others)
        (await memberStresses(evaluates, s)).forEach((stress, m) => {
          stress.forEach((x, k) => {
            expect(Math.abs(x - wanted[m][k])).toBeLessThan(BOUND);
          });
        });
    }
  });
});
