import { isRecord } from '../config/walk.ts';
import { UserError } from '../core/errors.ts';
import { numbered } from '../run/directory.ts';

/** One run of a campaign. */
export interface Member {
  /** Of its folder. */
  readonly name: string;
  /** What sets it apart, by place in the config. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Every combination, the last place varying fastest. */
export function membersOf(vary: Readonly<Record<string, readonly unknown[]>>): Member[] {
  const combined = Object.entries(vary).reduce<Record<string, unknown>[]>(
    (some, [place, values]) => some.flatMap((s) => values.map((value) => ({ ...s, [place]: value }))),
    [{}],
  );
  return combined.map((values, k) => ({ name: numbered(k + 1), values }));
}

/** A config with a member's values in their places. Throws a UserError for a place inside something that is no section. */
export function withValues(config: unknown, { values }: Member): unknown {
  return Object.entries(values).reduce(
    (now, [place, value]) => put(now, place.split('.'), value, place),
    config,
  );
}

function put(config: unknown, [key, ...rest]: readonly string[], value: unknown, place: string): unknown {
  const section = config === undefined ? {} : config;
  if (!isRecord(section))
    throw new UserError(
      `vary.${place}: '${key}' lies in ${JSON.stringify(section)}, must lie in a section of the config; check the place`,
    );
  return { ...section, [key]: rest.length === 0 ? value : put(section[key], rest, value, place) };
}

/** For people: `temperature 300 K, seed 2`; what is no word or number is told by its number in the list. */
export function describeMember(
  { values }: Member,
  vary: Readonly<Record<string, readonly unknown[]>>,
): string {
  return Object.entries(values)
    .map(([place, value]) => `${place.split('.').at(-1)} ${shownValue(value, vary[place])}`)
    .join(', ');
}

export function shownValue(value: unknown, among: readonly unknown[] = []): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const text = JSON.stringify(value).replaceAll('"', '');
  const at = among.findIndex((other) => JSON.stringify(other) === JSON.stringify(value));
  return text.length <= 40 ? text : `no. ${at + 1}`;
}
