import { type Figure, renderSvg } from './figure.ts';
import { html, type Markup, raw } from './html.ts';
import { SAVE_FIGURES } from './saveFigures.ts';
import { STYLE } from './style.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  /** A section without any is left out. */
  readonly parts: readonly (Markup | undefined)[];
}

/** What is said of a page's making below it. */
export interface Document {
  readonly title: string;
  readonly header: Markup;
  readonly sections: readonly Section[];
  readonly footer: Markup;
  readonly scripts?: Markup | undefined;
}

/** One HTML document that needs nothing from outside. The header's id is `summary`. */
export function renderDocument({ title, header, sections, footer, scripts }: Document): string {
  const filled = sections.filter((s) => s.parts.some(Boolean));
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<title>${title}</title><style>${raw(STYLE)}</style></head>
<body>
<nav aria-label="sections"><div><a href="#summary">Summary</a>${filled.map((s) => html`<a href="#${s.id}">${s.title}</a>`)}</div></nav>
<main>
${header}
${filled.map((s) => html`<section id="${s.id}"><h2>${s.title}</h2>${s.parts.filter((p) => p !== undefined)}</section>`)}
<footer>${footer}</footer>
</main>
${scripts}
<script>${raw(SAVE_FIGURES)}</script>
</body>
</html>
`.markup;
}

/** Those that there are, side by side where there is room; undefined if there is none. */
export async function figures(...wanted: readonly (Figure | undefined)[]): Promise<Markup | undefined> {
  const present = wanted.filter((f) => f !== undefined);
  if (present.length === 0) return undefined;
  return html`<div class="figures">${await Promise.all(present.map(figureMarkup))}</div>`;
}

async function figureMarkup(figure: Figure): Promise<Markup> {
  const svg = await renderSvg(figure);
  const natural = /width="([\d.]+)"/.exec(svg)?.[1] ?? '1000';
  return html`<figure class="plot${figure.half ? ' half' : ''}" id="figure-${figure.id}" style="--natural:${natural}px">${raw(svg)}<figcaption><b>${figure.title}.</b> ${figure.caption}</figcaption></figure>`;
}
