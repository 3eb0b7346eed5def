import { html, type Markup } from '../html.ts';

/** A table with its numbered caption above it. */
export function captioned(caption: string, content: Markup): Markup {
  return html`<figure class="tabular"><figcaption class="table-caption">${caption}</figcaption><div class="scroll">${content}</div></figure>`;
}
