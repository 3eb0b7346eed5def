import { number } from './format.ts';
import { cell, type Head, html, type Markup, table } from './html.ts';
import { captioned } from './sections/captioned.ts';

/** A table of results, for a terminal and for a page. */
export interface DataTable {
  readonly caption: string;
  readonly heads: readonly Head[];
  /** Numbers are shown to three significant digits; say otherwise with a text. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A row that opens a group of structures in the view that its `data` names. */
export interface RowLink {
  readonly id: string;
  readonly data: Readonly<Record<string, number>>;
}

export function tableMarkup({ caption, heads, rows }: DataTable, link?: (row: number) => RowLink): Markup {
  const line = (row: DataTable['rows'][number], r: number) =>
    html`<tr${link && linkMarkup(link(r))}>${row.map((value, k) => cell(shown(value), kindOf(heads[k])))}</tr>`;
  return captioned(caption, table(heads, rows.map(line)));
}

function linkMarkup({ id, data }: RowLink): Markup {
  const fields = Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`);
  return html` id="${id}" class="link" tabindex="0"${fields}`;
}

function kindOf({ numeric, wide }: Head): 'n' | 'wrap' | '' {
  return numeric ? 'n' : wide ? 'wrap' : '';
}

/** Columns in line, under the caption. */
export function tableText({ caption, heads, rows }: DataTable): string {
  const lines = [
    heads.map((h) => (h.unit ? `${h.text} (${h.unit})` : h.text)),
    ...rows.map((r) => r.map(shown)),
  ];
  const widths = heads.map((_, k) => Math.max(...lines.map((line) => line[k].length)));
  const padded = lines.map((line) =>
    line
      .map((text, k) => (heads[k].numeric ? text.padStart(widths[k]) : text.padEnd(widths[k])))
      .join('  ')
      .trimEnd(),
  );
  return [caption, ...padded].join('\n');
}

function shown(value: string | number): string {
  return typeof value === 'string' ? value : number(value);
}
