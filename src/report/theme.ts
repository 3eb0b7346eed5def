import type { Config } from 'vega-lite';

/**
 * Colours after Okabe and Ito, told apart by every kind of colour vision. Figures name CSS variables, so that one
 * SVG serves light and dark pages; the fallbacks hold where an SVG is taken out of the page.
 */
export const COLOUR = {
  ink: 'var(--ink, #1d2733)',
  quiet: 'var(--quiet, #66727f)',
  grid: 'var(--grid, #e4e8ec)',
  paper: 'var(--paper, #ffffff)',
  blue: 'var(--blue, #0072b2)',
  orange: 'var(--orange, #e69f00)',
  vermilion: 'var(--vermilion, #d55e00)',
  green: 'var(--green, #009e73)',
  sky: 'var(--sky, #56b4e9)',
  purple: 'var(--purple, #cc79a7)',
} as const;

/** In the order in which series take them. */
export const SERIES = [COLOUR.blue, COLOUR.vermilion, COLOUR.green, COLOUR.purple, COLOUR.orange, COLOUR.sky];

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const PLOT_CONFIG: Config = {
  background: 'transparent',
  font: FONT,
  numberFormat: '.10~g',
  padding: { left: 4, right: 4, top: 4, bottom: 4 },
  aria: false,
  view: { stroke: null },
  concat: { spacing: 14 },
  axis: {
    labelColor: COLOUR.quiet,
    labelFontSize: 11,
    titleColor: COLOUR.ink,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 8,
    domainColor: COLOUR.quiet,
    tickColor: COLOUR.quiet,
    tickSize: 4,
    gridColor: COLOUR.grid,
    labelFlush: false,
  },
  legend: {
    labelColor: COLOUR.ink,
    labelFontSize: 11.5,
    titleColor: COLOUR.quiet,
    titleFontSize: 11.5,
    titleFontWeight: 500,
    orient: 'top',
    symbolStrokeWidth: 2.5,
    padding: 0,
    offset: 8,
    labelLimit: 320,
  },
  title: { color: COLOUR.ink, fontSize: 12.5, fontWeight: 600, anchor: 'start', offset: 8 },
  text: { color: COLOUR.ink, fontSize: 11.5 },
  line: { strokeWidth: 1.6, strokeJoin: 'round' },
  rule: { color: COLOUR.quiet },
  point: { filled: true, size: 34, opacity: 1 },
  bar: { color: COLOUR.blue },
};
