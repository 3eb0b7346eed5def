import type { MdConfig, RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { RunDirectory } from '../run/directory.ts';
import { executeRun } from '../run/execute.ts';
import { executeMd } from '../run/plainMd.ts';
import { INTERRUPTED, interruptible } from './options.ts';
import { createPrinter } from './progressLine.ts';

/** Runs what a directory's config asks for, shows it, and says what was left and how to go on. */
export async function carryOut(directory: RunDirectory, config: RunConfig | MdConfig): Promise<void> {
  const signal = interruptible();
  const printer = createPrinter(process.stdout);
  const resume = `'serendip resume ${directory.root}' goes on from the last checkpoint`;
  try {
    const execute = () =>
      'potential' in config
        ? executeMd(directory, config as MdConfig, printer.show, signal)
        : executeRun(directory, config as RunConfig, printer.show, signal);
    const { report, finished } = await execute();
    printer.close();
    process.stdout.write(`report: ${report}\n`);
    if (!finished) throw new UserError(`interrupted; ${resume}`, INTERRUPTED);
  } catch (error) {
    printer.close();
    if (signal.aborted) throw new UserError(`interrupted; ${resume}`, INTERRUPTED);
    throw error;
  } finally {
    directory.release();
  }
}
