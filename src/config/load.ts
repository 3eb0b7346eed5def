import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { schemaAt, withFullPaths } from './walk.ts';

/** A parsed file and where its values stand, for messages. */
export interface Source {
  readonly name: string;
  readonly input: unknown;
  /** Line of the value at `path`, or of its nearest ancestor. */
  line(path: readonly PropertyKey[]): number;
}

/** Reads a YAML file. Throws a UserError with the line of the first syntax error. */
export function readYaml(path: string): Source {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new UserError(
      `${path}: cannot be read (${why}); 'serendip init STRUCTURE' writes a config to start from`,
    );
  }
  return parseYaml(text, path);
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
  const result = schema.safeParse(source.input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, schema, source));
  throw new UserError(problems.join('\n'));
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, source: Source): string[] {
  const place = (path: readonly PropertyKey[]) =>
    `${source.name}:${source.line(path)} ${path.join('.') || 'file'}`;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const parent = schemaAt(schema, source.input, issue.path);
      const known = parent instanceof z.ZodObject ? Object.keys(parent.shape) : [];
      return `${place([...issue.path, key])}: unknown key; ${suggest(key, known)}`;
    });
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that got furthest is the one that was meant.
    const branch = [...issue.errors].sort((p, q) => depth(q) - depth(p) || p.length - q.length)[0];
    return branch.flatMap((inner) =>
      describe({ ...inner, path: [...issue.path, ...inner.path] }, schema, source),
    );
  }
  return [`${place(issue.path)}: got ${shown(valueAt(source.input, issue.path))}, ${issue.message}`];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((i) => i.path.length + (i.code === 'unrecognized_keys' ? 1 : 0)));
}

function suggest(key: string, known: readonly string[]): string {
  const nearest = [...known].sort((p, q) => distance(key, p) - distance(key, q))[0];
  if (nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3))
    return `did you mean '${nearest}'?`;
  return known.length > 0 ? `known here: ${known.join(', ')}` : 'remove it';
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
  const written = readYaml(path);
  const folder = dirname(resolve(path));
  const input = written.input as { base?: unknown } | null;
  const base = typeof input?.base === 'string' ? resolve(folder, input.base) : folder;
  const source = { ...written, input: withFullPaths(schema, input && { ...input, base }, base) };
  return { config: parseSource(schema, source), source };
}
