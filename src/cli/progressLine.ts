import type { Interval } from '../core/interval.ts';
import { GPA } from '../core/units.ts';
import type { Barrier } from '../events/record.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunItem } from '../run/items.ts';

type ProgressEvent = Extract<RunEvent, { type: 'progress' }>;

/** Prints a run for people: one live line on a terminal, plain lines elsewhere. */
export interface Printer {
  show(item: RunItem): void;
  /** Ends the live line. */
  close(): void;
}

const QUIET_INTERVAL = 5000;
const LIVE_INTERVAL = 200;

export function createPrinter(out: NodeJS.WriteStream): Printer {
  const live = out.isTTY === true;
  let last = Number.NEGATIVE_INFINITY;
  let open = false;
  let run: Extract<RunEvent, { type: 'started' }> | undefined;
  const line = (text: string) => {
    if (open) out.write('\n');
    open = false;
    out.write(`${text}\n`);
  };
  return {
    show(item) {
      if (item.type === 'started') run = item;
      if (item.type === 'progress') {
        const now = performance.now();
        if (now - last < (live ? LIVE_INTERVAL : QUIET_INTERVAL)) return;
        last = now;
        const text = progressText(item, run);
        if (!live) return line(text);
        out.write(`\r\u001b[2K${text.slice(0, (out.columns ?? 120) - 1)}`);
        open = true;
        return;
      }
      const text = eventText(item);
      if (text) line(text);
    },
    close() {
      if (open) out.write('\n');
      open = false;
    },
  };
}

function progressText(p: ProgressEvent, run: Extract<RunEvent, { type: 'started' }> | undefined): string {
  const atoms = run?.atoms ?? 0;
  const timestep = run?.timestep ?? 0;
  const nsPerDay = p.stepsPerSecond * timestep * 86400e-6;
  const left = duration((p.steps - p.step) / p.stepsPerSecond);
  const grades = Object.entries(p.grades).map(
    ([kind, { max, atom }]) => `${short(kind)} ${max.toPrecision(3)} (${atom})`,
  );
  return [
    `step ${p.step}/${p.steps}`,
    `${(p.time / 1000).toFixed(2)} ps`,
    `${nsPerDay.toFixed(2)} ns/day`,
    `${si(p.stepsPerSecond * atoms)} atom-steps/s`,
    `T ${p.temperature.toFixed(0)} K`,
    `P ${(p.pressure * GPA).toFixed(2)} GPa`,
    ...grades,
    ...(p.labelBudget > 0 ? [`labels ${p.labels}/${p.labelBudget}`, `gen ${p.generation}`] : []),
    `ETA ${left}`,
  ].join('  ');
}

const SHORT: Readonly<Record<string, string>> = {
  extrapolationGrade: 'γmax',
  committeeForce: 'σFmax',
  committeeEnergy: 'σEmax',
  subspaceResidual: 'resmax',
};

function short(kind: string): string {
  return SHORT[kind] ?? kind;
}

function where({ backend }: Extract<RunEvent, { type: 'started' }>): string {
  return backend === undefined ? '' : `, on ${backend}`;
}

