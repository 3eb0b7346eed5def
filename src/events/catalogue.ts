import { fingerprint } from './fingerprint.ts';
import { sameClass } from './likeness.ts';
import type { EventRecord } from './record.ts';
import type { Transition } from './transition.ts';

/** The class of an event, and what is known of it. */
export interface KnownClass {
  readonly class: number;
  /** The event of this class that is known best: confirmed before others, the first of them; absent for a new class. */
  readonly example: EventRecord | undefined;
}

export interface Catalogue {
  classOf(transition: Transition): KnownClass;
  add(record: EventRecord): void;
}

/** `records`: what had happened before. */
export function catalogueOf(records: readonly EventRecord[]): Catalogue {
  const all = [...records];
  return {
    classOf(transition) {
      const made = fingerprint(transition);
      const alike = all.filter((record) => sameClass(record.fingerprint, made));
      const example = alike.find(({ verdict }) => verdict === 'confirmed') ?? alike[0];
      return { class: example?.class ?? 1 + Math.max(0, ...all.map((r) => r.class)), example };
    },
    add: (record) => {
      all.push(record);
    },
  };
}
