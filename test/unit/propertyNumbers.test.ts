import { expect, it } from 'vitest';
import { crystal } from '../../src/core/prototypes.ts';
import type { Outcome } from '../../src/properties/outcome.ts';
import { symmetryOf } from '../../src/properties/symmetry.ts';
import { tableText } from '../../src/report/dataTable.ts';
import type { Portrait } from '../../src/run/properties/measureAll.ts';
import { propertyFindings } from '../../src/run/properties/propertyFindings.ts';
import { propertyNumbers } from '../../src/run/properties/propertyNumbers.ts';

const unit = crystal('fcc', ['Cu'], 3.6);
const nobody = { evaluate: () => Promise.reject(new Error('not asked')) };
const subject = {
  evaluates: nobody,
  dynamics: undefined,
  crystal: unit,
  primitive: unit,
  symmetry: symmetryOf(unit),
  energy: -3.5,
  cubic: true,
  lattice: 'fcc' as const,
};
const portrait = (vacancy: Outcome<number>): Portrait => ({
  subject,
  measured: new Map([['vacancy', { scalars: [{ name: 'vacancy', unit: 'eV', outcome: vacancy }] }]]),
  refused: new Map(),
});

it('names what did not converge, and takes no number for it', () => {
  const members: Outcome<Portrait>[] = [
    { value: portrait({ value: 1 }) },
    { value: portrait({ failure: 'not relaxed' }) },
    { failure: 'the crystal: the energy became NaN' },
    { value: portrait({ value: 2 }) },
  ];
  const mean = portrait({ failure: 'far from it' });
  const p = propertyNumbers({ title: 'Cu', mean, members, literature: { vacancy: 1.3 } });
  expect(p.scalars[0]).toMatchObject({ value: null, failure: 'far from it', members: [1, null, null, 2] });
  expect(p.scalars[0].spread).toBeCloseTo(Math.SQRT1_2, 12);
  const found = propertyFindings(p);
  expect(found.story).toContain('No vacancy: far from it.');
  expect(tableText(found.tables[0])).toMatch(/vacancy +eV +– +8\.98\d+ +1\.3/);
  expect(JSON.parse(JSON.stringify(p)).scalars[0].value).toBeNull();

  const other = propertyNumbers({ title: 'Cu', mean: portrait({ value: 1.2 }), members, literature: {} });
  expect(propertyFindings(other).story).toContain('Incomplete: vacancy: member 2: not relaxed.');
});

it('says how many of the reference’s values the bars hold, and what it would take', () => {
  const names = Array.from({ length: 20 }, (_, k) => `phonon ${k}`);
  const of = (value: (k: number) => number): Portrait => ({
    subject,
    measured: new Map([
      [
        'phonons',
        {
          scalars: names.map((name, k) => ({
            name,
            unit: 'THz',
            outcome: { value: value(k) } as Outcome<number>,
          })),
        },
      ],
    ]),
    refused: new Map(),
  });
  // Two members 1 apart about each value: s = √½, t(1) = 12.706, a bar of 8.985.
  const members = [-0.5, 0.5].map((by): Outcome<Portrait> => ({ value: of((k) => k + by) }));
  const bar = 12.7062 * Math.SQRT1_2;
  const reference = of((k) => k + (k / 10) * bar);
  const p = propertyNumbers({ title: 'Cu', mean: of((k) => k), members, reference, literature: {} });
  expect(p.held).toMatchObject({ inside: 11, of: 20 });
  expect(p.held!.factor).toBeCloseTo(1.8, 4);
  expect(propertyFindings(p).story).toContain('11 of 20 of its values lie within; 1.8 times as wide');
  expect(propertyNumbers({ title: 'Cu', mean: of((k) => k), members, literature: {} }).held).toBeUndefined();
});
