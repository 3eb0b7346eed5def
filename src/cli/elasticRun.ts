import { potentials } from '../../potentials/registry.ts';
import { backends } from '../backend/registry.ts';
import type { RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import { elasticBars } from '../properties/elasticBars.ts';
import { crystalElastic, type EnsembleElastic } from '../properties/ensembleElastic.ts';
import { plainly } from '../properties/evaluates.ts';
import { symmetryOf } from '../properties/symmetry.ts';
import { type ThermalElastic, thermalElastic } from '../properties/thermalElastic.ts';
import type { RunDirectory } from '../run/directory.ts';
import { concludeElastic } from '../run/elastic/concludeElastic.ts';
import type { ElasticSource } from '../run/elastic/elasticNumbers.ts';
import { crystalOf, executeElastic } from '../run/elastic/executeElastic.ts';
import type { ElasticRound } from '../run/elastic/learnElastic.ts';
import type { ElasticRequest } from '../run/elastic/request.ts';
import type { RunItem } from '../run/items.ts';
import { builtInPotential, formula } from './crystalOptions.ts';
import { INTERRUPTED, interruptible } from './options.ts';
import { createPrinter } from './progressLine.ts';

/**
 * Learns what a directory's config and request ask for, or goes on with it: all is done again in the same order, with every label
 * that was paid for from its cache, until what is new begins. Leaves elastic.json and the report, and gives the directory free.
 */
export async function carryOutElastic(
  run: RunDirectory,
  config: RunConfig,
  request: ElasticRequest,
): Promise<void> {
  const signal = interruptible();
  const printer = createPrinter(process.stdout);
  const show = (item: RunItem | ElasticRound) => {
    if (item.type === 'elastic') process.stdout.write(`${roundLine(item)}\n`);
    else printer.show(item);
  };
  try {
    await conclude(run.root, await learned(run, config, request, show, signal));
  } catch (error) {
    if (signal.aborted)
      throw new UserError(
        `interrupted; 'serendip resume ${run.root}' goes on, with the labels it has`,
        INTERRUPTED,
      );
    throw error;
  } finally {
    printer.close();
    run.release();
  }
}

/** Writes and prints what was found. */
export async function conclude(root: string, source: ElasticSource): Promise<void> {
  const command = ['serendip', ...process.argv.slice(2)].join(' ');
  const { text, report } = await concludeElastic(root, source, command);
  process.stdout.write(`${text}\n\nreport: ${report}\n`);
}

async function learned(
  run: RunDirectory,
  config: RunConfig,
  request: ElasticRequest,
  show: (item: RunItem | ElasticRound) => void,
  signal: AbortSignal,
): Promise<ElasticSource> {
  const { found, rounds, labels, training } = await executeElastic(run, config, request, show, signal);
  const error = rounds.findLast((r) => r.error)?.error;
  return {
    title: formula(crystalOf(config)),
    found,
    bars: elasticBars(found.members, found.constants, error),
    rounds,
    labels,
    reference: await referenceOf(config, request.reference),
    thermal: await warmed(training.potential, found, request.thermal, signal),
  };
}

/** At the temperature asked for, if any. */
export async function warmed(
  potential: Potential,
  { mean, symmetry }: EnsembleElastic,
  thermal: ElasticRequest['thermal'],
  signal: AbortSignal,
): Promise<ThermalElastic | undefined> {
  if (thermal === undefined) return undefined;
  const backend = backends.create({ kind: 'wasm' });
  return thermalElastic(backend, potential, mean.relaxation.structure, symmetry, thermal, signal);
}

function referenceOf(config: RunConfig, given: string | undefined) {
  if (given !== undefined) return by(builtInPotential('--reference', given), crystalOf(config));
  const { calculator } = config.label;
  if (!('potential' in calculator)) return undefined;
  return by(potentials.create(calculator.potential as { kind: string }), crystalOf(config));
}

export function by(potential: Potential, crystal: Structure) {
  return crystalElastic(plainly(potential), crystal, symmetryOf(crystal));
}

function roundLine({ round, labels, found, bars, entropy, maxGrade }: ElasticRound): string {
  const values = found.constants.map(
    ({ name, place }, k) => `${name} ${found.mean.relaxed.C[place].toFixed(1)} ± ${bars.bar[k].toFixed(1)}`,
  );
  return `round ${round}  labels ${labels}  γ ${maxGrade.toPrecision(3)}  entropy ${entropy.toFixed(2)}  ${values.join('  ')} GPa`;
}
