import { join } from 'node:path';
import type { Structure } from '../core/structure.ts';
import type { Label } from './calculator.ts';
import { type Hygiene, judgeLabel, type Verdict } from './hygiene.ts';
import type { Obtain } from './obtain.ts';
import { displaced, judgeSign } from './signCheck.ts';

/** The last word on a label. With `signCheck` labels pay for a second one until forces and energies have agreed once. */
export function gate(hygiene: Hygiene, obtain: Obtain) {
  let signTrusted = !hygiene.signCheck;
  return async (s: Structure, label: Label, folder: string, signal: AbortSignal): Promise<Verdict> => {
    const verdict = judgeLabel(s, label, hygiene);
    if (!verdict.accepted || signTrusted) return verdict;
    const to = displaced(s);
    const there = await obtain(to, join(folder, 'sign-check'), signal);
    const sign = judgeSign(s, label, to, there.label);
    signTrusted = sign.accepted;
    return sign;
  };
}
