import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../core/errors.ts';
import { readLedger } from '../../run/ledger.ts';
import { lengthOf } from '../summary.ts';
import { heldTemperature } from './held.ts';
import { type History, historyOf } from './history.ts';
import { readScenes, type Scene, sceneOf } from './scenes.ts';
import { readStrain, type StrainData } from './strain.ts';
import { parseTable, type Table } from './table.ts';
import { type Thresholds, thresholdsIn } from './thresholds.ts';
import { readTrajectory, type Trajectory } from './trajectory.ts';
import { readTransitions, type Transitions } from './transitions.ts';
import { readValidation, type Validation } from './validation.ts';

/** All that a report is made of. What the directory does not hold is undefined or empty. */
export interface RunData {
  readonly name: string;
  readonly title: string;
  readonly history: History;
  readonly thermo: Table | undefined;
  readonly control: Table | undefined;
  readonly validation: Validation | undefined;
  /** Of a run that strained its cell. */
  readonly strain: StrainData | undefined;
  /** Of a run that looked for rare events. */
  readonly transitions: Transitions | undefined;
  readonly config: string | undefined;
  readonly labelBudget: number | undefined;
  /** By kind of measure. */
  readonly thresholds: Readonly<Record<string, Thresholds>>;
  readonly trajectory: Trajectory | undefined;
  readonly scenes: readonly Scene[];
  /** What could not be read or was left out, for the reader to know. */
  readonly notes: readonly string[];
}

/** Reads a run directory. Throws a UserError where it is none; whatever else is missing or torn is left out. */
export async function readRun(directory: string): Promise<RunData> {
  const at = (name: string) => join(directory, name);
  if (!['ledger.jsonl', 'thermo.csv', 'trajectory.xyz'].some((name) => existsSync(at(name))))
    throw new UserError(
      `report: '${directory}' holds no ledger.jsonl, thermo.csv or trajectory.xyz, must be a run directory; name the folder that a run wrote`,
    );
  const notes: string[] = [];
  const attempt = <T>(name: string, read: (path: string) => T): T | undefined => {
    try {
      return existsSync(at(name)) ? read(at(name)) : undefined;
    } catch (error) {
      notes.push(`${name} could not be read: ${(error as Error).message}`);
      return undefined;
    }
  };
  const text = (path: string) => readFileSync(path, 'utf8');
  const events = attempt('ledger.jsonl', readLedger) ?? [];
  const history = historyOf(events);
  const inForce = events.findLast((e) => e.type === 'thresholds');
  const config = attempt('config.resolved.yaml', text);
  const parsed = attempt('config.resolved.yaml', (path) => parse(text(path)));
  const validation = attempt('validation.json', readValidation);
  const trajectory = await readTrajectory(at('trajectory.xyz'), notes);
  const atoms = history.pauses.flatMap((p) =>
    p.flagged.slice(0, 1).map(({ atom }) => ({ pause: p.pause, atom })),
  );
  const paused = readScenes(at('pauses'), atoms, notes);
  const thermo = attempt('thermo.csv', (path) => parseTable(text(path)));
  const { time } = lengthOf({ history, thermo });
  const name = basename(resolve(directory));
  return {
    name,
    title: history.started?.title || titleIn(parsed) || name,
    history,
    thermo,
    control: attempt('control.csv', (path) => parseTable(text(path))),
    validation,
    strain: attempt('strain.csv', () => readStrain(at, parsed ?? {})),
    transitions: readTransitions(at('events'), { time, temperature: heldTemperature(thermo) }, notes),
    config,
    labelBudget: labelBudgetIn(parsed),
    // Of the last generation, where a target sets them.
    thresholds: { ...thresholdsIn(parsed), ...(inForce && { [inForce.measure]: inForce }) },
    trajectory,
    scenes: paused.length > 0 ? paused : endsOf(trajectory),
    notes,
  };
}

function titleIn(config: unknown): string | undefined {
  const title = (config as { title?: unknown } | undefined)?.title;
  return typeof title === 'string' ? title : undefined;
}

function labelBudgetIn(config: unknown): number | undefined {
  const labels = (config as { stop?: { labels?: unknown } } | undefined)?.stop?.labels;
  return typeof labels === 'number' ? labels : undefined;
}

/** Without pauses the first and the last frame of the trajectory are what there is to look at. */
function endsOf(trajectory: Trajectory | undefined): Scene[] {
  if (!trajectory) return [];
  const { frames } = trajectory;
  const ends = [sceneOf(frames[0], 'first', 'first frame')];
  if (frames.length > 1) ends.push(sceneOf(frames.at(-1)!, 'last', 'last frame'));
  return ends;
}
