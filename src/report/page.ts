import { type Figure, renderSvg } from './figure.ts';
import { calibration } from './figures/calibration.ts';
import { conservation } from './figures/conservation.ts';
import { control } from './figures/control.ts';
import { displacement } from './figures/displacement.ts';
import { gradeHistogram } from './figures/gradeHistogram.ts';
import { learningCurve } from './figures/learningCurve.ts';
import { pairDistribution } from './figures/pairDistribution.ts';
import { parity } from './figures/parity.ts';
import { recall } from './figures/recall.ts';
import { timeline } from './figures/timeline.ts';
import { timeSplit } from './figures/timeSplit.ts';
import { html, type Markup, raw } from './html.ts';
import type { RunData } from './read/readRun.ts';
import { SAVE_FIGURES } from './saveFigures.ts';
import { captioned } from './sections/captioned.ts';
import { headline } from './sections/headline.ts';
import { pauseTable } from './sections/pauses.ts';
import { notes, reproduce } from './sections/reproduce.ts';
import { modelTable, quarantineTable, validationTable } from './sections/tables.ts';
import { STYLE } from './style.ts';
import { viewer } from './viewer/viewer.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  /** What the run has of it; a section without any is left out. */
  readonly parts: readonly (Markup | undefined)[];
}

/** The whole report as one HTML document that needs nothing from outside. */
export async function renderPage(run: RunData): Promise<string> {
  const view = viewer(run);
  const sections = (await sectionsOf(run, view?.markup)).filter((s) => s.parts.some(Boolean));
  const remarks = [...run.notes, ...(view?.notes ?? [])];
  if (remarks.length > 0) sections.push({ id: 'notes', title: 'Notes on the data', parts: [notes(remarks)] });
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<title>${run.title} · report</title><style>${raw(STYLE)}</style></head>
<body>
<nav aria-label="sections"><div><a href="#summary">Summary</a>${sections.map((s) => html`<a href="#${s.id}">${s.title}</a>`)}</div></nav>
<main>
${headline(run)}
${sections.map((s) => html`<section id="${s.id}"><h2>${s.title}</h2>${s.parts.filter((p) => p !== undefined)}</section>`)}
<footer>Written by serendip from the files of the run directory. Structures are drawn with 3Dmol.js (Rego &amp; Koes, Bioinformatics 31, 1322, 2015; BSD-3-Clause), figures with Vega-Lite.</footer>
</main>
${view?.scripts}
<script>${raw(SAVE_FIGURES)}</script>
</body>
</html>
`.markup;
}

async function sectionsOf(run: RunData, view: Markup | undefined): Promise<Section[]> {
  const pauses = pauseTable(run);
  return [
    { id: 'trace', title: 'Course of the run', parts: [await figures(timeline(run))] },
    { id: 'learning-errors', title: 'Learning', parts: [await figures(learningCurve(run))] },
    {
      id: 'validation',
      title: 'Validation',
      parts: [await figures(parity(run), control(run)), validationTable(run)],
    },
    {
      id: 'trust',
      title: 'Uncertainty',
      parts: [await figures(calibration(run), gradeHistogram(run), recall(run))],
    },
    {
      id: 'environments',
      title: pauses ? 'Pauses' : 'Structures',
      parts: [
        view,
        pauses &&
          captioned(
            'Every pause: what was met, what was cut out, and what it cost. A click shows the environment above.',
            pauses,
          ),
        quarantineTable(run),
      ],
    },
    {
      id: 'dynamics',
      title: 'Dynamics',
      parts: [await figures(conservation(run), pairDistribution(run), displacement(run))],
    },
    { id: 'model', title: 'Model and cost', parts: [await figures(timeSplit(run)), modelTable(run)] },
    { id: 'reproduce', title: 'Reproduce', parts: [reproduce(run)] },
  ];
}

async function figures(...wanted: readonly (Figure | undefined)[]): Promise<Markup | undefined> {
  const present = wanted.filter((f) => f !== undefined);
  if (present.length === 0) return undefined;
  return html`<div class="figures">${await Promise.all(present.map(figureMarkup))}</div>`;
}

async function figureMarkup(figure: Figure): Promise<Markup> {
  const svg = await renderSvg(figure);
  const natural = /width="([\d.]+)"/.exec(svg)?.[1] ?? '1000';
  return html`<figure class="plot${figure.half ? ' half' : ''}" id="figure-${figure.id}" style="--natural:${natural}px">${raw(svg)}<figcaption><b>${figure.title}.</b> ${figure.caption}</figcaption></figure>`;
}
