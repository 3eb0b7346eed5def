import type { RunConfig } from '../../config/schema.ts';
import type { Structure } from '../../core/structure.ts';
import type { EnsembleElastic } from '../../properties/ensembleElastic.ts';
import { primitiveCell } from '../../properties/primitive.ts';
import { symmetryOf } from '../../properties/symmetry.ts';
import { assembleRun, givenThresholds, repeatedBy } from '../assemble.ts';
import type { RunDirectory } from '../directory.ts';
import type { RunEvent } from '../events.ts';
import type { RunItem } from '../items.ts';
import { firstLessons } from '../onTheFly.ts';
import type { RunParts, Training } from '../parts.ts';
import { openRecord } from '../record.ts';
import { roundNumbers } from './elasticNumbers.ts';
import { type ElasticParts, type ElasticRound, learnElastic, STRAIN_WEIGHT } from './learnElastic.ts';

/** What elastic learning is told besides the config of a run. */
export type ElasticGoal = Pick<ElasticParts, 'strain' | 'tolerance' | 'entropy'>;

export interface LearnedElastic {
  readonly found: EnsembleElastic;
  readonly rounds: readonly ElasticRound[];
  readonly labels: number;
  readonly training: Training;
}

/** One cell of the crystal that a config names: strain that is the same everywhere asks for no more. */
export function crystalOf(config: Pick<RunConfig, 'structure'>): Structure {
  const cell = repeatedBy(config, [1, 1, 1]);
  return primitiveCell(cell, symmetryOf(cell));
}

/**
 * Learns the elastic constants of a config's crystal: its starting lessons first, then strained crystals. Data set, labels and
 * models are kept in the directory as those of a run are. Labels are the commits: killed at any instant and begun anew it does the same
 * in the same order, to the bit, with every finished label from the cache. Throws a UserError.
 */
export async function executeElastic(
  directory: RunDirectory,
  config: RunConfig,
  goal: ElasticGoal,
  show: (item: RunItem | ElasticRound) => void,
  signal: AbortSignal,
): Promise<LearnedElastic> {
  const record = openRecord(directory);
  const parts = assembleRun(weighted(config), directory);
  const rounds: ElasticRound[] = [];
  const handle = (item: RunItem | ElasticRound) => {
    signal.throwIfAborted();
    // Nothing to go on from: all that was dear is in the cache of labels.
    if (item.type === 'committed') return;
    if (item.type === 'elastic') {
      rounds.push(item);
      const constants = item.found.constants.map(({ name }) => name);
      record.keep({ type: 'elasticRound', constants, ...roundNumbers(item) });
    } else record.keep(item);
    show(item);
  };
  record.keep(startedEvent(config, parts));
  const course = await drained(firstLessons(parts, signal), handle);
  const elastic: ElasticParts = {
    ...parts,
    ...goal,
    crystal: crystalOf(config),
    threshold: givenThresholds(config).select,
    budget: config.stop.labels,
  };
  const found = await drained(learnElastic(elastic, course, signal), handle);
  return { found, rounds, labels: course.progress.labels, training: course.training };
}

/** Voids what a killed process left in the ledger. Nothing moves in time. */
function startedEvent(config: RunConfig, { title, calculator }: RunParts): RunEvent {
  const { elements, species } = crystalOf(config);
  const still = { steps: 0, timestep: 0, step: 0 };
  return { type: 'started', title, atoms: species.length, elements, calculator, ...still };
}

/** Hands over every item and gives what the generator returns. */
async function drained<T, R>(items: AsyncGenerator<T, R>, handle: (item: T) => void): Promise<R> {
  for (;;) {
    const { done, value } = await items.next();
    if (done) return value;
    handle(value);
  }
}

/** Strained crystals weigh more, unless the config says otherwise. */
function weighted(config: RunConfig): RunConfig {
  const { weights } = config.train;
  const groups = { strain: STRAIN_WEIGHT, ...weights.groups };
  return { ...config, train: { ...config.train, weights: { ...weights, groups } } };
}
