import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { readText } from '../io/readText.ts';
import { nearest } from './nearest.ts';
import { isRecord, optionsOf, schemaAt, withFullPaths } from './walk.ts';
import { ruleOf } from './wording.ts';

const START = "'serendip init STRUCTURE' writes a config to start from";

/** A parsed file and where its values stand, for messages. */
export interface Source {
  readonly name: string;
  readonly input: unknown;
  /** Line of the value at `path`, or of its nearest ancestor; absent where there are no lines, as of an option. */
  line?(path: readonly PropertyKey[]): number;
}

/** Reads a YAML file. Throws a UserError with the line of the first syntax error. */
export function readYaml(path: string): Source {
  return parseYaml(readText(path, START), path);
}

export function parseYaml(text: string, name: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem)
    throw new UserError(`${name}:${lines.linePos(problem.pos[0]).line} ${problem.message}; mend the YAML`);
  return { name, input: document.toJS(), line: (path) => lineOf(document, lines, path) };
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Parses `source` by `schema`. Throws one UserError that lists every problem: file:line path: got, must, remedy. */
export function parseSource<S extends z.ZodType>(schema: S, source: Source): z.output<S> {
  const result = schema.safeParse(source.input, { error: ruleOf });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, schema, source));
  const meant = new Set(problems.map((p) => p.meant));
  throw new UserError(
    problems
      .filter((p) => !meant.has(p.path))
      .map(({ at, path, text }) => `${placeIn(source, at)}${path === '' ? '' : ` ${path}`}${text}`)
      .join('\n'),
  );
}

function placeIn({ name, line }: Source, at: readonly PropertyKey[]): string {
  return line ? `${name}:${line(at)}` : name;
}

interface Problem {
  readonly at: readonly PropertyKey[];
  readonly path: string;
  readonly text: string;
  /** Path that was probably meant: that it is missing is the same problem. */
  readonly meant?: string;
}

/** The problems of an issue; `schema` is that of the value at `root`. */
function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  source: Source,
  root: readonly PropertyKey[] = [],
): Problem[] {
  const at = [...root, ...issue.path];
  const parent = schemaAt(schema, valueAt(source.input, root), issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = parent ? keysOf(parent) : [];
    return issue.keys.map((key) => unknownKey([...at, key], known));
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest is the one that was meant.
    const branches = issue.errors.map((issues, k) => ({ issues, k }));
    const [best] = branches.toSorted(
      (p, q) => depth(q.issues) - depth(p.issues) || size(p.issues) - size(q.issues),
    );
    const options = parent && optionsOf(parent);
    if (best && options && depth(best.issues) > 0)
      return best.issues.flatMap((inner) => describe(inner, options[best.k], source, at));
  }
  const value = valueAt(source.input, at);
  const text =
    value === undefined || value === null
      ? `: is missing, ${issue.message}; add it`
      : `: got ${shown(value)}, ${issue.message}`;
  return [{ at, path: at.join('.'), text }];
}

function keysOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return [...new Set(optionsOf(schema)?.flatMap(keysOf))];
}

function unknownKey(at: readonly PropertyKey[], known: readonly string[]): Problem {
  const parent = at.slice(0, -1);
  const path = at.join('.');
  const meant = nearest(String(at.at(-1)), known);
  if (meant !== undefined)
    return { at, path, text: `: unknown key; did you mean '${meant}'?`, meant: [...parent, meant].join('.') };
  const remedy = known.length > 0 ? `known here: ${known.join(', ')}` : 'remove it';
  return { at, path, text: `: unknown key; ${remedy}` };
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((i) => i.path.length + (i.code === 'unrecognized_keys' ? 1 : 0)));
}

function size(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? i.keys.length : 1), 0);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Reads and parses a config. File names in it are read relative to `base`, its own folder if it names none, and `base`
 * is filled in, so that the result means the same wherever it is stored.
 */
export function readConfig<S extends z.ZodType>(
  schema: S,
  path: string,
): { config: z.output<S>; source: Source } {
  return configOf(schema, readYaml(path), dirname(resolve(path)));
}

/** As {@link readConfig}, of what was written in `folder`. */
export function configOf<S extends z.ZodType>(
  schema: S,
  written: Source,
  folder: string,
): { config: z.output<S>; source: Source } {
  const { input, name } = written;
  if (!isRecord(input))
    throw new UserError(
      `${name}: ${input === null ? 'is empty' : `got ${shown(input)}`}, must hold sections such as \`structure:\` and \`md:\`; ${START}`,
    );
  const base = typeof input.base === 'string' ? resolve(folder, input.base) : folder;
  const source = { ...written, input: withFullPaths(schema, { ...input, base }, base) };
  return { config: parseSource(schema, source), source };
}
