import { html, type Markup } from '../html.ts';
import type { RunData } from '../read/readRun.ts';

/** The configuration with every default filled in, and how to run it again; closed until asked for. */
export function reproduce(run: RunData): Markup | undefined {
  if (!run.config) return undefined;
  return html`<details><summary>Run it again</summary>
<p>Save the configuration below as <code>run.yaml</code> beside the files that it names, and run</p>
<pre>npx serendip validate run.yaml
npx serendip run run.yaml</pre>
<p>Every random number follows from the seed in the configuration, and labels that the run directory's cache already holds are not computed again.</p>
</details>
<details><summary>Resolved configuration</summary><pre>${run.config}</pre></details>`;
}

/** What could not be read or was left out. */
export function notes(texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined;
  return html`<ul class="notes">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}
