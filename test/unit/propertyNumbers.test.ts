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