/** What is said of an event once; undefined for those that people need not see. */
export function eventText(item: RunItem): string | undefined {
  switch (item.type) {
    case 'started':
      return item.resumedAfter === undefined
        ? `${item.title}: ${item.atoms} atoms (${item.elements.join(' ')}), ${item.steps} steps of ${item.timestep} fs${where(item)}`
        : `${item.title}: going on at step ${item.step} of ${item.steps}${where(item)}`;
    case 'paused':
      return `pause ${item.pause} at step ${item.step} (${(item.time / 1000).toFixed(2)} ps, ${item.temperature.toFixed(0)} K): ${item.detail}, ${item.flaggedCount} atoms flagged; back to step ${item.trustedStep}`;
    case 'extracted':
      return item.proof.accepted
        ? `  cut: ${item.proof.cut} of ${item.proof.atoms} atoms, ${item.proof.learned} learned`
        : `  cut refused: ${item.proof.reason}`;
    case 'labelled': {
      const error = item.before ? `, force error before ${item.before.forceRmse.toFixed(3)} eV/Å` : '';
      return `  label ${item.label} (${item.group}, ${item.atoms} atoms${item.cached ? ', cached' : `, ${item.seconds.toFixed(2)} s`})${error}`;
    }
    case 'shared':
      return item.step === undefined
        ? `  ${item.frames} labels ${item.from.join(', ')}`
        : `step ${item.step}: ${item.frames} labels ${item.from.join(', ')}`;
    case 'quarantined':
      return `  label refused: ${item.reason}${item.reason.includes(item.directory) ? '' : ` (kept in ${item.directory})`}`;
    case 'trained':
      return `  generation ${item.generation}: ${item.functions} functions × ${item.members} members on ${item.frames} frames in ${item.seconds.toFixed(2)} s; training errors ${(1000 * item.errors.energyRmse).toFixed(1)} meV/atom, ${item.errors.forceRmse.toFixed(3)} eV/Å`;
    case 'thresholds':
      return item.source === 'calibrated'
        ? `  ${item.measure}: select ${item.select.toPrecision(3)}, pause ${item.pause.toPrecision(3)} for ${item.target} eV/Å, by ${item.pairs} atoms`
        : undefined;
    case 'happened':
      return `event ${item.event} between steps ${item.between.join(' and ')} (${(item.time[0] / 1000).toFixed(2)} ps, ${item.temperature.toFixed(0)} K): ${item.title}, class ${item.class}`;
    case 'event':
      return `  ${item.verdict}: ${item.reason}${item.path ? `; barrier ${barrierText(item.path.forward)}, back ${barrierText(item.path.backward)}` : ''}`;
    case 'validated':
      return `validated on ${item.summary.frames} fresh reference frames: force error ${item.summary.generations[0].forceRmse.toFixed(3)} → ${item.summary.generations.at(-1)!.forceRmse.toFixed(3)} eV/Å, ${item.summary.improvement.toFixed(1)}× lower`;
    case 'yielded':
      return yieldText(item);
    case 'finished':
      return `${ENDINGS[item.reason]} at step ${item.step}: ${item.pauses} pauses, ${item.labels} labels, generation ${item.generation}`;
    default:
      return undefined;
  }
}

export function barrierText({ value, bar }: Barrier): string {
  return Number.isFinite(bar) ? `${value.toFixed(3)} ± ${bar.toFixed(3)} eV` : `${value.toFixed(3)} eV`;
}

function yieldText({
  component,
  run,
  references,
  band,
  inside,
}: Extract<RunItem, { type: 'yielded' }>): string {
  const own = run
    ? `yield at ε_${component} ${run.strain.toFixed(4)}, σ_${component} ${run.stress.toFixed(2)} GPa`
    : `σ_${component} does not yield`;
  if (!band || !inside) return own;
  const span = ({ mean, half }: Interval, digits: number) =>
    `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
  const said = (is: boolean) => (is ? 'inside' : 'OUTSIDE');
  const runs = references.filter((r) => r !== null).length;
  return `${own}; one more run of the reference would yield, with 95 % (${runs} seeds), at ${span(band.strain, 4)}: ${said(inside.strain)}, and ${span(band.stress, 2)} GPa: ${said(inside.stress)}`;
}

const ENDINGS: Readonly<Record<Extract<RunEvent, { type: 'finished' }>['reason'], string>> = {
  steps: 'finished',
  labelBudget: 'stopped, all of stop.labels is spent,',
  pauseBudget: 'stopped, all of stop.pauses is spent,',
  aborted: 'interrupted',
};

/** 1 d 2 h, 3 min, 12 s. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86400).toFixed(1)} d`;
}

/** 12.3 k, 1.2 M. */
export function si(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  return value >= 1e3 ? `${(value / 1e3).toPrecision(3)} k` : value.toPrecision(3);
}
