import type { CutProof } from '../../extract/candidate.ts';
import { integer, milli, number, simulationTime, wallTime } from '../format.ts';
import { cell, html, type Markup, raw, table } from '../html.ts';
import type { Pause } from '../read/history.ts';
import type { RunData } from '../read/readRun.ts';

/** What made a run pause, in a few words. */
export function why(pause: Pause): string {
  const [worst] = pause.flagged;
  if (pause.reason === 'unstable' || !worst) return pause.detail;
  return `${measureSymbol(worst.measure)} ${number(worst.grade ?? Number.POSITIVE_INFINITY)} at atom ${worst.atom}`;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  extrapolationGrade: 'γ',
  committeeForce: 'σ',
  committeeEnergy: 'σE',
  subspaceResidual: 'residual',
};

function measureSymbol(kind: string): string {
  return SYMBOLS[kind] ?? kind;
}

/** A row a pause; a click shows its environment. */
export function pauseTable(run: RunData): Markup | undefined {
  const { pauses } = run.history;
  if (pauses.length === 0) return undefined;
  const shown = new Set(run.scenes.map((s) => s.group));
  const rows = pauses.map((p) => pauseRow(p, shown.has(p.pause)));
  return table(
    [
      { text: 'pause', numeric: true },
      { text: 'step', numeric: true },
      { text: 'time', numeric: true },
      { text: 'T', unit: 'K', numeric: true },
      { text: 'why', hint: 'the worst atom; in brackets how many more were flagged' },
      { text: 'cut' },
      { text: 'atoms', unit: 'learned/all', numeric: true },
      {
        text: 'deviation',
        unit: 'meV/Å',
        numeric: true,
        hint: 'largest force difference of the learned atoms, cut against whole system',
      },
      { text: 'labels', numeric: true },
      { text: 'cached', numeric: true },
      { text: 'label time', numeric: true },
      {
        text: 'error before',
        unit: 'meV/Å',
        numeric: true,
        hint: 'force RMSE of the worst label before it was learned',
      },
    ],
    rows,
  );
}

function pauseRow(p: Pause, shown: boolean): Markup {
  const proof = (p.cuts.find((c) => c.proof.accepted) ?? p.cuts[0])?.proof;
  const refused = p.cuts.filter((c) => !c.proof.accepted).length;
  const cached = p.labels.filter((l) => l.cached).length;
  const seconds = p.labels.reduce((sum, l) => sum + l.seconds, 0);
  return html`<tr id="pause-${p.pause}" data-pause="${p.pause}"${raw(shown ? ' class="link" tabindex="0"' : '')}>
${cell(integer(p.pause))}${cell(integer(p.step))}${cell(simulationTime(p.time))}${cell(number(p.temperature))}
${cell(html`${why(p)}${p.flaggedCount > 1 ? ` (+${p.flaggedCount - 1})` : undefined}${p.reason === 'unstable' ? html` <span class="tag">unstable</span>` : undefined}`, 'wrap')}
${cell(html`${proof?.cut ?? '–'}${refused > 0 ? html` <span class="tag">${refused} refused</span>` : undefined}`, '')}
${cell(proof ? `${integer(proof.learned)}/${integer(proof.atoms)}` : '–')}${cell(proof?.cut === 'whole' ? '–' : milli(proof?.forceDeviation))}
${cell(integer(p.labels.length))}${cell(cached > 0 ? integer(cached) : '')}${cell(p.labels.length > 0 ? wallTime(seconds) : '–')}
${cell(milli(p.before?.forceRmse))}</tr>`;
}

function proofText({ cut, forceDeviation, bufferGrade, minimumDistance }: CutProof): string {
  const closest = `closest pair ${number(minimumDistance)} Å`;
  return cut === 'whole'
    ? closest
    : `forces within ${milli(forceDeviation)} meV/Å, buffer γ ${number(bufferGrade)}, ${closest}`;
}

/** All that is known of one pause, to stand beside its environment. */
export function facts(p: Pause): Markup {
  const lines: [string, string][] = [
    ['step', `${integer(p.step)} (${simulationTime(p.time)})`],
    ['goes on from', `step ${integer(p.trustedStep)}`],
    ['temperature', `${number(p.temperature)} K`],
    ['why', why(p)],
    ['atoms flagged', integer(p.flaggedCount)],
    ...p.cuts.flatMap((c): [string, string][] => [
      [
        `cut for atom ${c.atom}`,
        `${c.proof.cut}, ${integer(c.proof.learned)} of ${integer(c.proof.atoms)} atoms learned`,
      ],
      c.proof.accepted ? ['proof', proofText(c.proof)] : ['refused', c.proof.reason],
    ]),
    ...p.labels
      .slice(0, 4)
      .map((l): [string, string] => [
        `label ${l.label}`,
        `${l.cached ? 'from the cache' : wallTime(l.seconds)}${l.before ? `; force error before ${milli(l.before.forceRmse)} meV/Å` : ''}`,
      ]),
    ...(p.labels.length > 4 ? [['', `and ${p.labels.length - 4} more labels`] as [string, string]] : []),
    ...(p.generation === undefined
      ? []
      : [['goes on with', `generation ${p.generation}`] as [string, string]]),
  ];
  return html`<dl class="facts" data-pause="${p.pause}" hidden>${lines.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>`;
}
