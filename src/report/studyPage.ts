import { type DataTable, tableMarkup } from './dataTable.ts';
import { figures, renderDocument } from './document.ts';
import type { Figure } from './figure.ts';
import { html } from './html.ts';

/** What a study found. */
export interface Findings {
  readonly title: string;
  /** What was done and what came out, in plain sentences. */
  readonly story: string;
  readonly tables: readonly DataTable[];
  readonly figures: readonly Figure[];
}

/** A study's report as one HTML document that needs nothing from outside; `command` made it, `kicker` stands over the title. */
export async function renderStudy(found: Findings, command: string, kicker = 'Study'): Promise<string> {
  return renderDocument({
    title: found.title,
    header: html`<header id="summary"><p class="kicker">${kicker}</p><h1>${found.title}</h1><p class="story">${found.story}</p></header>`,
    sections: [
      { id: 'figures', title: 'Figures', parts: [await figures(...found.figures)] },
      { id: 'tables', title: 'Tables', parts: found.tables.map((t) => tableMarkup(t)) },
      { id: 'reproduce', title: 'Reproduce', parts: [html`<pre>${command}</pre>`] },
    ],
    footer: html`Written by serendip. Figures are drawn with Vega-Lite.`,
  });
}
