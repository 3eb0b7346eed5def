import { describeMember, type Member } from '../campaign/members.ts';
import type { Campaign } from '../campaign/prepare.ts';
import type { RunItem } from '../run/items.ts';
import { eventText } from './progressLine.ts';

/** Prints the members of a campaign for people. */
export interface MembersPrinter {
  show(member: Member, item: RunItem): void;
  /** Ends the live line. */
  close(): void;
}

/** ms between two words on how far all members are. */
const QUIET_INTERVAL = 5000;
const LIVE_INTERVAL = 200;

/** `finished`: members that were before. A line for every event, and one on all members at work: a live one on a terminal, now and then one elsewhere. */
export function createMembersPrinter(
  { vary, members }: Pick<Campaign, 'vary' | 'members'>,
  finished: number,
  out: NodeJS.WriteStream,
): MembersPrinter {
  const live = out.isTTY === true;
  const working = new Map<string, string>();
  let done = finished;
  let last = performance.now();
  let open = false;
  const close = () => {
    if (open) out.write('\n');
    open = false;
  };
  const line = (text: string) => {
    close();
    out.write(`${text}\n`);
  };
  const progress = () => {
    const text = [`${done} of ${members.length} finished`, ...working.values()].join(' · ');
    if (!live) return line(text);
    out.write(`\r\u001b[2K${text.slice(0, (out.columns ?? 120) - 1)}`);
    open = true;
  };
  return {
    close,
    show(member, item) {
      if (item.type === 'started') line(`${member.name}: ${describeMember(member, vary)}`);
      if (item.type === 'finished') {
        working.delete(member.name);
        if (item.reason !== 'aborted') done++;
      }
      if (item.type !== 'progress') {
        const text = SAID.includes(item.type) ? eventText(item) : undefined;
        if (text) line(`${member.name}: ${text.trim()}`);
        return;
      }
      working.set(member.name, `${member.name} step ${item.step}/${item.steps}, ${item.labels} labels`);
      if (performance.now() - last < (live ? LIVE_INTERVAL : QUIET_INTERVAL)) return;
      last = performance.now();
      progress();
    },
  };
}

const SAID: readonly RunItem['type'][] = [
  'started',
  'paused',
  'shared',
  'quarantined',
  'yielded',
  'validated',
  'finished',
];
