/** Markup that is safe to put into a page. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | readonly Part[] | string | number | undefined | false;

/** Markup from a template; strings and numbers put into it are escaped. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.map((text, k) => text + (k < parts.length ? rendered(parts[k]) : '')).join('') };
}

/** Text that is markup already. */
export function raw(markup: string): Markup {
  return { markup };
}

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  if ('markup' in part) return part.markup;
  return part.map(rendered).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A column of a table: its head, and whether its cells are numbers, which line up on the right. */
export interface Head {
  readonly text: string;
  readonly unit?: string;
  readonly numeric?: boolean;
  /** Sentences, which break into lines. */
  readonly wide?: boolean;
  readonly hint?: string;
}

export function table(heads: readonly Head[], rows: readonly Markup[]): Markup {
  const cells = heads.map(
    (h) =>
      html`<th scope="col"${raw(h.numeric ? ' class="n"' : '')}${h.hint ? html` title="${h.hint}"` : undefined}>${h.text}${h.unit ? html`<span class="unit">${h.unit}</span>` : undefined}</th>`,
  );
  return html`<table><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table>`;
}

export function cell(text: string | number | Markup, kind: 'n' | 'wrap' | '' = 'n'): Markup {
  return html`<td${raw(kind ? ` class="${kind}"` : '')}>${text}</td>`;
}
