import { atomsOf } from '../figures/conservation.ts';
import { secondsOf } from '../figures/timeSplit.ts';
import { counted, integer, milli, number, percent, simulationTime, wallTime } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { RunData } from '../read/readRun.ts';
import { column } from '../read/table.ts';

/** Title, state, key numbers, and what happened in plain sentences. */
export function headline(run: RunData): Markup {
  const { text, tone } = status(run);
  const { at } = (run.history.started ?? {}) as { at?: string };
  return html`<header id="summary">
<p class="kicker">${run.history.started ? 'On-the-fly learning run' : 'Molecular dynamics run'} · ${run.name}${at ? ` · ${at.slice(0, 16).replace('T', ' ')} UTC` : ''}</p>
<h1>${run.title} <span class="badge ${tone}">${text}</span></h1>
<dl class="tiles">${tiles(run).map((t) => html`<div><dt>${t.name}</dt><dd>${t.value}${t.detail ? html`<small>${t.detail}</small>` : undefined}</dd></div>`)}</dl>
<p class="story">${story(run).join(' ')}</p>
</header>`;
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly detail?: string;
}

const ENDINGS = {
  steps: { text: 'complete', tone: 'good' },
  labelBudget: { text: 'label budget spent', tone: 'warn' },
  pauseBudget: { text: 'pause budget spent', tone: 'warn' },
  aborted: { text: 'stopped by the user', tone: 'warn' },
} as const;

export function status(run: RunData): { text: string; tone: 'good' | 'warn' | 'calm' } {
  const { started, finished } = run.history;
  if (finished) return ENDINGS[finished.reason];
  return started ? { text: 'running or interrupted', tone: 'warn' } : { text: 'dynamics', tone: 'calm' };
}

function tiles(run: RunData): Tile[] {
  const { history } = run;
  const summary = summaryOf(run);
  const budget = history.progress?.labelBudget;
  const length = lengthOf(run);
  const wall = wallOf(run);
  const tiles: Tile[] = [
    { name: 'simulated', value: simulationTime(length.time), detail: `${integer(length.steps)} steps` },
  ];
  if (history.started) {
    tiles.push({ name: 'pauses', value: integer(history.pauses.length) });
    tiles.push({
      name: 'labels',
      value: integer(history.labels.length),
      detail: budget && Number.isFinite(budget) ? `of ${integer(budget)}` : undefined,
    } as Tile);
  }
  const [first, last] = [summary?.generations[0], summary?.generations.at(-1)];
  if (first && last) {
    tiles.push({
      name: 'force error',
      value: milli(last.forceRmse),
      detail: `meV/Å, from ${milli(first.forceRmse)}`,
    });
    tiles.push({ name: 'improvement', value: `${number(summary?.improvement, 2)}×` });
  }
  if (wall !== undefined) tiles.push({ name: 'wall time', value: wallTime(wall) });
  return tiles;
}

/** The paragraph that one reads if one reads nothing else. */
export function story(run: RunData): string[] {
  const { history } = run;
  const length = lengthOf(run);
  const system = `${counted(atomsOf(run), 'atom')}${elementsOf(run)}`;
  if (!history.started)
    return [`${system} were simulated for ${integer(length.steps)} steps (${simulationTime(length.time)}).`];
  return [
    `${system} were simulated for ${integer(length.steps)} of ${integer(history.started.steps)} steps (${simulationTime(length.time)}) under an ensemble that learned along the way from ${history.started.calculator}.`,
    ...pauseSentences(run),
    ...errorSentences(run),
    ...wallSentences(run),
  ];
}

