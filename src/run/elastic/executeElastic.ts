import type { RunConfig } from '../../config/schema.ts';
import type { Structure } from '../../core/structure.ts';
import type { EnsembleElastic } from '../../properties/ensembleElastic.ts';
import { primitiveCell } from '../../properties/primitive.ts';
import { symmetryOf } from '../../properties/symmetry.ts';
import { assembleRun, givenThresholds, repeatedBy } from '../assemble.ts';
import type { RunDirectory } from '../directory.ts';
import type { RunItem } from '../items.ts';
import { firstLessons } from '../onTheFly.ts';
import type { Training } from '../parts.ts';
import { openRecord } from '../record.ts';
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
 * models are kept in the directory as those of a run are; begun anew, it finds its labels there. Throws a UserError.
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
    // Nothing to go on from: all that was dear is in the cache of labels.
    if (item.type === 'committed') return;
    if (item.type === 'elastic') rounds.push(item);
    else record.keep(item);
    show(item);
  };
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
