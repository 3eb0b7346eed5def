import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { parseSource } from '../config/load.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { tableText } from '../report/dataTable.ts';
import { renderStudy } from '../report/studyPage.ts';
import { studies } from '../studies/registry.ts';
import { interruptible, optionSource } from './options.ts';

interface Options {
  readonly name: string;
  readonly data: string | undefined;
  readonly short: boolean;
  readonly set: readonly string[];
  readonly out: string | undefined;
}

const KINDS = studies.entries.map((e) => e.kind);

export const studyCommand: CommandModule<object, Options> = {
  command: 'study <name>',
  describe: 'Make one of the comparisons that back what this program recommends',
  builder: (yargs) =>
    yargs
      .positional('name', {
        choices: KINDS,
        demandOption: true,
        describe: studies.entries.map((e) => `${e.kind}: ${e.schema.description}`).join('\n'),
      })
      .option('data', { type: 'string', describe: 'folder of the data sets it reads' })
      .option('short', { type: 'boolean', default: false, describe: 'a form that takes seconds' })
      .option('set', {
        type: 'string',
        array: true,
        default: [],
        describe: 'options of the study: name=value',
      })
      .option('out', { alias: 'o', type: 'string', describe: 'folder of the report (default study-NAME)' })
      .example(
        '$0 study accuracy --data mlearn',
        'tables in the terminal, figures in study-accuracy/report.html',
      ),
  async handler({ name, data, short, set, out = `study-${name}` }) {
    const study = studies.create(parseSource(studies.schema, optionSource(name, set)));
    mkdirSync(out, { recursive: true });
    const found = await study.run({
      short,
      data,
      signal: interruptible(),
      progress: (line) => process.stderr.write(`${line}\n`),
    });
    const command = [
      'serendip study',
      name,
      ...(data ? ['--data', data] : []),
      ...(short ? ['--short'] : []),
    ];
    writeFileAtomic(
      join(out, 'report.html'),
      await renderStudy(found, [...command, ...set.map((s) => `--set ${s}`)].join(' ')),
    );
    writeFileAtomic(join(out, 'study.json'), `${JSON.stringify(found.numbers, null, 2)}\n`);
    process.stdout.write(
      `${[...found.tables.map(tableText), found.story].join('\n\n')}\n\nreport: ${join(out, 'report.html')}\n`,
    );
  },
};
