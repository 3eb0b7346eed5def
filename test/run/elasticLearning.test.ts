import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../../src/calculators/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount } from '../../src/core/structure.ts';
import { observedError } from '../../src/properties/elasticBars.ts';
import { crystalElastic } from '../../src/properties/ensembleElastic.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { primitiveCell } from '../../src/properties/primitive.ts';
import { symmetryOf } from '../../src/properties/symmetry.ts';
import { rehearseElastic } from '../../src/run/elastic/rehearsal.ts';
import { studies } from '../../src/studies/registry.ts';

const make = (options: { kind: string; [key: string]: unknown }) =>
  potentials.create(potentials.schema.parse(options));

describe('elastic constants learned on the fly', () => {
  it('of copper come within 2 % of the reference, and within their bars, in 40 labels', async () => {
    const truth = make({ kind: 'eam', set: 'zhou', elements: ['Cu'] });
    const cell = crystal('fcc', ['Cu'], 3.615);
    const wanted = await crystalElastic(plainly(truth), cell, symmetryOf(cell));
    const request = { elements: ['Cu'], cutoff: '5 Å', nradmax: [8, 4, 2], lmax: [0, 3, 1] };
    const untrained = createAce(aceRequestSchema.parse(request));
    const { first, last, found, labels } = await rehearseElastic(
      { truth, untrained, crystal: cell, seed: 2, budget: 40 },
      new AbortController().signal,
    );
    expect(labels).toBeLessThanOrEqual(40);
    expect(last.ended).toBe('tolerance');
    // It had something to learn, and its entropy fell.
    expect(first.bars.observed).toBeGreaterThan(last.bars.observed);
    expect(last.entropy).toBeLessThan(first.entropy);
    found.constants.forEach(({ place }, k) => {
      const off = Math.abs(found.mean.relaxed.C[place] - wanted.relaxed.C[place]);
      expect(off).toBeLessThan(Math.max(1, 0.02 * wanted.relaxed.C[place]));
      expect(off).toBeLessThan(last.bars.bar[k]);
    });
  });

  it('are told their true error by labels of strained crystals', async () => {
    // Two potentials of silicon stand in for ensemble and reference: 30 to 46 GPa apart.
    const model = plainly(make({ kind: 'stillingerWeber' }));
    const truth = make({ kind: 'tersoff', set: 'Si1988', elements: ['Si'] });
    const cell = primitiveCell(
      crystal('diamond', ['Si'], 5.43),
      symmetryOf(crystal('diamond', ['Si'], 5.43)),
    );
    const symmetry = symmetryOf(cell);
    const options = { amplitudes: [1e-3] };
    const found = await crystalElastic(model, cell, symmetry, options);
    const wanted = await crystalElastic(plainly(truth), cell, symmetry, options);
    const labelled = found.relaxed.states.map((state) => ({
      state,
      label: labelByPotential(truth, state.structure),
    }));
    const error = await observedError(model, found, labelled, symmetry);
    for (const place of [0, 1]) {
      const off = wanted.relaxed.C[place] - found.relaxed.C[place];
      expect(Math.abs(off)).toBeGreaterThan(9);
      expect(Math.abs(error[place] / off - 1)).toBeLessThan(0.1);
    }
  });
});

describe('the study elasticCoverage', () => {
  it('says of every run how far it came out and whether its bar holds the truth', async () => {
    const study = studies.create(studies.schema.parse({ kind: 'elasticCoverage' }));
    const { signal } = new AbortController();
    const said: string[] = [];
    const context = { short: true, data: undefined, signal, progress: (line: string) => said.push(line) };
    const { tables, figures } = await study.run(context);
    expect(said).toEqual([expect.stringMatching(/^Si 1: \d+ labels, C11 .* ± .* \(151\.4\)/)]);
    expect(tables[0].rows.map((row) => [row[1], ...row.slice(6, 8)])).toEqual([
      ['C11', '1/1', '1/1'],
      ['C12', '1/1', '1/1'],
      ['C44', '1/1', '1/1'],
    ]);
    expect(figures).toHaveLength(1);
  });
});

describe('primitiveCell', () => {
  it.each([
    ['fcc', ['Cu'], 1],
    ['bcc', ['Fe'], 1],
    ['diamond', ['Si'], 2],
    ['hcp', ['Mg'], 2],
    ['rocksalt', ['Na', 'Cl'], 2],
    ['rutile', ['Ti', 'O'], 6],
  ] as const)('of %s', (prototype, elements, atoms) => {
    const s = crystal(prototype, elements, 4);
    const small = primitiveCell(s, symmetryOf(s));
    expect(atomCount(small)).toBe(atoms);
    expect(symmetryOf(small).number).toBe(symmetryOf(s).number);
    expect(symmetryOf(small).rotations).toHaveLength(symmetryOf(s).rotations.length);
  });

  it('has the constants of the crystal', async () => {
    const s = crystal('diamond', ['Si'], 5.43);
    const model = plainly(make({ kind: 'stillingerWeber' }));
    const small = primitiveCell(s, symmetryOf(s));
    const [a, b] = [
      await crystalElastic(model, s, symmetryOf(s)),
      await crystalElastic(model, small, symmetryOf(small)),
    ];
    a.relaxed.C.forEach((x, k) => {
      expect(Math.abs(b.relaxed.C[k] - x)).toBeLessThan(1e-3);
    });
  });
});
