import { basename } from 'node:path';
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
    (now, [places, value]) =>
      eachPlace(places, value).reduce((c, [place, v]) => put(c, place.split('.'), v, place), now),
    config,
  );
}

/** Places that vary together are separated by commas; their value is a list with one for each. */
function eachPlace(places: string, value: unknown): [place: string, value: unknown][] {
  const all = placesOf(places);
  if (all.length === 1) return [[all[0], value]];
  if (!Array.isArray(value) || value.length !== all.length)
    throw new UserError(
      `vary.${places}: got ${JSON.stringify(value)}, must be a list of ${all.length}, one for each place; write it as one`,
    );
  return all.map((place, k) => [place, value[k]]);
}

/** The places that a key of `vary` names. */
export function placesOf(key: string): string[] {
  return key.split(',').map((place) => place.trim());
}

/** For people: what varies, told by the first of places that vary together. */
export function shownPlace(key: string): string {
  return placesOf(key)[0].split('.').at(-1)!;
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
    .map(([key, value]) => `${shownPlace(key)} ${shownValue(key, value, vary[key])}`)
    .join(', ');
}

export function shownValue(key: string, given: unknown, among: readonly unknown[] = []): string {
  const value = placesOf(key).length > 1 && Array.isArray(given) ? given[0] : given;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isRecord(value) && typeof value.file === 'string') {
    const { file, repeat } = value;
    return Array.isArray(repeat) ? `${basename(file)} ${repeat.join('×')}` : basename(file);
  }
  const text = JSON.stringify(value).replaceAll('"', '');
  const at = among.findIndex((other) => JSON.stringify(other) === JSON.stringify(given));
  return text.length <= 40 ? text : `no. ${at + 1}`;
}
