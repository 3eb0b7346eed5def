import { integer, milli, number, wallTime } from '../format.ts';
import { cell, html, type Markup, table } from '../html.ts';
import type { RunData } from '../read/readRun.ts';
import { validationSummary } from '../summary.ts';
import { captioned } from './captioned.ts';

/** Errors on fresh frames, a row a generation. */
export function validationTable(run: RunData): Markup | undefined {
  const summary = validationSummary(run);
  if (!summary || summary.generations.length === 0) return undefined;
  const rows = summary.generations.map(
    (g) =>
      html`<tr>${[integer(g.generation), integer(g.labels), milli(g.energyRmse), milli(g.forceRmse), milli(g.forceMax)].map((t) => cell(t))}</tr>`,
  );
  const { control } = summary;
  if (control)
    rows.push(
      html`<tr class="aside"><td colspan="3">without pausing, over the frames it visited</td>${cell(milli(control.forceRmse))}${cell(milli(control.forceMax))}</tr>`,
    );
  return captioned(
    `Errors on ${summary.frames} fresh frames of a trajectory driven by the reference, by generation of the ensemble.`,
    table(
      [
        { text: 'generation', numeric: true },
        { text: 'labels', numeric: true },
        { text: 'energy RMSE', unit: 'meV/atom', numeric: true },
        { text: 'force RMSE', unit: 'meV/Å', numeric: true },
        { text: 'largest force error', unit: 'meV/Å', numeric: true },
      ],
      rows,
    ),
  );
}

/** What each training had and gave. */
export function modelTable(run: RunData): Markup | undefined {
  const { generations } = run.history;
  if (generations.length === 0) return undefined;
  const rows = generations.map(
    (g) =>
      html`<tr>${[
        integer(g.generation),
        integer(g.labels),
        integer(g.frames),
        integer(g.rows),
        integer(g.environments),
        integer(g.functions),
        integer(g.members),
        number(g.regularisation, 2),
        milli(g.errors.energyRmse),
        milli(g.errors.forceRmse),
        wallTime(g.seconds),
      ].map((t) => cell(t))}</tr>`,
  );
  return captioned(
    'Every generation of the ensemble: what it was taught with, how large it is, and its errors on its own training set.',
    table(
      [
        { text: 'generation', numeric: true },
        { text: 'labels', numeric: true },
        { text: 'frames', numeric: true },
        { text: 'equations', numeric: true, hint: 'rows of the least-squares problem' },
        { text: 'environments', numeric: true },
        { text: 'functions', numeric: true },
        { text: 'members', numeric: true },
        { text: 'regularisation', numeric: true, hint: 'strength of the prior, chosen by the evidence' },
        { text: 'energy RMSE', unit: 'meV/atom', numeric: true },
        { text: 'force RMSE', unit: 'meV/Å', numeric: true },
        { text: 'training', numeric: true },
      ],
      rows,
    ),
  );
}

/** Labels that the hygiene gate refused. */
export function quarantineTable(run: RunData): Markup | undefined {
  const { quarantined } = run.history;
  if (quarantined.length === 0) return undefined;
  const rows = quarantined.map(
    (q) =>
      html`<tr>${cell(q.pause === 0 ? 'start' : integer(q.pause))}${cell(q.reason, '')}${cell(html`<code>${q.directory}</code>`, '')}</tr>`,
  );
  return captioned(
    'Labels in quarantine: computed, but refused as unsound and never learned.',
    table([{ text: 'pause', numeric: true }, { text: 'reason' }, { text: 'kept in' }], rows),
  );
}
