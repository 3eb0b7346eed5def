import type { TopLevelSpec } from 'vega-lite';
import { PLOT_CONFIG } from './theme.ts';

/** A plot with what has to be said about it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What is shown and what it says, in plain sentences. */
  readonly caption: string;
  readonly spec: TopLevelSpec;
  /** Takes half of the page's width where there is room. */
  readonly half?: boolean;
}

/** Width of a plot's inner area, px, for figures as wide as the page. */
export const FULL_WIDTH = 880;
export const HALF_WIDTH = 390;

/** The figure as SVG text. Its ids carry the figure's own, so that many can stand in one page. */
export async function renderSvg(figure: Figure): Promise<string> {
  // Loaded where a plot is drawn: it would double the time in which a command line that draws none answers.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = compile(figure.spec, { config: PLOT_CONFIG });
  const view = new View(parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg
    .replace(/\bid="([^"]+)"/g, `id="${figure.id}-$1"`)
    .replaceAll('xlink:href', 'href')
    .replace(/url\(#/g, `url(#${figure.id}-`)
    .replace(/ (d|transform)="[^"]*"/g, (attribute) => attribute.replace(/(\.\d\d)\d+/g, '$1'))
    .replace('<svg ', `<svg role="img" aria-label="${escapeAttribute(figure.title)}" `);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
