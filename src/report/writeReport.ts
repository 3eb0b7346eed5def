import { join } from 'node:path';
import { writeFileAtomic } from '../io/durable.ts';
import { renderPage } from './page.ts';
import { readRun } from './read/readRun.ts';

/** Writes `report.html` into a run directory and returns its path. Throws a UserError where there is no run. */
export async function writeReport(runDirectory: string): Promise<string> {
  const page = await renderPage(await readRun(runDirectory));
  const path = join(runDirectory, 'report.html');
  writeFileAtomic(path, page);
  return path;
}
