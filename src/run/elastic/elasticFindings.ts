import { compliance, moduli, youngsModulus } from '../../properties/moduli.ts';
import type { DataTable } from '../../report/dataTable.ts';
import type { Youngs } from '../../report/figures/youngs.ts';
import { youngsSections, youngsSurface } from '../../report/figures/youngs.ts';
import type { Findings } from '../../report/studyPage.ts';
import { deviation, type ElasticNumbers, type ThermalNumbers } from './elasticNumbers.ts';

/** Tables, figures and plain sentences about a crystal's elasticity. */
export function elasticFindings(e: ElasticNumbers): Findings {
  const along = (C: readonly number[]): Youngs => {
    const S = compliance(C);
    return (n) => youngsModulus(S, n);
  };
  const figures = e.moduli.stable
    ? [youngsSections(along(e.C), e.members.map(along)), youngsSurface(along(e.C))]
    : [];
  return {
    title: e.title,
    story: story(e),
    tables: [
      constantsTable(e),
      ...(e.thermal ? [thermalTable(e.thermal)] : []),
      tensorTable(e),
      moduliTable(e),
      ...(e.rounds ? [roundsTable(e)] : []),
    ],
    figures,
  };
}

const numeric = true;
const fixed = (x: number | null | undefined, digits = 2) =>
  x === undefined || x === null || Number.isNaN(x) ? '–' : x.toFixed(digits).replace(/^-(0\.?0*)$/, '$1');

function story(e: ElasticNumbers): string {
  const { number, symbol } = e.spaceGroup;
  const [least] = e.moduli.eigenvalues;
  const parts = [
    `Space group ${symbol} (${number}); ${e.constants.length} constants are free.`,
    e.moduli.stable
      ? `Stable after Born: every eigenvalue of C is positive, the least ${fixed(least)} GPa.`
      : `Unstable after Born: the least eigenvalue of C is ${fixed(least)} GPa.`,
    ...(e.entropy !== undefined
      ? [`Entropy of the free constants over the members: ${fixed(e.entropy)} (units of 1 GPa).`]
      : []),
    ...(e.labels !== undefined ? [learned(e)] : []),
    ...(e.entropy !== undefined && e.constants.every((c) => c.bar === undefined)
      ? ['No label was set against the ensemble: its spread knows nothing of what its basis cannot say.']
      : []),
    ...e.warnings.map((w) => `Not converged: ${w}.`),
  ];
  return parts.join(' ');
}

function learned({ labels, rounds = [] }: ElasticNumbers): string {
  const last = rounds.at(-1);
  const why = {
    tolerance: 'labels moved the constants no more',
    entropy: 'the entropy had fallen far enough',
    budget: 'the labels allowed were used up',
  }[last?.ended ?? 'budget'];
  return `Learned on the fly with ${labels} labels in ${rounds.length} rounds; it ended because ${why}.`;
}

function constantsTable({ constants }: ElasticNumbers): DataTable {
  const has = (key: 'spread' | 'bar' | 'reference') => constants.some((c) => c[key] !== undefined);
  const heads = [
    { text: '' },
    { text: 'GPa', numeric },
    ...(has('bar') ? [{ text: '± 95 %', numeric }] : []),
    ...(has('spread') ? [{ text: 'spread', numeric }] : []),
    { text: 'clamped', numeric },
    ...(has('reference')
      ? [
          { text: 'reference', numeric },
          { text: 'off', numeric },
        ]
      : []),
  ];
  const rows = constants.map((c) => [
    c.name,
    fixed(c.value),
    ...(has('bar') ? [fixed(c.bar)] : []),
    ...(has('spread') ? [fixed(c.spread)] : []),
    fixed(c.clamped),
    ...(has('reference') ? [fixed(c.reference), fixed(c.value - (c.reference ?? Number.NaN))] : []),
  ]);
  return {
    caption: 'Free elastic constants: atoms settled in every strained cell; clamped: carried along.',
    heads,
    rows,
  };
}

function thermalTable({ temperature, atoms, expansion, constants }: ThermalNumbers): DataTable {
  const [x, y, z] = expansion.map((strain) => fixed(100 * strain, 3));
  return {
    caption: `Isothermal constants at ${temperature} K: ${atoms} atoms, canonical averages of strained cells; cell grown by ${x}, ${y}, ${z} %.`,
    heads: [{ text: '' }, { text: 'GPa', numeric }, { text: 'standard error', numeric }],
    rows: constants.map((c) => [c.name, fixed(c.value), fixed(c.error)]),
  };
}

function tensorTable({ C }: ElasticNumbers): DataTable {
  const names = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'];
  return {
    caption: 'Stiffness in the crystal’s own axes, GPa, Voigt.',
    heads: [{ text: '' }, ...names.map((text) => ({ text, numeric }))],
    rows: names.map((name, i) => [name, ...names.map((_, j) => fixed(C[6 * i + j]))]),
  };
}

function moduliTable(e: ElasticNumbers): DataTable {
  const each = e.members.map((C) => moduli(C));
  const of = [e.moduli, ...each];
  const row = (text: string, value: (m: (typeof of)[number]) => number, digits = 2) => [
    text,
    fixed(value(e.moduli), digits),
    ...(each.length > 1 ? [fixed(deviation(each.map(value)), digits)] : []),
  ];
  return {
    caption: 'Polycrystal averages (GPa) and anisotropy.',
    heads: [
      { text: '' },
      { text: 'value', numeric },
      ...(each.length > 1 ? [{ text: 'spread', numeric }] : []),
    ],
    rows: [
      row('bulk, Voigt', (m) => m.bulk.voigt),
      row('bulk, Reuss', (m) => m.bulk.reuss),
      row('bulk, Hill', (m) => m.bulk.hill),
      row('shear, Voigt', (m) => m.shear.voigt),
      row('shear, Reuss', (m) => m.shear.reuss),
      row('shear, Hill', (m) => m.shear.hill),
      row('Young’s', (m) => m.youngs),
      row('Poisson’s ratio', (m) => m.poisson, 4),
      row('universal anisotropy', (m) => m.anisotropy, 4),
      row('least eigenvalue of C', (m) => m.eigenvalues[0]),
    ],
  };
}

function roundsTable({ rounds = [], constants }: ElasticNumbers): DataTable {
  return {
    caption:
      'Round by round, before the labels of the round were learned; observed: what they moved the constants by.',
    heads: [
      { text: 'round', numeric },
      { text: 'labels', numeric },
      { text: 'strain', unit: '%', numeric },
      { text: 'γ', numeric },
      { text: 'entropy', numeric },
      { text: 'observed', unit: 'GPa', numeric },
      ...constants.map(({ name }) => ({ text: name, unit: 'GPa', numeric })),
    ],
    rows: rounds.map((r) => [
      String(r.round),
      String(r.labels),
      fixed(100 * r.amplitude),
      fixed(r.maxGrade),
      fixed(r.entropy),
      fixed(r.observed),
      ...r.values.map((v, k) => `${fixed(v)} ± ${fixed(r.bars[k])}`),
    ]),
  };
}
