import { existsSync, readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { tableText } from '../report/dataTable.ts';
import { column, parseTable } from '../report/read/table.ts';
import { givenThresholds } from '../run/assemble.ts';
import { pathsIn, requireRun } from '../run/directory.ts';
import { readLedger } from '../run/ledger.ts';
import { storedRunConfig } from '../run/stored.ts';
import { type GradeSample, leastTarget, type Replay, replay } from '../run/whatif.ts';

interface Options {
  readonly directory: string;
  readonly target: readonly number[];
  readonly budget: number | undefined;
}

export const whatifCommand: CommandModule<object, Options> = {
  command: 'whatif [directory]',
  describe: 'Say how often a run would have paused, and for how many labels, with other target force errors',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', default: 'run', describe: 'the run directory' })
      .option('target', {
        type: 'number',
        array: true,
        default: [0.02, 0.05, 0.1, 0.2, 0.5],
        describe: 'force errors to try, eV/Å',
      })
      .option('budget', { type: 'number', describe: 'labels, starting data included' })
      .example('$0 whatif run --target 0.05 --budget 20', 'would 20 labels have done for 0.05 eV/Å?'),
  handler({ directory, target, budget }) {
    requireRun(directory);
    const path = pathsIn(directory);
    const config = storedRunConfig(directory);
    const given = givenThresholds(config);
    const record = {
      events: readLedger(path('ledger.jsonl')),
      samples: samplesIn(path('thermo.csv'), given.measure),
      given,
    };
    const bad = target.find((t) => !(t > 0));
    if (bad !== undefined) throw new UserError(`--target: got ${bad}, must be above 0 eV/Å`);
    const own = config.uncertainty.targetForceError;
    const lines = [
      row(own === undefined ? 'as it was' : `${own} (as it was)`, replay(record, own, budget)),
      ...target.map((t) => row(String(t), replay(record, t, budget))),
    ];
    const heads = [
      { text: 'target', unit: 'eV/Å' },
      ...['pauses', 'of them new', 'labels', 'select', 'pause'].map((text) => ({ text, numeric: true })),
      { text: 'budget' },
    ];
    const caption = `${given.measure}, thresholds at the end; replayed from the record, so that pauses beyond those of the run are estimates`;
    process.stdout.write(`${tableText({ caption, heads, rows: lines })}\n${affordable(record, budget)}`);
  },
};

function row(name: string, { kept, added, labels, thresholds, spentAt }: Replay): (string | number)[] {
  const { select, pause } = thresholds;
  const spent = spentAt === undefined ? 'lasts' : `spent at step ${spentAt}`;
  return [name, kept + added, added, labels, select, pause, spent];
}

function affordable(record: Parameters<typeof leastTarget>[0], budget: number | undefined): string {
  if (budget === undefined) return '';
  const least = leastTarget(record, budget);
  return least === undefined
    ? `${budget} labels would not have lasted for any target\n`
    : `${budget} labels would have lasted for a target of ${least.toPrecision(2)} eV/Å\n`;
}

function samplesIn(file: string, measure: string): GradeSample[] {
  if (!existsSync(file)) return [];
  const table = parseTable(readFileSync(file, 'utf8'));
  const [step, generation, max] = ['step', 'generation', `${measure}_max`].map((name) => column(table, name));
  return step.map((s, k) => ({ step: s, generation: generation[k], max: max[k] }));
}
