import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../io/durable.ts';
import { readJson } from '../../io/readJson.ts';
import { tableText } from '../../report/dataTable.ts';
import { renderStudy } from '../../report/studyPage.ts';
import { elasticFindings } from './elasticFindings.ts';
import { type ElasticNumbers, type ElasticSource, elasticNumbers } from './elasticNumbers.ts';

/** What is there once all has been found. */
export const RESULT = 'elastic.json';

/** Writes report.html, then elastic.json; gives what is to be said. Throws a UserError where the crystal is none. */
export async function concludeElastic(
  root: string,
  source: ElasticSource,
  command: string,
): Promise<{ readonly text: string; readonly report: string }> {
  const numbers = elasticNumbers(source);
  mkdirSync(root, { recursive: true });
  const { found, report } = await writeElasticReport(root, numbers, command);
  writeFileAtomic(join(root, RESULT), `${JSON.stringify(numbers, null, 2)}\n`);
  return { text: [found.title, ...found.tables.map(tableText), found.story].join('\n\n'), report };
}

/** Of what elastic.json holds; undefined where there is none. */
export async function rewriteElasticReport(root: string, command: string): Promise<string | undefined> {
  const file = join(root, RESULT);
  if (!existsSync(file)) return undefined;
  return (await writeElasticReport(root, readJson(file) as ElasticNumbers, command)).report;
}

async function writeElasticReport(root: string, numbers: ElasticNumbers, command: string) {
  const found = elasticFindings(numbers);
  const report = join(root, 'report.html');
  writeFileAtomic(report, await renderStudy(found, command, 'Elastic constants'));
  return { found, report };
}