function pauseSentences(run: RunData): string[] {
  const { pauses, labels, generations, quarantined, progress, resumptions } = run.history;
  const unstable = pauses.filter((p) => p.reason === 'unstable').length;
  const cached = labels.filter((l) => l.cached).length;
  const starting = labels.filter((l) => l.pause === 0).length;
  const budget =
    progress && Number.isFinite(progress.labelBudget)
      ? ` of a budget of ${integer(progress.labelBudget)}`
      : '';
  return [
    pauses.length === 0
      ? 'It never met an environment that it had to pause for.'
      : `It paused ${pauses.length === 1 ? 'once' : `${pauses.length} times`} at atomic environments that the ensemble had not been taught${unstable > 0 ? `, ${unstable === 1 ? 'once' : `${unstable} times`} because the dynamics became unstable` : ''}.`,
    `${counted(labels.length, 'label')}${budget} ${labels.length === 1 ? 'was' : 'were'} used (${starting} of them to start with${cached > 0 ? `, ${cached} from the cache` : ''}), and the ensemble was trained ${generations.length === 1 ? 'once' : `${generations.length} times`}.`,
    quarantined.length > 0
      ? `${counted(quarantined.length, 'label')} ${quarantined.length === 1 ? 'was' : 'were'} refused as unsound.`
      : '',
    resumptions > 0
      ? `The run was taken up again ${resumptions === 1 ? 'once' : `${resumptions} times`} from its checkpoint.`
      : '',
  ].filter(Boolean);
}

function errorSentences(run: RunData): string[] {
  const summary = summaryOf(run);
  const [first, last] = [summary?.generations[0], summary?.generations.at(-1)];
  if (!summary || !first || !last) return [];
  const { control } = summary;
  return [
    `On ${counted(summary.frames, 'fresh frame')} of a trajectory driven by the reference the force error ${last.forceRmse < first.forceRmse ? 'fell' : 'went'} from ${milli(first.forceRmse)} to ${milli(last.forceRmse)} meV/Å, a factor of ${number(summary.improvement, 2)}, and the energy error from ${milli(first.energyRmse)} to ${milli(last.energyRmse)} meV/atom.`,
    control
      ? `Without pausing, the same run came to step ${integer(control.stepsCompleted)} (${control.outcome}), its forces wrong by ${milli(control.forceRmse)} meV/Å.`
      : '',
  ].filter(Boolean);
}

function wallSentences(run: RunData): string[] {
  const wall = wallOf(run);
  if (wall === undefined) return [];
  const spent = Object.entries(secondsOf(run)).filter(([, s]) => s > 0);
  const total = spent.reduce((sum, [, s]) => sum + s, 0);
  const names: Record<string, string> = {
    md: 'dynamics',
    label: 'labels',
    extract: 'extraction',
    train: 'training',
    validate: 'validation',
  };
  const shares = spent
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, s]) => `${percent(s / total)} ${names[name] ?? name}`);
  const split = run.history.finished && shares.length > 0 ? `: ${shares.join(', ')}` : '';
  return [`It took ${wallTime(wall)}${split}.`];
}

function summaryOf(run: RunData) {
  return run.validation?.summary ?? run.history.validated?.summary;
}

/** The activities' seconds of a finished run; of any other the time between its events. */
function wallOf(run: RunData): number | undefined {
  const { finished, wallSeconds } = run.history;
  return finished ? Object.values(finished.seconds).reduce((sum, s) => sum + s, 0) : wallSeconds;
}

/** How far the run came, from what tells best. */
function lengthOf(run: RunData): { steps: number; time: number } {
  const { started, finished, progress } = run.history;
  const sampled = {
    steps: column(run.thermo, 'step').at(-1) ?? 0,
    time: column(run.thermo, 'time_fs').at(-1) ?? 0,
  };
  const steps = finished?.step ?? Math.max(progress?.step ?? 0, sampled.steps);
  return { steps, time: started ? steps * started.timestep : sampled.time };
}

function elementsOf(run: RunData): string {
  const elements = run.history.started?.elements ?? run.trajectory?.frames[0].structure.elements ?? [];
  return elements.length > 0 ? ` (${elements.join(', ')})` : '';
}
