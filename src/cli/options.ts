import { parse } from 'yaml';
import type { z } from 'zod';
import { parseSource, type Source } from '../config/load.ts';
import { UserError } from '../core/errors.ts';

/** Aborts when the user presses Ctrl-C or the system asks to end; a second time ends at once. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new UserError('interrupted', INTERRUPTED));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

export const INTERRUPTED = 130;

/** A component's options given as name=value, as a source that messages can point into. */
export function optionSource(kind: string, set: readonly string[]): Source {
  const options = set.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UserError(`--set: got '${text}', must be name=value`);
    return [text.slice(0, at), parse(text.slice(at + 1))] as const;
  });
  return { name: '--set', input: { kind, ...Object.fromEntries(options) } };
}

/** The value of an option that a schema reads. Throws a UserError that names the option. */
export function given<T>(schema: z.ZodType<T>, name: string, input: string): T {
  return parseSource(schema, { name, input });
}
