import { existsSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../io/durable.ts';
import { readJson } from '../../io/readJson.ts';

const requestSchema = z.strictObject({
  /** Largest strain of labelled crystals. */
  strain: z.number(),
  /** Relative to the bulk modulus. */
  tolerance: z.number(),
  /** Bound of the entropy, in units of 1 GPa. */
  entropy: z.number().optional(),
  /** K and fs, of the constants by molecular dynamics. */
  thermal: z.strictObject({ temperature: z.number(), time: z.number() }).optional(),
  /** Options of a built-in potential, as they were written. */
  reference: z.string().optional(),
});

/** What elastic learning was asked for besides its config: kept beside it, so that it can be gone on with. */
export type ElasticRequest = z.output<typeof requestSchema>;

/** Its file in a run directory; by it such a directory is known. */
const FILE = 'elastic-request.json';

export function keepRequest(path: (...parts: string[]) => string, request: ElasticRequest): void {
  writeFileAtomic(path(FILE), `${JSON.stringify(request, null, 2)}\n`);
}

/** Undefined where a directory holds none. Throws a UserError where it is damaged. */
export function keptRequest(path: (...parts: string[]) => string): ElasticRequest | undefined {
  if (!existsSync(path(FILE))) return undefined;
  const parsed = requestSchema.safeParse(readJson(path(FILE)));
  if (!parsed.success)
    throw new UserError(
      `${path(FILE)}: is not as this program writes it; ask again with 'serendip elastic --config'`,
    );
  return parsed.data;
}
