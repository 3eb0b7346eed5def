/**
 * What a run would have asked for with another target, told from its record alone: its pauses and the grades it sampled between
 * them, against the thresholds that its labels would have set. What it would have met after a pause that it never made, nobody knows.
 */
import type { LedgerLine } from './ledger.ts';
import { type GivenThresholds, type GradePairs, type Thresholds, thresholdsFrom } from './thresholds.ts';

/** The largest grade of the leading measure wherever thermo.csv was written. */
export interface GradeSample {
  readonly step: number;
  readonly generation: number;
  readonly max: number;
}

export interface PastRun {
  readonly events: readonly LedgerLine[];
  readonly samples: readonly GradeSample[];
  readonly given: GivenThresholds;
}

export interface Replay {
  /** Pauses of the record that would have been made again. */
  readonly kept: number;
  /** Further ones, where a sampled grade came above the threshold. */
  readonly added: number;
  /** Those of the kept pauses, as many as the mean pause for each of the others, and the starting ones. */
  readonly labels: number;
  /** Step at which the budget would have been spent; undefined where it lasts. */
  readonly spentAt: number | undefined;
  /** At the end. */
  readonly thresholds: Thresholds;
}

/** `target` in eV/Å; undefined for the thresholds as given. */
export function replay(
  { events, samples, given }: PastRun,
  target: number | undefined,
  budget = Number.POSITIVE_INFINITY,
): Replay {
  const labels = events.filter((e) => e.type === 'labelled');
  const paid = (pause: number) => labels.filter((e) => e.pause === pause).length;
  const pauses = events.filter((e) => e.type === 'paused');
  const each = pauses.length > 0 ? (labels.length - paid(0)) / pauses.length : 1;
  const seen: GradePairs[] = [];
  let thresholds = thresholdsFrom(given, target, seen);
  let [kept, added, spent] = [0, 0, paid(0)];
  let spentAt: number | undefined;
  const pay = (count: number, step: number) => {
    if (spentAt === undefined && spent + count > budget) spentAt = step;
    if (spentAt !== undefined) return false;
    spent += count;
    return true;
  };
  const excursions = (from: number, to: number) =>
    samples.filter(
      ({ generation, max }, k) =>
        generation >= from &&
        generation < to &&
        max > thresholds.pause &&
        !(samples[k - 1]?.generation === generation && samples[k - 1].max > thresholds.pause),
    );
  let generation = 1;
  for (const event of events) {
    if (event.type === 'labelled' && event.before?.pairs) seen.push(event.before.pairs);
    if (event.type === 'thresholds' || event.type === 'trained') {
      generation = event.generation;
      thresholds = thresholdsFrom(given, target, seen);
    }
    if (event.type !== 'paused') continue;
    for (const { step } of excursions(generation, generation + 1)) if (pay(each, step)) added++;
    const grades = event.flagged.filter((f) => f.measure === given.measure).map((f) => f.grade);
    const again = event.reason === 'unstable' || Math.max(0, ...grades) > thresholds.pause;
    if (again && pay(paid(event.pause), event.step)) kept++;
  }
  for (const { step } of excursions(generation, Number.POSITIVE_INFINITY)) if (pay(each, step)) added++;
  return { kept, added, labels: Math.round(spent), spentAt, thresholds };
}

/** Targets that are tried for a budget, eV/Å. */
const TRIED = Array.from({ length: 41 }, (_, k) => 0.005 * 10 ** (k / 16));

/** The least of the targets tried for which the budget would have lasted. */
export function leastTarget(record: PastRun, budget: number): number | undefined {
  return TRIED.find((target) => replay(record, target, budget).spentAt === undefined);
}
