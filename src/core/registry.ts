import { z } from 'zod';
import { UserError } from './errors.ts';

/** One component as a registry sees it: its name, its options, and how to make it. */
export interface Entry<T, Options = never> {
  readonly kind: string;
  /** Options of the component without `kind`; unknown keys are refused. */
  readonly schema: z.ZodObject;
  create(options: Options): T;
}

/** An entry whose `create` has been tied to its schema's output type. */
export function entry<T, S extends z.ZodObject>(e: {
  kind: string;
  schema: S;
  create(options: z.output<S>): T;
}): Entry<T> {
  return e as unknown as Entry<T>;
}

export interface Registry<T> {
  readonly name: string;
  readonly entries: readonly Entry<T>[];
  /** The union over all entries, discriminated by `kind`. */
  readonly schema: z.ZodType<{ kind: string }>;
  /** Makes a component from options that `schema` has parsed. */
  create(options: { readonly kind: string }): T;
}

export function registry<T>(name: string, entries: readonly Entry<T>[]): Registry<T> {
  const byKind = new Map(entries.map((e) => [e.kind, e]));
  const options = entries.map((e) => z.strictObject({ kind: z.literal(e.kind), ...e.schema.shape }));
  const schema = z.discriminatedUnion('kind', options as never) as unknown as z.ZodType<{ kind: string }>;
  return {
    name,
    entries,
    schema,
    create(parsed) {
      const found = byKind.get(parsed.kind);
      if (!found)
        throw new UserError(
          `${name}: got '${parsed.kind}', must be one of: ${[...byKind.keys()].join(', ')}`,
        );
      const { kind: _, ...rest } = parsed;
      return found.create(rest as never);
    },
  };
}
