import { resolve } from 'node:path';
import { z } from 'zod';

/**
 * Walking a zod schema and an input side by side. Wrappers (default, optional, pipe …) are looked through; a
 * discriminated union is entered by the input's own discriminator.
 */
type Definition = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly element?: z.ZodType;
  readonly defaultValue?: unknown;
};

function definition(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The schema that says what `input` may be: wrappers removed, unions resolved. */
export function plainSchema(schema: z.ZodType, input: unknown): z.ZodType {
  const def = definition(schema);
  if (def.innerType) return plainSchema(def.innerType, input);
  if (def.type === 'pipe' && def.in) return plainSchema(def.in, input);
  if (def.type === 'union' && def.options) {
    const chosen = def.options.find((option) => admits(plainSchema(option, input), input, def.discriminator));
    return chosen ? plainSchema(chosen, input) : schema;
  }
  return schema;
}

function admits(option: z.ZodType, input: unknown, discriminator: string | undefined): boolean {
  if (discriminator === undefined) return option.safeParse(input).success;
  if (!(option instanceof z.ZodObject) || !isRecord(input)) return false;
  return option.shape[discriminator]?.safeParse(input[discriminator]).success ?? false;
}

/** The branches of a union. */
export function optionsOf(schema: z.ZodType): readonly z.ZodType[] | undefined {
  return definition(schema).options;
}

/** The schema reached from `schema` by `path` through `input`, if there is one. */
export function schemaAt(
  schema: z.ZodType,
  input: unknown,
  path: readonly PropertyKey[],
): z.ZodType | undefined {
  const here = plainSchema(schema, input);
  const [key, ...rest] = path;
  if (key === undefined) return here;
  const next =
    isRecord(input) || Array.isArray(input) ? (input as Record<PropertyKey, unknown>)[key] : undefined;
  if (here instanceof z.ZodObject) {
    const child = here.shape[String(key)];
    return child ? schemaAt(child, next, rest) : undefined;
  }
  const element = definition(here).element;
  return element ? schemaAt(element, next, rest) : undefined;
}

/** `input` with every default of the schema written out, in the form a user would have written it. */
export function withDefaults(schema: z.ZodType, input: unknown): unknown {
  return mapInput(schema, input, (inner, value) => value ?? defaultOf(inner));
}

/** `input` with every file name read relative to `folder`. */
export function withFullPaths(schema: z.ZodType, input: unknown, folder: string): unknown {
  return mapInput(schema, input, (inner, value) => {
    const isPath =
      typeof value === 'string' && z.globalRegistry.get(plainSchema(inner, value))?.path === true;
    return isPath ? resolve(folder, value) : value;
  });
}

/** Applies `change` to every value that the schema knows of, present or not, from the outside in. */
function mapInput(
  schema: z.ZodType,
  input: unknown,
  change: (schema: z.ZodType, value: unknown) => unknown,
): unknown {
  const value = change(schema, input);
  if (value === undefined) return undefined;
  const here = plainSchema(schema, value);
  if (here instanceof z.ZodObject && isRecord(value)) {
    const known = Object.entries(here.shape).map(([key, child]) => [
      key,
      mapInput(child, value[key], change),
    ]);
    const unknown = Object.entries(value).filter(([key]) => !(key in here.shape));
    return Object.fromEntries([...known, ...unknown].filter(([, v]) => v !== undefined));
  }
  const element = definition(here).element;
  if (element && Array.isArray(value)) return value.map((item) => mapInput(element, item, change));
  return value;
}

function defaultOf(schema: z.ZodType): unknown {
  const def = definition(schema);
  if (def.type === 'prefault') return def.defaultValue;
  if (def.type === 'default') return withUnit(def.innerType!, def.defaultValue);
  if (def.innerType) return defaultOf(def.innerType);
  return undefined;
}

/** A default stated as a bare number inside gets its unit back. */
function withUnit(schema: z.ZodType, value: unknown): unknown {
  const unit = z.globalRegistry.get(schema)?.unit;
  return typeof value === 'number' && typeof unit === 'string' ? `${value} ${unit}` : value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
