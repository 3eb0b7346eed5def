import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { UserError } from '../../src/core/errors.ts';

/**
 * A YAML document whose scalars stay text, because symbols such as No, Y and N and versions such as 2022.6.27 must not become
 * booleans and numbers, and whose every node knows its line.
 */
export interface Tree {
  /** File and line, for error messages. */
  readonly place: string;
  readonly text?: string;
  readonly items?: readonly Tree[];
  readonly entries?: readonly (readonly [key: Tree, value: Tree])[];
}

/** Deeper nesting is a slip, or an alias that contains itself. */
const DEEPEST = 20;

/** Throws a UserError naming the line where `text` is not YAML. */
export function parseTree(text: string, file: string): Tree {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error)
    throw new UserError(
      `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}; the file may be cut short`,
    );
  const convert = (node: unknown, fallback: string, depth: number): Tree => {
    const range = (node as { range?: readonly number[] } | null)?.range;
    const place = range ? `${file}:${lines.linePos(range[0]).line}` : fallback;
    if (depth > DEEPEST)
      throw new UserError(`${place}: is nested more than ${DEEPEST} deep; mend the brackets`);
    const inside = (x: unknown) => convert(x, place, depth + 1);
    if (isAlias(node)) return inside(node.resolve(document));
    if (isMap(node))
      return { place, entries: node.items.map((p) => [inside(p.key), inside(p.value)] as const) };
    if (isSeq(node)) return { place, items: node.items.map(inside) };
    return { place, text: isScalar(node) ? String(node.value ?? '') : '' };
  };
  return convert(document.contents, `${file}:1`, 0);
}

/** Refuses a node: place, key, value, rule and remedy. */
export function refuse(tree: Tree, key: string, rule: string): never {
  const got = tree.text === undefined ? '' : `got '${tree.text}', `;
  throw new UserError(`${tree.place} ${key}: ${got}${rule}`);
}

/** The value under `key`, if there is one. */
export function find(map: Tree, key: string): Tree | undefined {
  return map.entries?.find(([k]) => k.text === key)?.[1];
}

export function need(map: Tree, key: string): Tree {
  return find(map, key) ?? refuse(map, key, 'is missing; add it');
}

export function entriesOf(tree: Tree, key: string): readonly (readonly [Tree, Tree])[] {
  return tree.entries ?? (tree.text === '' ? [] : refuse(tree, key, 'must be a map; write key: value pairs'));
}

export function itemsOf(tree: Tree, key: string): readonly Tree[] {
  return tree.items ?? (tree.text === '' ? [] : refuse(tree, key, 'must be a list; write it in brackets'));
}

export function textOf(tree: Tree, key: string): string {
  return tree.text ?? refuse(tree, key, 'must be a single value');
}

export function numberOf(tree: Tree, key: string): number {
  const text = textOf(tree, key).trim();
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : refuse(tree, key, 'must be a number');
}

export function positiveOf(tree: Tree, key: string): number {
  const value = numberOf(tree, key);
  return value > 0 ? value : refuse(tree, key, 'must be greater than zero');
}

export function countOf(tree: Tree, key: string): number {
  const value = numberOf(tree, key);
  return Number.isInteger(value) && value >= 0
    ? value
    : refuse(tree, key, 'must be a whole number, 0 or more');
}

export function numbersOf(tree: Tree, key: string): number[] {
  return itemsOf(tree, key).map((x) => numberOf(x, key));
}

export function oneOf<T extends string>(tree: Tree, key: string, allowed: readonly T[]): T {
  const text = textOf(tree, key);
  return (
    allowed.find((x) => x === text) ??
    refuse(tree, key, `must be one of ${allowed.join(', ')}; choose one of them`)
  );
}

/** A number as every YAML reader takes it for one, and so that reading it back gives the same bits. */
export function numeral(x: number): string {
  const text = String(x);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

/** A flow list, nested lists included. */
export function flowList(list: readonly unknown[]): string {
  return `[${list.map((x) => (Array.isArray(x) ? flowList(x) : typeof x === 'number' ? numeral(x) : String(x))).join(', ')}]`;
}

/** A flow map in the order given. */
export function flowMap(entries: readonly (readonly [string, unknown])[]): string {
  const value = (x: unknown) =>
    Array.isArray(x) ? flowList(x) : typeof x === 'number' ? numeral(x) : String(x);
  return `{${entries.map(([k, x]) => `${k}: ${value(x)}`).join(', ')}}`;
}
