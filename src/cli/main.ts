#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { UserError } from '../core/errors.ts';
import { convertCommand } from './convert.ts';
import { doctorCommand } from './doctor.ts';
import { evalCommand } from './eval.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { fitCommand } from './fit.ts';
import { gradeCommand } from './grade.ts';
import { initCommand } from './init.ts';
import { mdCommand } from './md.ts';
import { reportCommand } from './report.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { statusCommand } from './status.ts';
import { validateCommand } from './validate.ts';

/** Exit codes: 0 done, 1 a bug, 2 bad input, 3 a calculator failed, 4 the run could not go on, 130 interrupted. */
function fail(error: unknown): never {
  if (error instanceof UserError) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(error.exitCode);
  }
  process.stderr.write(
    `internal error, please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

const parser = yargs(hideBin(process.argv))
  .scriptName('serendip')
  .usage('$0 <command>\n\nMolecular dynamics that learns its interatomic potential on the fly.')
  .command(initCommand)
  .command(doctorCommand)
  .command(validateCommand)
  .command(runCommand)
  .command(resumeCommand)
  .command(statusCommand)
  .command(explainCommand)
  .command(mdCommand)
  .command(fitCommand)
  .command(evalCommand)
  .command(gradeCommand)
  .command(exportCommand)
  .command(convertCommand)
  .command(reportCommand)
  .demandCommand(1, 'name a command')
  .strict()
  .recommendCommands()
  .wrap(110)
  .fail((message, error) =>
    fail(error ?? new UserError(`${message}; 'serendip --help' lists what there is`)),
  );

try {
  await parser.parseAsync();
} catch (error) {
  fail(error);
}
