import { LOCAL_STRUCTURES } from '../analysis/localStructure.ts';
import type { DataTable } from './dataTable.ts';
import { number, percent } from './format.ts';
import type { StrainCurve, StrainData } from './read/strain.ts';

/** Where each curve yields. */
export function yieldTable({ component, run, references }: StrainData): DataTable {
  return {
    caption: `Yield: the first maximum of σ_${component} after which it falls for good. ±: twice the spread of the members there, of runs in the last row.`,
    heads: [
      { text: 'driven by' },
      { text: 'strain', numeric: true },
      { text: 'stress', unit: 'GPa', numeric: true },
      { text: '±', unit: 'GPa', numeric: true },
    ],
    rows: [
      ...[run, ...references].map(({ who, yields, spread }) =>
        yields
          ? [who, number(yields.strain), number(yields.stress), number(2 * spread[yields.index], 2)]
          : [who, 'none', '–', '–'],
      ),
      ...meanRow(references),
    ],
  };
}

/** The mean of the references, and how far a run may lie from it by chance. */
function meanRow(references: readonly StrainCurve[]): string[][] {
  const found = references.flatMap(({ yields }) => (yields ? [yields] : []));
  if (found.length < 2) return [];
  const strain = moments(found.map((y) => y.strain));
  const stress = moments(found.map((y) => y.stress));
  return [
    [
      `mean of ${found.length} references`,
      `${number(strain.mean)} ± ${number(2 * strain.deviation, 2)}`,
      number(stress.mean),
      number(2 * stress.deviation, 2),
    ],
  ];
}

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** What the atoms are before, at and after yield; undefined where nothing yields. */
export function structureTable({ run, references }: StrainData): DataTable | undefined {
  const curves = [run, ...references].filter((c) => c.yields);
  if (curves.length === 0) return undefined;
  const kinds = LOCAL_STRUCTURES.filter((kind) => curves.some((c) => c.structures[kind].some((n) => n > 0)));
  return {
    caption:
      'Atoms by local structure (adaptive common-neighbour analysis of the atoms as they move), at rest, at yield and where the stress has fallen.',
    heads: [
      { text: 'driven by' },
      { text: 'when' },
      { text: 'strain', numeric: true },
      ...kinds.map((kind) => ({ text: kind, numeric: true })),
    ],
    rows: curves.flatMap((c) =>
      (
        [
          ['start', 0],
          ['yield', c.yields!.index],
          ['fallen', c.yields!.fallen],
        ] as const
      ).map(([when, k]) => [c.who, when, number(c.strain[k]), ...shares(c, kinds, k)]),
    ),
  };
}

function shares({ structures }: StrainCurve, kinds: readonly (keyof StrainCurve['structures'])[], k: number) {
  const total = Object.values(structures).reduce((sum, counts) => sum + counts[k], 0);
  return kinds.map((kind) => percent(structures[kind][k] / total));
}
