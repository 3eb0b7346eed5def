import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { numbered, pathsIn, requireRun } from '../run/directory.ts';
import type { RunEvent } from '../run/events.ts';
import { forceErrorText } from '../run/forceErrorText.ts';
import { type LedgerLine, readLedger } from '../run/ledger.ts';
import { calibrationsFrom } from '../run/thresholds.ts';
import type { Calibration } from '../uncertainty/calibration.ts';
import { eventText } from './progressLine.ts';

interface Options {
  readonly pause: number;
  readonly directory: string;
}

export const explainCommand: CommandModule<object, Options> = {
  command: 'explain <pause> [directory]',
  describe: 'Say why a run paused and what came of it',
  builder: (yargs) =>
    yargs
      .positional('pause', { type: 'number', demandOption: true, describe: 'number of the pause, from 1' })
      .positional('directory', { type: 'string', default: 'run', describe: 'the run directory' })
      .example('$0 explain 3 run', 'the third pause of run/'),
  handler({ pause, directory }) {
    requireRun(directory);
    const path = pathsIn(directory);
    const events = readLedger(path('ledger.jsonl'));
    const pauses = events.filter((e) => e.type === 'paused');
    const found = pauses.find((e) => e.pause === pause);
    if (!found)
      throw new UserError(
        pauses.length === 0
          ? `explain: '${directory}' has not paused, so there is nothing to explain`
          : `explain: got pause ${pause}, must be a number from 1 to ${pauses.length}`,
      );
    const story = events.slice(events.indexOf(found)).filter((e) => belongsTo(e, pause));
    const end = story.findIndex((e) => e.type === 'resumed' || (e.type === 'paused' && e.pause !== pause));
    const told = story.slice(0, end < 0 ? undefined : end + 1);
    const before = events.slice(0, events.indexOf(found));
    const calibrations = calibrationsFrom(
      before.flatMap((e) => (e.type === 'labelled' && e.before?.pairs ? [e.before.pairs] : [])),
    );
    const lines = told.flatMap((e) =>
      e.type === 'paused'
        ? [eventText(e), ...worstAtoms(e, calibrations), ...thresholdLines(before, calibrations)]
        : [eventText(e) ?? resumedText(e)],
    );
    process.stdout.write(`${lines.filter(Boolean).join('\n')}\nfiles: ${path('pauses', numbered(pause))}\n`);
  },
};

/** Training events carry no pause: they belong to the one they follow. */
function belongsTo(event: RunEvent, pause: number): boolean {
  return 'pause' in event ? event.pause === pause : event.type === 'trained';
}

function worstAtoms(
  event: Extract<RunEvent, { type: 'paused' }>,
  calibrations: readonly Calibration[],
): string[] {
  return event.flagged.map(({ atom, measure, grade }) => {
    const made = calibrations.find((c) => c.measure === measure);
    return `  atom ${atom}: ${measure} ${grade.toPrecision(4)}${made ? `, ${forceErrorText(made, grade)}` : ''}`;
  });
}

/** Which thresholds were in force, and what they rest on. */
function thresholdLines(before: readonly LedgerLine[], calibrations: readonly Calibration[]): string[] {
  const found = before.findLast((e) => e.type === 'thresholds');
  if (!found) return [];
  const { measure, select, pause, source, pairs, target } = found;
  const aim = target === undefined ? '' : ` for a target of ${target} eV/Å`;
  const origin =
    source === 'calibrated'
      ? `calibrated on ${pairs} atoms of earlier labels${aim}`
      : `as configured${target === undefined ? '' : `, for want of labels to calibrate on${aim}`}`;
  const made = calibrations.find((c) => c.measure === measure);
  return [
    `  thresholds: ${measure} select ${select.toPrecision(3)}, pause ${pause.toPrecision(3)}, ${origin}`,
    made
      ? `  calibration: ${made.pairs} atoms; at pause ${forceErrorText(made, pause)}`
      : '  calibration: too few labels yet to tell grades in eV/Å',
  ];
}

function resumedText(event: RunEvent): string | undefined {
  return event.type === 'resumed'
    ? `went on from step ${event.step} with generation ${event.generation}`
    : undefined;
}
