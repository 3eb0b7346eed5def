import { stringify } from 'yaml';
import { z } from 'zod';
import type { Source } from './load.ts';
import { withDefaults } from './walk.ts';

/** The config with every default written out, as YAML that reads back to the same run. */
export function resolvedYaml(schema: z.ZodType, source: Source): string {
  return stringify(withDefaults(schema, source.input), { lineWidth: 110 });
}

/** For editors: what a config file may hold. */
export function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
