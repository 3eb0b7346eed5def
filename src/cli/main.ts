#!/usr/bin/env node
import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { nearest } from '../config/nearest.ts';
import { UserError } from '../core/errors.ts';
import { systemReason } from '../io/readText.ts';
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

/** In the order in which a newcomer needs them. */
const COMMANDS = [
  initCommand,
  doctorCommand,
  validateCommand,
  runCommand,
  resumeCommand,
  statusCommand,
  explainCommand,
  mdCommand,
  fitCommand,
  evalCommand,
  gradeCommand,
  exportCommand,
  convertCommand,
  reportCommand,
] as unknown as CommandModule[];

/** Exit codes: 0 done, 1 a bug, 2 bad input, 3 a calculator failed, 4 the run could not go on, 130 interrupted. */
function fail(error: unknown): never {
  const { message, exitCode } =
    error instanceof UserError ? error : explained(error as NodeJS.ErrnoException);
  process.stderr.write(`error: ${message}\n`);
  process.exit(exitCode);
}

/** What the system refused can be mended by the user; anything else is a bug. */
function explained(error: NodeJS.ErrnoException): Pick<UserError, 'message' | 'exitCode'> {
  const reason = systemReason(error);
  return reason === undefined
    ? { message: `this is a bug, please report it:\n${error.stack ?? error}`, exitCode: 1 }
    : {
        message: `${error.path ?? error.syscall}: cannot be used (${reason}); check the name and the folder`,
        exitCode: 2,
      };
}

const words = hideBin(process.argv);
const [command] = words;
const names = COMMANDS.map((c) => String(c.command).split(' ')[0]);
const parser = yargs(words)
  .scriptName('serendip')
  .usage('$0 <command>\n\nMolecular dynamics that learns its interatomic potential on the fly.')
  .command(COMMANDS)
  .strict()
  .updateStrings({
    'Not enough non-option arguments: got %s, need at least %s': {
      one: 'got %s words after it, needs at least %s',
      other: 'got %s words after it, needs at least %s',
    } as never,
  })
  .wrap(110)
  .fail((message, error) =>
    fail(error ?? new UserError(`${command}: ${message}; 'serendip ${command} --help' shows what it takes`)),
  );

try {
  if (command === undefined) parser.showHelp('log');
  else if (!command.startsWith('-') && !names.includes(command)) {
    const meant = nearest(command, names);
    const remedy = meant ? `did you mean '${meant}'?` : `there are: ${names.join(', ')}`;
    throw new UserError(`unknown command '${command}'; ${remedy}`);
  } else await parser.parseAsync();
} catch (error) {
  fail(error);
}
