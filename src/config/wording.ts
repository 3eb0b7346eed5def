import type { z } from 'zod';
import { nearest } from './nearest.ts';

const NOUNS: Readonly<Record<string, string>> = {
  number: 'a number without unit',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  object: 'a section of `key: value`',
  record: 'a section of `key: value`',
  array: 'a list such as [a, b]',
  tuple: 'a list such as [a, b]',
};

/** What a value must be, in words for people instead of the schema library's own. */
export function ruleOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NOUNS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive ? '≥' : '>', issue.inclusive ? 'at least' : 'more than', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive ? '≤' : '<', issue.inclusive ? 'at most' : 'fewer than', issue.maximum)}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return issue.discriminator === undefined
        ? anyOf(issue.errors.map(([first]) => first.message))
        : oneOf(issue.options as string[], (issue.input as Record<string, unknown>)[issue.discriminator]);
    default:
      return undefined;
  }
}

function bound(origin: string, sign: string, words: string, limit: number | bigint): string {
  if (origin === 'array') return `hold ${words} ${limit} values`;
  return origin === 'string' ? 'not be empty' : `be ${sign} ${limit}`;
}

function oneOf(options: readonly string[], got: unknown): string {
  if (options.length === 1) return `must be ${options[0]}`;
  const meant = typeof got === 'string' ? nearest(got, options) : undefined;
  return `must be one of: ${options.join(', ')}${meant ? `; did you mean '${meant}'?` : ''}`;
}

function anyOf(rules: readonly string[]): string {
  return `must be ${[...new Set(rules.map((rule) => rule.replace(/^must be /, '')))].join(' or ')}`;
}
