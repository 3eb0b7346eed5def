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
  /** The same, where every entry takes some keys more; `create` ignores them. */
  schemaWith<S extends z.ZodRawShape>(shape: S): z.ZodType<{ kind: string } & z.output<z.ZodObject<S>>>;
  /** Makes a component from options that `schema` has parsed. */
  create(options: { readonly kind: string }): T;
}

export function registry<T>(name: string, entries: readonly Entry<T>[]): Registry<T> {
  const byKind = new Map(entries.map((e) => [e.kind, e]));
  const schemaWith = (shape: z.ZodRawShape) => {
    const options = entries.map((e) =>
      z.strictObject({ kind: z.literal(e.kind), ...e.schema.shape, ...shape }),
    );
    return (options.length > 0 ? z.discriminatedUnion('kind', options as never) : z.never()) as never;
  };
  return {
    name,
    entries,
    schema: schemaWith({}),
    schemaWith,
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
