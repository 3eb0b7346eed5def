import { counted, integer, milli, number, percent, simulationTime, times, wallTime } from '../format.ts';
import type { RunData } from '../read/readRun.ts';
import { quantile } from '../statistics.ts';
import {
  atomsOf,
  elementsOf,
  isLearning,
  lengthOf,
  secondsOf,
  validationSummary,
  wallSeconds,
} from '../summary.ts';

/** The sentences that one reads if one reads nothing else. */
export function story(run: RunData): string[] {
  const learning = isLearning(run)
    ? [...pauseSentences(run), ...errorSentences(run), ...doubtSentence(run)]
    : [];
  return [
    lengthSentence(run),
    ...learning,
    ...yieldSentence(run),
    ...eventSentence(run),
    ...wallSentence(run),
  ];
}

function lengthSentence(run: RunData): string {
  const { started } = run.history;
  const length = lengthOf(run);
  const elements = elementsOf(run);
  const system = `${counted(atomsOf(run), 'atom')}${elements.length > 0 ? ` (${elements.join(', ')})` : ''}`;
  const planned = started && started.steps !== length.steps ? ` of ${integer(started.steps)}` : '';
  const how = !started
    ? ''
    : isLearning(run)
      ? ` under an ensemble that learned along the way from its reference calculator (${started.calculator})`
      : ` under its potential (${started.calculator})`;
  const where = started?.backend === undefined ? '' : `, stepped by ${started.backend}`;
  return `${system} were simulated for ${integer(length.steps)}${planned} steps (${simulationTime(length.time)})${how}${where}.`;
}

function pauseSentences({ history, labelBudget }: RunData): string[] {
  const { pauses, labels, generations, quarantined, resumptions } = history;
  const unstable = pauses.filter((p) => p.reason === 'unstable').length;
  const cached = labels.filter((l) => l.cached).length;
  const starting = labels.filter((l) => l.pause === 0).length;
  const why = unstable > 0 ? `, ${times(unstable)} of them because the dynamics became unstable` : '';
  const budget = labelBudget ? ` of a budget of ${integer(labelBudget)}` : '';
  const origin = `${starting} of them to start with${cached > 0 ? `, ${cached} from the cache` : ''}`;
  return [
    pauses.length === 0
      ? 'It met no environment that it had to pause for.'
      : `It paused ${times(pauses.length)} at atomic environments that the ensemble had not been taught${why}.`,
    `${counted(labels.length, 'label')}${budget} ${were(labels.length)} used (${origin}), and the ensemble was trained ${times(generations.length)}.`,
    quarantined.length > 0
      ? `${counted(quarantined.length, 'label')} ${were(quarantined.length)} refused as unsound.`
      : '',
    resumptions > 0 ? `The run was taken up again ${times(resumptions)} from its checkpoint.` : '',
  ].filter(Boolean);
}

function errorSentences(run: RunData): string[] {
  const summary = validationSummary(run);
  const [first, last] = [summary?.generations[0], summary?.generations.at(-1)];
  if (!summary || !first || !last) return [];
  const { control } = summary;
  const verb = last.forceRmse < first.forceRmse ? 'fell' : 'went';
  return [
    `On ${counted(summary.frames, 'fresh frame')} of a trajectory driven by the reference the force error ${verb} from ${milli(first.forceRmse)} to ${milli(last.forceRmse)} meV/Å, a factor of ${number(summary.improvement, 2)}, and the energy error from ${milli(first.energyRmse)} to ${milli(last.energyRmse)} meV/atom.`,
    control
      ? `Without pausing, the same run came to step ${integer(control.stepsCompleted)} (${control.outcome}), its forces wrong by ${milli(control.forceRmse)} meV/Å.`
      : '',
  ].filter(Boolean);
}

/** Members that share a basis do not disagree about what it cannot say; labels show how much that is. */
function doubtSentence({ history }: RunData): string[] {
  const rms = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  const ratios = history.labels
    .flatMap((label) => label.before?.pairs ?? [])
    .map(({ errors, sigmas }) => rms(errors) / rms(sigmas))
    .filter(Number.isFinite);
  if (ratios.length === 0) return [];
  const ratio = quantile(ratios, 0.5);
  const remedy =
    ratio > NARROW
      ? ': the spread alone is too narrow a bar, and where more labels do not change that a larger basis may (model.nradmax, lmax, cutoff)'
      : '';
  return [
    `Before it was learned, the forces of the median label were wrong by ${number(ratio, 2)} times what the members disagreed about${remedy}.`,
  ];
}

/** Errors over spreads beyond which it is worth a word. */
const NARROW = 2;

function yieldSentence({ strain }: RunData): string[] {
  if (!strain) return [];
  const { yields, spread } = strain.run;
  if (!yields) return [`Strained along ${strain.component}, it did not yield.`];
  const bar = 2 * spread[yields.index];
  const sure = Number.isFinite(bar) ? ` ± ${number(bar, 2)}` : '';
  return [
    `Strained along ${strain.component}, it yielded at a strain of ${number(yields.strain)} under ${number(yields.stress)}${sure} GPa.`,
  ];
}

function eventSentence({ transitions }: RunData): string[] {
  if (!transitions) return [];
  const { records, classes } = transitions;
  const of = classes.length > 0 ? ` of ${counted(classes.length, 'class', 'classes')}` : '';
  return [`On its way ${counted(records.length, 'rare event')}${of} ${were(records.length)} found.`];
}

const ACTIVITIES: Readonly<Record<string, string>> = {
  md: 'for dynamics',
  label: 'for labels',
  extract: 'for cutting out environments',
  train: 'for training',
  validate: 'for validation',
};

function wallSentence(run: RunData): string[] {
  const wall = wallSeconds(run);
  if (wall === undefined) return [];
  const spent = Object.entries(secondsOf(run)).filter(([, s]) => s > 0);
  const total = spent.reduce((sum, [, s]) => sum + s, 0);
  const shares = spent
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, s]) => `${percent(s / total)} ${ACTIVITIES[name] ?? name}`);
  const split = run.history.finished && spent.length > 1 ? `: ${shares.join(', ')}` : '';
  return [`It took ${wallTime(wall)}${split}.`];
}

function were(n: number): string {
  return n === 1 ? 'was' : 'were';
}
