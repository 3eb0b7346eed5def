import { LOCAL_STRUCTURES, type LocalStructure } from '../analysis/localStructure.ts';
import type { YieldFrame } from '../run/strain/yieldFrames.ts';
import { type YieldVerdict, yieldVerdict } from '../run/strain/yieldVerdict.ts';
import type { DataTable } from './dataTable.ts';
import { number, percent } from './format.ts';
import type { StrainCurve, StrainData } from './read/strain.ts';

/** Where each curve yields. */
export function yieldTable(data: StrainData): DataTable {
  const { component, run, references } = data;
  return {
    caption: `Yield: the first maximum of σ_${component} after which it falls for good. ±: twice the spread of the members there; in the last row how far one more run of the reference, with other velocities and noise, would lie from the mean at most, with a probability of 95 % (Student’s factor for the few there are).`,
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
      ...bandRow(yieldVerdict(data)),
    ],
  };
}

function bandRow({ references, band, inside }: YieldVerdict): string[][] {
  if (!band || !inside) return [];
  const { strain, stress } = band;
  const said = inside.strain && inside.stress ? 'both inside' : 'not both inside';
  return [
    [
      `reference, mean of ${references.filter((r) => r !== null).length}; this run: ${said}`,
      `${number(strain.mean)} ± ${number(strain.half, 2)}`,
      number(stress.mean),
      number(stress.half, 2),
    ],
  ];
}

/**
 * What the atoms are before, at and after yield: at rest where the run has ended, else as they move. Undefined where nothing yields.
 */
export function structureTable({ run, references, found }: StrainData): DataTable | undefined {
  const curves = [run, ...references];
  const rows = curves.flatMap((c, k) => {
    const atRest = found?.atRest[k] ?? [];
    return atRest.length > 0 ? atRest.map((f) => restedRow(c.who, f)) : movingRows(c);
  });
  if (rows.length === 0) return undefined;
  const kinds = LOCAL_STRUCTURES.filter((kind) => rows.some((r) => r.counts[kind] > 0));
  return {
    caption:
      'Atoms by local structure (adaptive common-neighbour analysis) when the crystal starts, yields, has lost its stress, and at the end; their heat was taken from them first, the cell held (frames of the trajectory nearest to these points), where it does not say “moving”.',
    heads: [
      { text: 'driven by' },
      { text: 'when' },
      { text: 'strain', numeric: true },
      ...kinds.map((kind) => ({ text: kind, numeric: true })),
    ],
    rows: rows.map(({ who, when, strain, counts }) => {
      const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
      return [who, when, number(strain), ...kinds.map((kind) => percent(counts[kind] / total))];
    }),
  };
}

interface StructureRow {
  readonly who: string;
  readonly when: string;
  readonly strain: number;
  readonly counts: Readonly<Record<LocalStructure, number>>;
}

function restedRow(who: string, { when, strain, counts, converged, force }: YieldFrame): StructureRow {
  const left = converged ? '' : ` (not at rest: ${number(force, 2)} eV/Å left)`;
  return { who, when: `${when}${left}`, strain, counts };
}

function movingRows({ who, strain, structures, yields }: StrainCurve): StructureRow[] {
  if (!yields) return [];
  const at = { start: 0, yield: yields.index, fallen: yields.fallen, end: strain.length - 1 };
  return Object.entries(at).map(([when, k]) => ({
    who,
    when: `${when}, moving`,
    strain: strain[k],
    counts: Object.fromEntries(LOCAL_STRUCTURES.map((kind) => [kind, structures[kind][k]])) as Record<
      LocalStructure,
      number
    >,
  }));
}
