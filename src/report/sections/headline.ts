import { counted, integer, milli, number, simulationTime, wallTime } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { RunData } from '../read/readRun.ts';
import { atomsOf, isLearning, lengthOf, validationSummary, wallSeconds } from '../summary.ts';
import { story } from './story.ts';

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

/** Title, state, key numbers, and what happened in plain sentences. */
export function headline(run: RunData): Markup {
  const { text, tone } = status(run);
  const { startedAt } = run.history;
  const kind = isLearning(run) ? 'On-the-fly learning' : 'Molecular dynamics';
  const date = startedAt ? ` · ${startedAt.slice(0, 16).replace('T', ' ')} UTC` : '';
  const shown = tiles(run);
  return html`<header id="summary">
<p class="kicker">${kind} · ${run.name}${date}</p>
<h1>${run.title} <span class="badge ${tone}">${text}</span></h1>
<dl class="tiles" style="--n:${shown.length}">${shown.map((t) => html`<div><dt>${t.name}</dt><dd>${t.value}${t.detail ? html`<small>${t.detail}</small>` : undefined}</dd></div>`)}</dl>
<p class="story">${story(run).join(' ')}</p>
</header>`;
}

function status({ history }: RunData): { text: string; tone: 'good' | 'warn' | 'calm' } {
  if (history.finished) return ENDINGS[history.finished.reason];
  return history.started
    ? { text: 'running or interrupted', tone: 'warn' }
    : { text: 'no ledger', tone: 'calm' };
}

function tiles(run: RunData): Tile[] {
  const { history, labelBudget } = run;
  const length = lengthOf(run);
  const tiles: Tile[] = [
    { name: 'atoms', value: integer(atomsOf(run)) },
    { name: 'simulated', value: simulationTime(length.time), detail: `${integer(length.steps)} steps` },
  ];
  if (isLearning(run)) {
    const labels = integer(history.labels.length);
    tiles.push({ name: 'pauses', value: integer(history.pauses.length) });
    tiles.push({
      name: 'labels',
      value: labels,
      ...(labelBudget ? { detail: `of ${integer(labelBudget)}` } : {}),
    });
  }
  const { transitions } = run;
  if (transitions)
    tiles.push({
      name: 'rare events',
      value: integer(transitions.records.length),
      detail: counted(transitions.classes.length, 'class', 'classes'),
    });
  const summary = validationSummary(run);
  const [first, last] = [summary?.generations[0], summary?.generations.at(-1)];
  if (first && last) {
    tiles.push({
      name: 'force error',
      value: milli(last.forceRmse),
      detail: `meV/Å, from ${milli(first.forceRmse)}`,
    });
    tiles.push({ name: 'improvement', value: `${number(summary?.improvement, 2)}×` });
  }
  const wall = wallSeconds(run);
  if (wall !== undefined) tiles.push({ name: 'wall time', value: wallTime(wall) });
  return tiles;
}
