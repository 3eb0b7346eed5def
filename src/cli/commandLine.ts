import yargs, { type CommandModule } from 'yargs';
import { nearest } from '../config/nearest.ts';
import { UserError } from '../core/errors.ts';
import { systemReason } from '../io/readText.ts';
import { benchCommand } from './bench.ts';
import { calibrateCommand } from './calibrate.ts';
import { campaignCommand } from './campaign.ts';
import { convertCommand } from './convert.ts';
import { doctorCommand } from './doctor.ts';
import { elasticCommand } from './elastic.ts';
import { evalCommand } from './eval.ts';
import { eventsCommand } from './events.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { fitCommand } from './fit.ts';
import { gradeCommand } from './grade.ts';
import { initCommand } from './init.ts';
import { launchCommand } from './launch.ts';
import { mdCommand } from './md.ts';
import { propertiesCommand } from './properties.ts';
import { reportCommand } from './report.ts';
import { resumeCommand } from './resume.ts';
import { runCommand } from './run.ts';
import { selectCommand } from './select.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { strainCommand } from './strain.ts';
import { studyCommand } from './study.ts';
import { validateCommand } from './validate.ts';
import { whatifCommand } from './whatif.ts';

/** In the order in which a newcomer needs them. */
const COMMANDS = [
  initCommand,
  doctorCommand,
  validateCommand,
  runCommand,
  resumeCommand,
  statusCommand,
  stopCommand,
  explainCommand,
  eventsCommand,
  whatifCommand,
  mdCommand,
  fitCommand,
  evalCommand,
  calibrateCommand,
  gradeCommand,
  elasticCommand,
  propertiesCommand,
  strainCommand,
  campaignCommand,
  launchCommand,
  selectCommand,
  exportCommand,
  convertCommand,
  reportCommand,
  studyCommand,
  benchCommand,
] as unknown as CommandModule[];

const NAMES = COMMANDS.map((c) => String(c.command).split(' ')[0]);

/**
 * Carries out what the words of a command line ask for, prints what goes wrong, and returns the exit code:
 * 0 done, 1 a bug, 2 bad input, 3 a calculator failed, 4 the run could not go on, 130 interrupted.
 */
export async function commandLine(words: readonly string[]): Promise<number> {
  try {
    await obey(words);
    return 0;
  } catch (error) {
    const { message, exitCode } =
      error instanceof UserError ? error : explained(error as NodeJS.ErrnoException);
    process.stderr.write(`error: ${message}\n`);
    return exitCode;
  }
}

async function obey(words: readonly string[]): Promise<void> {
  const [command] = words;
  const parser = yargs([...words])
    .scriptName('serendip')
    .usage('$0 <command>\n\nMolecular dynamics that learns its interatomic potential on the fly.')
    .command(COMMANDS)
    .strict()
    .updateStrings({ [TOO_FEW]: FEWER } as never)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ?? new UserError(`${command}: ${message}; 'serendip ${command} --help' shows what it takes`)
      );
    });
  if (command === undefined) {
    parser.showHelp('log');
    return;
  }
  if (!command.startsWith('-') && !NAMES.includes(command)) throw unknownCommand(command);
  await parser.parseAsync();
}

const TOO_FEW = 'Not enough non-option arguments: got %s, need at least %s';
const FEWER = {
  one: 'got %s words after it, needs at least %s',
  other: 'got %s words after it, needs at least %s',
};

function unknownCommand(command: string): UserError {
  const meant = nearest(command, NAMES);
  const remedy = meant ? `did you mean '${meant}'?` : `there are: ${NAMES.join(', ')}`;
  return new UserError(`unknown command '${command}'; ${remedy}`);
}

/** What the system refused can be mended by the user; anything else is a bug. */
function explained(error: NodeJS.ErrnoException): Pick<UserError, 'message' | 'exitCode'> {
  const reason = systemReason(error);
  const place = error.path ?? error.syscall;
  return reason === undefined
    ? { message: `this is a bug, please report it:\n${error.stack ?? error}`, exitCode: 1 }
    : { message: `${place}: cannot be used (${reason}); check the name and the folder`, exitCode: 2 };
}
