import { tableMarkup } from './dataTable.ts';
import { figures, renderDocument, type Section } from './document.ts';
import { calibration } from './figures/calibration.ts';
import { conservation } from './figures/conservation.ts';
import { control } from './figures/control.ts';
import { displacement } from './figures/displacement.ts';
import { gradeHistogram } from './figures/gradeHistogram.ts';
import { learningCurve } from './figures/learningCurve.ts';
import { pairDistribution } from './figures/pairDistribution.ts';
import { parity } from './figures/parity.ts';
import { recall } from './figures/recall.ts';
import { stressStrain } from './figures/stressStrain.ts';
import { timeline } from './figures/timeline.ts';
import { timeSplit } from './figures/timeSplit.ts';
import { html, type Markup } from './html.ts';
import type { RunData } from './read/readRun.ts';
import { captioned } from './sections/captioned.ts';
import { drawnClasses, eventsSection } from './sections/events.ts';
import { headline } from './sections/headline.ts';
import { pauseTable } from './sections/pauses.ts';
import { notes, reproduce } from './sections/reproduce.ts';
import { modelTable, quarantineTable, validationTable } from './sections/tables.ts';
import { structureTable, yieldTable } from './strainTables.ts';
import { eventViewer } from './viewer/eventViewer.ts';
import { type Viewer, viewer, viewerScripts } from './viewer/viewer.ts';

/** The whole report as one HTML document that needs nothing from outside. */
export async function renderPage(run: RunData): Promise<string> {
  const view = viewer(run);
  const events = run.transitions && eventViewer(run.transitions, drawnClasses(run.transitions));
  const sections = await sectionsOf(run, view?.markup, events);
  const remarks = [...run.notes, ...(view?.notes ?? []), ...(events?.notes ?? [])];
  if (remarks.length > 0) sections.push({ id: 'notes', title: 'Notes on the data', parts: [notes(remarks)] });
  return renderDocument({
    title: `${run.title} · report`,
    header: headline(run),
    sections,
    footer: html`Written by serendip from the files of the run directory. Structures are drawn with 3Dmol.js (Rego &amp; Koes, Bioinformatics 31, 1322, 2015; BSD-3-Clause), figures with Vega-Lite.`,
    scripts: viewerScripts([view, events]),
  });
}

async function sectionsOf(
  run: RunData,
  view: Markup | undefined,
  events: Viewer | undefined,
): Promise<Section[]> {
  const pauses = pauseTable(run);
  const structures = run.strain && structureTable(run.strain);
  return [
    { id: 'trace', title: 'Course of the run', parts: [await figures(timeline(run))] },
    await eventsSection(run, events),
    {
      id: 'strain',
      title: 'Stress and strain',
      parts: [
        await figures(stressStrain(run)),
        run.strain && tableMarkup(yieldTable(run.strain)),
        structures && tableMarkup(structures),
      ],
    },
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
