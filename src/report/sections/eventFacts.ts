import { LOCAL_STRUCTURES } from '../../analysis/localStructure.ts';
import { type EventClass, referenceBarriers } from '../../events/classes.ts';
import type { EventRecord } from '../../events/record.ts';
import { barrierText, electronvolts, verdictText } from '../eventTables.ts';
import { counted, integer, number, simulationTime } from '../format.ts';
import { html, type Markup } from '../html.ts';

/** Atoms that are named one by one. */
const NAMED = 6;

/** All that is known of the event that stands for a class, to stand beside its structures. */
export function eventFacts(c: EventClass): Markup {
  const e = c.representative;
  const lines: [string, string][] = [
    [
      'event',
      `${e.event}, ${c.events.length === 1 ? 'the only one' : `one of ${c.events.length}`} of this class`,
    ],
    ['between steps', `${integer(e.between[0])} and ${integer(e.between[1])}`],
    ['time', `${simulationTime(e.time[0])} to ${simulationTime(e.time[1])}`],
    ['temperature', `${number(e.temperature)} K`],
    ['atoms moved', movedText(e)],
    ['surroundings', structuresText(e)],
    ...pathLines(e),
    ['verdict', `${verdictText(c)}${e.reason ? `: ${e.reason}` : ''}`],
    ...(isGiven(e) ? [] : [labelLine(e)]),
  ];
  return html`<dl class="facts" data-class="${c.class}" hidden>${lines.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>`;
}

/** Under a potential that was given nothing is learned. */
function isGiven({ generation, labels }: EventRecord): boolean {
  return generation === 0 && labels === 0;
}

function labelLine(e: EventRecord): [string, string] {
  return ['labels paid', `${counted(e.labels, 'label')}; ensemble of generation ${e.generation}`];
}

function movedText({ moved, elements, displacements }: EventRecord): string {
  const named = moved
    .slice(0, NAMED)
    .map((i, k) => `${elements[k]} ${i} by ${displacements[k].toFixed(2)} Å`)
    .join(', ');
  return moved.length > NAMED ? `${named} and ${moved.length - NAMED} more` : named;
}

/** What changes among the atoms about the event. */
function structuresText({ localBefore, localAfter }: EventRecord): string {
  const changes = LOCAL_STRUCTURES.flatMap((kind) => {
    const [before, after] = [localBefore[kind] ?? 0, localAfter[kind] ?? 0];
    return before === 0 && after === 0
      ? []
      : [`${before === after ? before : `${before} → ${after}`} ${kind}`];
  });
  return changes.join(', ') || '–';
}

function pathLines({ path, pathFailure }: EventRecord): [string, string][] {
  if (!path) return [['path', `none${pathFailure ? `: ${pathFailure}` : ''}`]];
  const reference = referenceBarriers(path);
  const [negative] = path.curvatures;
  const [grade, spread] = [path.grades[path.saddle], path.spreads[path.saddle]];
  const at = [
    grade === undefined ? '' : `γ ${number(grade)}`,
    spread === undefined ? '' : `force spread ${number(1e3 * spread)} meV/Å`,
    negative === undefined ? '' : `least curvature ${number(negative)} eV/Å²`,
  ].filter(Boolean);
  return [
    [
      'barrier',
      `${barrierText(path.forward)} eV${bare(path.forward.bar)}; back ${barrierText(path.backward)} eV`,
    ],
    ...(reference
      ? [['reference', `${electronvolts(reference.forward)} eV on the same images`] as [string, string]]
      : []),
    ...(at.length > 0 ? [['at the saddle', at.join(', ')] as [string, string]] : []),
  ];
}

function bare(bar: number): string {
  return Number.isFinite(bar) ? '' : ', without a bar';
}
