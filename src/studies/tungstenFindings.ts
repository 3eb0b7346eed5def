import type { TopLevelSpec } from 'vega-lite';
import type { Training } from '../learn/trainer.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, FULL_WIDTH } from '../report/figure.ts';
import { number, percent } from '../report/format.ts';
import { quantile, rootMeanSquare } from '../report/statistics.ts';
import { COLOUR } from '../report/theme.ts';
import type { AtomScores } from '../uncertainty/atomScores.ts';
import { areaUnderCurve, flagRate, recallOfWorst } from '../uncertainty/detection.ts';
import { READINGS } from '../uncertainty/localGrade.ts';
import type { StudyOutput } from './study.ts';

/** The scores of one set of frames. */
export interface Scored extends AtomScores {
  readonly name: string;
  readonly frames: number;
}

/** What a number of clusters makes of the local grades. */
export interface Split {
  readonly clusters: number;
  /** After merging. */
  readonly left: number;
  /** By reading. */
  readonly recall: readonly number[];
  readonly area: readonly number[];
  readonly flagged: readonly number[];
}

/** The grade that counts as a false alarm on atoms held in. */
export const ALARM = 2;

/** What the level of novelty flags of the frames held in. */
const FALSE_ALARMS = 0.01;
/** Grades whose flag rates are shown. */
const GRADES = [1, 2, 5];
/** eV/Å; a set without larger errors has no worst ones. */
const NO_ERROR = 1e-3;

/** Of the first set, which is held in, and of others, by measure. */
function found(sets: readonly Scored[]) {
  const [heldIn, ...others] = sets;
  const names = Object.keys(heldIn.scores);
  const told = sets.filter((s) => Math.max(...s.errors) > NO_ERROR);
  const level = names.map((name) => quantile(Array.from(heldIn.scores[name]), 1 - FALSE_ALARMS));
  return {
    names,
    others: others.map((s) => s.name),
    told: told.map((s) => s.name),
    recall: names.map((name) => told.map((s) => recallOfWorst(s.scores[name], s.errors))),
    area: names.map((name) => others.map((s) => areaUnderCurve(heldIn.scores[name], s.scores[name]))),
    level,
    flagged: names.map((name, k) => others.map((s) => flagRate(s.scores[name], level[k]))),
    above: names.map((name) => GRADES.map((g) => flagRate(heldIn.scores[name], g))),
  };
}

export function findings(sets: readonly Scored[], splits: readonly Split[], training: Training): StudyOutput {
  const all = found(sets);
  const clusters = training.localSets![0].sets.map((set) => set.environments);
  const story = `A linear expansion of ${training.potential.functionCount} functions, taught ${training.frames} tungsten frames (${training.environments} environments); clusters of ${clusters.join(', ')} environments after merging.`;
  return {
    title: 'Which uncertainty finds the worst forces, and the new kinds?',
    story,
    tables: tablesOf(sets, splits, all),
    figures: [bars(all)],
    numbers: { clusters, ...all, splits },
  };
}

function tablesOf(
  sets: readonly Scored[],
  splits: readonly Split[],
  { names, told, others, recall, area, level, flagged, above }: ReturnType<typeof found>,
): DataTable[] {
  return [
    {
      caption: 'Sets',
      heads: [
        { text: 'set' },
        ...['frames', 'atoms'].map(numeric),
        { text: 'force error, rms', unit: 'eV/Å', numeric: true },
      ],
      rows: sets.map((s) => [s.name, s.frames, s.errors.length, rootMeanSquare(Array.from(s.errors))]),
    },
    {
      caption: 'Share of the worst 10 % of the force errors among the 10 % of highest score',
      heads: [{ text: 'measure' }, ...told.map(numeric)],
      rows: names.map((name, k) => [name, ...recall[k].map(percent)]),
    },
    {
      caption: 'Novelty: chance that an atom of the set scores above one held in',
      heads: [{ text: 'measure' }, ...others.map(numeric)],
      rows: names.map((name, k) => [name, ...area[k]]),
    },
    {
      caption: `Share flagged at the level that flags ${percent(FALSE_ALARMS)} of the atoms held in`,
      heads: [{ text: 'measure' }, numeric('level'), ...others.map(numeric)],
      rows: names.map((name, k) => [name, level[k], ...flagged[k].map(percent)]),
    },
    {
      caption: 'Flag rate held in: share of the atoms held in with a grade above 1, 2 and 5',
      heads: [{ text: 'measure' }, ...GRADES.map((g) => numeric(`> ${g}`))],
      rows: names.slice(0, 3).map((name, k) => [name, ...above[k].map(percent)]),
    },
    {
      caption: `Local grades by number of clusters (${READINGS.join(' / ')}): worst forces found held in, area under the curve of ${sets.at(-1)!.name}, share held in with a grade above ${ALARM}`,
      heads: ['clusters', 'after merging', 'found', 'area', 'flagged'].map(numeric),
      rows: splits.map((s) => [
        s.clusters,
        s.left,
        s.recall.map(percent).join(' / '),
        s.area.map((x) => number(x)).join(' / '),
        s.flagged.map(percent).join(' / '),
      ]),
    },
  ];
}

const numeric = (text: string) => ({ text, numeric: true });

function bars({ names, told, recall }: ReturnType<typeof found>): Figure {
  const values = names.flatMap((measure, k) =>
    told.map((set, q) => ({ measure, set, share: 100 * recall[k][q] })),
  );
  const spec = {
    width: FULL_WIDTH / 4,
    height: 150,
    data: { values },
    mark: { type: 'bar', color: COLOUR.blue },
    encoding: {
      column: { field: 'set', type: 'nominal', sort: null, title: null },
      y: { field: 'measure', type: 'nominal', sort: null, title: null },
      x: { field: 'share', type: 'quantitative', title: 'worst errors found (%)' },
    },
  };
  return {
    id: 'recall',
    title: 'Finding the worst force errors',
    caption:
      'Share of the worst 10 % of the force errors that is among the 10 % of the atoms of highest score.',
    spec: spec as unknown as TopLevelSpec,
  };
}
