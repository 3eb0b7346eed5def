import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readActiveSets, writeActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { UserError } from '../core/errors.ts';
import { readJson } from '../io/readJson.ts';
import type { LocalSets } from '../learn/localSets.ts';

const CLUSTERS = 'local.json';
const INVERSES = 'local.asi';

const numbers = z.array(z.number());
const clustersSchema = z.array(
  z.strictObject({
    element: z.string(),
    size: z.int(),
    origin: numbers,
    axes: numbers,
    dimensions: z.int(),
    centres: numbers,
    environments: z.array(z.int()),
    restarts: z.int(),
  }),
);

/** One member of the archive a cluster and restart. */
const member = (element: string, cluster: number, restart: number) => `${element}-${cluster}-${restart}`;

/** Files of a model folder by name: where the clusters lie, and their inverses in the field's format. */
export function writeLocalSets(all: readonly LocalSets[]): Record<string, string | Uint8Array> {
  const clusters = all.map(({ element, size, axes, centres, sets }) => ({
    element,
    size,
    origin: [...axes.origin],
    axes: [...axes.axes],
    dimensions: axes.dimensions,
    centres: [...centres],
    environments: sets.map((set) => set.environments),
    restarts: sets[0].inverses.length,
  }));
  const inverses = all.flatMap(({ element, size, sets }) =>
    sets.flatMap((set, k) =>
      set.inverses.map((inverse, r) => [member(element, k, r), { size, inverse }] as const),
    ),
  );
  return { [CLUSTERS]: JSON.stringify(clusters), [INVERSES]: writeActiveSets(new Map(inverses)) };
}

/** Undefined where the folder has none. Throws a UserError for damaged files. */
export function readLocalSets(folder: string): LocalSets[] | undefined {
  const file = join(folder, CLUSTERS);
  if (!existsSync(file)) return undefined;
  const parsed = clustersSchema.safeParse(readJson(file));
  const archive = join(folder, INVERSES);
  if (!parsed.success || !existsSync(archive))
    throw new UserError(
      `${file}: is not as this program writes it, with ${INVERSES} beside it; use the files of a model folder`,
    );
  const inverses = readActiveSets(readFileSync(archive), archive);
  const inverseOf = (name: string, size: number) => {
    const found = inverses.get(name);
    if (found?.size !== size)
      throw new UserError(
        `${archive}: must hold ${name} of size ${size}; use the file that belongs to ${CLUSTERS}`,
      );
    return found.inverse;
  };
  return parsed.data.map(({ element, size, origin, axes, dimensions, centres, environments, restarts }) => ({
    element,
    size,
    axes: { origin: Float64Array.from(origin), axes: Float64Array.from(axes), dimensions },
    centres: Float64Array.from(centres),
    sets: environments.map((count, k) => ({
      environments: count,
      inverses: Array.from({ length: restarts }, (_, r) => inverseOf(member(element, k, r), size)),
    })),
  }));
}
