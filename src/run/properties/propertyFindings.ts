import type { DataTable } from '../../report/dataTable.ts';
import { curveFigure } from '../../report/figures/propertyCurve.ts';
import { deviations } from '../../report/figures/propertyDeviations.ts';
import type { Findings } from '../../report/studyPage.ts';
import type { PropertyNumbers, ScalarNumbers } from './propertyNumbers.ts';

/** Tables, figures and plain sentences about a crystal's properties. */
export function propertyFindings(p: PropertyNumbers): Findings {
  const bars = deviations(p.scalars.flatMap(compared));
  return {
    title: p.title,
    story: story(p),
    tables: [table(p)],
    figures: [
      ...(bars ? [bars] : []),
      ...p.curves.map((curve) => curveFigure({ ...TEXTS[curve.kind], ...curve })),
    ],
  };
}

const TEXTS: Readonly<Record<string, { title: string; caption: string; xTitle: string; yTitle: string }>> = {
  eos: {
    title: 'Equation of state',
    caption: 'Energy of the crystal above its least, against volume.',
    xTitle: 'volume (Å³/atom)',
    yTitle: 'E − E₀ (meV/atom)',
  },
  stackingFault: {
    title: 'Stacking-fault curve',
    caption: 'Slip along ⟨112⟩ in a {111} plane, in partial Burgers vectors: at 1 the intrinsic fault.',
    xTitle: 'slip',
    yTitle: 'energy (mJ/m²)',
  },
  phonons: {
    title: 'Phonons',
    caption:
      'Along straight lines between the chosen wavevectors, as fractions of the reciprocal cell. Imaginary frequencies are negative.',
    xTitle: 'wavevector',
    yTitle: 'frequency (THz)',
  },
};

function story(p: PropertyNumbers): string {
  const { number, symbol } = p.spaceGroup;
  const missing = p.scalars.filter((s) => s.failure !== undefined);
  return [
    `Space group ${symbol} (${number}), cell and ions at rest.`,
    p.members > 1
      ? `± is Student’s factor (95 %) times the standard deviation of ${p.members} members. It is no bar of the error: it knows nothing of what their basis cannot say, nor of what none of them was taught.${heldText(p.held)}`
      : 'Without an ensemble there is no error bar.',
    ...(p.members > 0 && p.scalars.some((s) => s.kind === 'cohesion')
      ? [
          'The cohesive energy is against the model’s own lone atom, E₀, which it knows only where it was taught it.',
        ]
      : []),
    ...(p.scalars.some((s) => s.kind === 'thermal')
      ? ['Expansion and heat are quasi-harmonic, by quantum statistics: good well below melting.']
      : []),
    ...Object.entries(p.refused).map(([kind, why]) => `Left out: ${kind}, ${why}.`),
    ...missing.map((s) => `${s.value === null ? 'No' : 'Incomplete:'} ${s.name}: ${s.failure}.`),
  ].join(' ');
}

function heldText(held: PropertyNumbers['held']): string {
  if (!held) return '';
  const { inside, of, factor } = held;
  return ` Set against the reference, ${inside} of ${of} of its values lie within; ${factor.toPrecision(2)} times as wide would hold 95 % of them.`;
}

function table({ scalars }: PropertyNumbers): DataTable {
  const has = (key: 'bar' | 'reference' | 'literature') => scalars.some((s) => s[key] !== undefined);
  const numeric = true;
  const sources = [...new Set(scalars.flatMap((s) => s.literature?.source ?? []))];
  const marked = (s: ScalarNumbers) => {
    const source = s.literature?.source;
    return source === undefined ? '' : ` [${sources.indexOf(source) + 1}]`;
  };
  return {
    caption: ['Properties at rest.', ...sources.map((source, k) => `[${k + 1}] ${source}.`)].join(' '),
    heads: [
      { text: '' },
      { text: 'unit' },
      { text: 'value', numeric },
      ...(has('bar') ? [{ text: '± members', numeric }] : []),
      ...(has('reference')
        ? [
            { text: 'reference', numeric },
            { text: 'off', numeric },
          ]
        : []),
      ...(has('literature') ? [{ text: 'literature', numeric }] : []),
    ],
    rows: scalars.map((s) => [
      s.name,
      s.unit,
      shown(s.value),
      ...(has('bar') ? [shown(s.bar)] : []),
      ...(has('reference') ? [shown(s.reference), shown(difference(s.value, s.reference))] : []),
      ...(has('literature') ? [`${shown(s.literature?.value)}${marked(s)}`] : []),
    ]),
  };
}

function difference(a: number | null, b: number | null | undefined): number | null {
  return a === null || b === null || b === undefined ? null : a - b;
}

function shown(x: number | null | undefined): string {
  if (x === null || x === undefined || !Number.isFinite(x)) return '–';
  const size = Math.abs(x);
  return x.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 4).replace(/^-(0\.?0*)$/, '$1');
}

/** In per cent of the reference, or of the literature where there is none. */
function compared(s: ScalarNumbers) {
  const against = s.reference ?? s.literature?.value;
  if (s.value === null || !against || Math.abs(against) < 1e-6) return [];
  const part = (x: number) => (100 * x) / Math.abs(against);
  return [{ name: s.name, off: part(s.value - against), ...(s.bar !== undefined && { bar: part(s.bar) }) }];
}
