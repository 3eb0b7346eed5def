import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { number, simulationTime } from '../format.ts';
import { html, type Markup, raw } from '../html.ts';
import { gradeThresholds } from '../measures.ts';
import type { RunData } from '../read/readRun.ts';
import type { Scene } from '../read/scenes.ts';
import { facts, why } from '../sections/pauses.ts';
import { CLIENT } from './client.ts';
import { choosePayloads, isWhole, type Payload } from './payload.ts';
import { type GradeScale, gradeScale, placeOf } from './scale.ts';

export interface Viewer {
  /** The view with its controls and facts. */
  readonly markup: Markup;
  /** Its structures. */
  readonly data: Markup;
  readonly notes: readonly string[];
}

/** The environments of the pauses, or the ends of the trajectory; undefined where there is nothing to look at. */
export function viewer(run: RunData): Viewer | undefined {
  const { payloads, left } = choosePayloads(run.scenes);
  if (payloads.length === 0) return undefined;
  const kept = run.scenes.filter((s) => payloads.some((p) => p.id === s.id));
  const scale = gradeScale(allGrades(kept), gradeThresholds(run));
  const graded = kept.some((s) => s.gamma);
  const markup = html`<div class="viewer" id="viewer">
<div class="stage">${canvas('')}
${graded ? legend(scale, run) : undefined}</div>
<div class="side">${controls(run, kept, graded)}
${run.history.pauses.map(facts)}</div></div>`;
  const data = dataOf('', 'pause', kept, payloads, scale);
  return { markup, data, notes: left.length > 0 ? [leftOut(left)] : [] };
}

/** Where the structure is drawn. */
export function canvas(prefix: string): Markup {
  return html`<div class="canvas" id="${prefix}canvas"><p>The structure appears as this comes into view.</p></div>`;
}

/** Which group of structures is shown, and which of its structures. */
export function pickers(prefix: string, what: string, options: readonly Markup[]): Markup {
  return html`<div class="row"><button type="button" id="${prefix}previous" aria-label="previous">‹</button><select class="pick" id="${prefix}pick" aria-label="${what}">${options}</select><button type="button" id="${prefix}next" aria-label="next">›</button></div>
<div class="row" id="${prefix}variants" role="group" aria-label="structure"></div>`;
}

/** `row`: rows of tables that say `data-<row>` open the group of that number. */
export function dataOf(
  prefix: string,
  row: string,
  scenes: readonly Scene[],
  payloads: readonly Payload[],
  scale?: GradeScale,
): Markup {
  const index = scenes.map(({ id, label, group }) => ({ id, label, group }));
  return html`${payloads.map((p) => html`<script type="application/json" id="${prefix}scene-${p.id}">${raw(inScript(p.json))}</script>`)}
<script type="application/json" data-viewer="${prefix}" id="${prefix}scenes">${raw(inScript(JSON.stringify({ index, scale, row })))}</script>`;
}

/** All that views need, to stand after all that it is about; undefined where there are none. */
export function viewerScripts(viewers: readonly (Viewer | undefined)[]): Markup | undefined {
  const present = viewers.filter((v) => v !== undefined);
  if (present.length === 0) return undefined;
  return html`${present.map((v) => v.data)}
<script type="text/plain" id="library">${raw(library())}</script>
<script>${raw(CLIENT)}</script>`;
}

function controls(run: RunData, kept: readonly Scene[], graded: boolean): Markup {
  const groups = [...new Set(kept.map((s) => s.group))];
  const options = groups.map((pause) => {
    const p = run.history.pauses.find((q) => q.pause === pause);
    return html`<option value="${pause}">${pause === 0 ? 'Trajectory' : `Pause ${pause}`}${p ? ` · ${simulationTime(p.time)} · ${why(p).slice(0, 40)}` : ''}</option>`;
  });
  return html`<div class="controls">
${pickers('', 'pause', options)}
<div class="row">${
    graded
      ? html`<label>colour <select id="paint"><option value="grade">by γ</option><option value="element">by element</option></select></label>
<label class="slide">only γ ≥ <input type="range" id="least" min="0" max="1" step="0.01" value="0"><output id="least-value">all</output></label>`
      : undefined
  }</div>
<p class="hint" id="hint"></p></div>`;
}

function legend(scale: GradeScale, run: RunData): Markup {
  const gradient = scale.stops.map(([at, colour]) => `${colour} ${(100 * at).toFixed(0)}%`).join(',');
  const thresholds = gradeThresholds(run);
  const ticks = [
    { at: scale.domain[0], text: `≤ ${number(scale.domain[0], 2)}` },
    ...(thresholds
      ? [
          { at: thresholds.select, text: `select ${number(thresholds.select)}` },
          { at: thresholds.pause, text: `pause ${number(thresholds.pause)}` },
        ]
      : [{ at: 1, text: '1' }]),
    { at: scale.domain[2], text: number(scale.domain[2], 2) },
  ];
  return html`<div class="legend"><span>γ</span><div class="ramp" style="background:linear-gradient(90deg,${raw(gradient)})"></div>
<div class="ticks">${ticks.map((t) => html`<i style="left:${(100 * placeOf(scale, t.at)).toFixed(1)}%">${t.text}</i>`)}</div></div>`;
}

function leftOut(left: readonly Scene[]): string {
  const whole = left.filter(isWhole).length;
  const cut = left.length - whole;
  const what = [whole > 0 ? `${whole} whole systems` : '', cut > 0 ? `${cut} cuts` : '']
    .filter(Boolean)
    .join(' and ');
  return `To keep this page small, ${what} are not part of the 3-D view; they lie in the run directory under pauses/.`;
}

function* allGrades(scenes: readonly Scene[]): Generator<number> {
  for (const s of scenes) if (s.gamma) yield* s.gamma;
}

/** 3Dmol.js under its licence, BSD-3-Clause, which has to go wherever it goes. */
function library(): string {
  const require = createRequire(import.meta.url);
  const read = (name: string) => readFileSync(require.resolve(`3dmol/${name}`), 'utf8');
  const licence = read('LICENSE').replaceAll('*/', '* /');
  return `/*! ${licence}*/\n${read('build/3Dmol-min.js')}`.replaceAll('</script', '<\\/script');
}

/** JSON that cannot end the script element it stands in. */
function inScript(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
