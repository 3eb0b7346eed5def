import { type ChildProcess, fork } from 'node:child_process';
import type { RunItem } from '../run/items.ts';
import { runStatus } from '../run/status.ts';
import type { Member } from './members.ts';
import { type Campaign, memberRoot } from './prepare.ts';
import type { Message } from './worker.ts';

/** How a member ended. */
export interface Outcome {
  readonly member: Member;
  readonly finished: boolean;
  /** For people; only of one that went wrong. */
  readonly failure?: string;
}

/**
 * Carries out what is not finished, `parallel` members at a time, each in a process of its own. One that fails stops no other.
 * `show` sees what happens; nothing is lost when this process or any of its own is killed.
 */
export async function executeCampaign(
  root: string,
  { members, parallel }: Campaign,
  show: (member: Member, item: RunItem) => void,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const waiting = members.filter((member) => !isFinished(root, member));
  const outcomes = new Map<string, Outcome>(
    members.map((member) => [member.name, { member, finished: true }]),
  );
  const lane = async () => {
    for (let member = waiting.shift(); member; member = waiting.shift())
      outcomes.set(
        member.name,
        signal.aborted ? { member, finished: false } : await carryOut(root, member, show, signal),
      );
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return [...outcomes.values()];
}

function isFinished(root: string, member: Member): boolean {
  return runStatus(memberRoot(root, member)).state === 'finished';
}

function carryOut(
  root: string,
  member: Member,
  show: (member: Member, item: RunItem) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const child = fork(new URL('./worker.js', import.meta.url), [memberRoot(root, member)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const tell = () => stop(child);
  signal.addEventListener('abort', tell);
  let said = '';
  let outcome: Outcome | undefined;
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.on('message', (message: Message) => {
    if (message.type === 'item') show(member, message.item);
    else if (message.type === 'ended') outcome = { member, finished: message.finished };
    else outcome = { member, finished: false, failure: message.message };
  });
  return new Promise((resolve) => {
    child.once('close', (code, killer) => {
      signal.removeEventListener('abort', tell);
      const end = killer ? `was ended by ${killer}` : `ended with code ${code}`;
      resolve(outcome ?? { member, finished: false, failure: `its process ${end}\n${said}`.trim() });
    });
  });
}

function stop(child: ChildProcess): void {
  if (child.connected) child.send('stop');
}
