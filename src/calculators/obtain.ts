import type { Structure } from '../core/structure.ts';
import type { LabelCache } from './cache.ts';
import type { Label } from './calculator.ts';
import { judgeNumbers } from './hygiene.ts';
import { type Patience, patiently } from './patience.ts';

/** A label from the cache, or computed in `folder`. */
export type Obtain = (
  s: Structure,
  folder: string,
  signal: AbortSignal,
) => Promise<{ readonly label: Label; readonly cached: boolean }>;

/** What has been computed and is finite is cached before anything else can happen to it. */
export function obtainer(cache: LabelCache, patience: Patience): Obtain {
  return async (s, folder, signal) => {
    const known = cache.get(s);
    if (known) return { label: known, cached: true };
    const label = await patiently(s, folder, signal, patience);
    if (judgeNumbers(s, label).accepted) cache.put(s, label);
    return { label, cached: false };
  };
}
