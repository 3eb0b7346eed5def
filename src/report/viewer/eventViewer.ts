import type { EventClass } from '../../events/classes.ts';
import { simulationTime } from '../format.ts';
import { html } from '../html.ts';
import type { Transitions } from '../read/transitions.ts';
import { eventFacts } from '../sections/eventFacts.ts';
import { eventScenes } from './eventScenes.ts';
import { choosePayloads } from './payload.ts';
import { canvas, dataOf, pickers, type Viewer } from './viewer.ts';

const PREFIX = 'event-';

/** Characters of structures of events that a page may carry. */
const MOST = 3_000_000;

/** Every class before, at and after its saddle; one view for all, as a browser draws in few at a time. */
export function eventViewer({ structures }: Transitions, classes: readonly EventClass[]): Viewer | undefined {
  const scenes = classes.flatMap((c) => {
    const stages = structures.get(c.representative.event);
    return stages ? eventScenes(c, stages) : [];
  });
  const { payloads, left } = choosePayloads(scenes, MOST);
  if (payloads.length === 0) return undefined;
  const kept = scenes.filter((s) => payloads.some((p) => p.id === s.id));
  const shown = classes.filter((c) => kept.some((s) => s.group === c.class));
  const options = shown.map(
    (c) =>
      html`<option value="${c.class}">Class ${c.class} · ${c.representative.title.slice(0, 40)} · ${simulationTime(c.representative.time[1])}</option>`,
  );
  const markup = html`<div class="viewer" id="${PREFIX}viewer">
<div class="stage">${canvas(PREFIX)}</div>
<div class="side"><div class="controls">${pickers(PREFIX, 'class of events', options)}
<p class="hint" id="${PREFIX}hint"></p></div>
${shown.map(eventFacts)}</div></div>`;
  return {
    markup,
    data: dataOf(PREFIX, 'class', kept, payloads),
    notes: left.length > 0 ? [leftOut(left.length)] : [],
  };
}

function leftOut(structures: number): string {
  return `To keep this page small, ${structures} structures of events are not part of the 3-D view; they lie in the run directory under events/.`;
}
