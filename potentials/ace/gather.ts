import { UserError } from '../../src/core/errors.ts';
import type { NeighbourList } from '../../src/core/neighbours.ts';
import type { Structure } from '../../src/core/structure.ts';
import { reserve, type Site } from './site.ts';

/** Species of the model for every element of a structure; a UserError for an element it does not know. */
export function speciesMap(elements: readonly string[], structure: Structure): Int32Array {
  return Int32Array.from(structure.elements, (symbol, k) => {
    const found = elements.indexOf(symbol);
    if (found < 0 && structure.species.includes(k))
      throw new UserError(
        `ace: got element ${symbol}, the potential knows ${elements.join(', ')}; use a potential that covers it`,
      );
    return found;
  });
}

/** Fills centre, neighbours, distances and directions of atom `i` into `site`. */
export function gather(site: Site, s: Structure, list: NeighbourList, i: number, map: Int32Array): void {
  const { positions: x, cell } = s;
  const { offsets, indices, shifts } = list;
  const { elements, cutoffs } = site.tables;
  const S = elements.length;
  reserve(site, offsets[i + 1] - offsets[i]);
  site.centre = map[s.species[i]];
  let count = 0;
  for (let p = offsets[i]; p < offsets[i + 1]; p++) {
    const j = indices[p];
    const [a, b, c] = [shifts[3 * p], shifts[3 * p + 1], shifts[3 * p + 2]];
    const dx = x[3 * j] - x[3 * i] + a * cell[0] + b * cell[3] + c * cell[6];
    const dy = x[3 * j + 1] - x[3 * i + 1] + a * cell[1] + b * cell[4] + c * cell[7];
    const dz = x[3 * j + 2] - x[3 * i + 2] + a * cell[2] + b * cell[5] + c * cell[8];
    const r = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const species = map[s.species[j]];
    const cutoff = cutoffs[site.centre * S + species];
    if (r >= cutoff) continue;
    if (Number.isNaN(cutoff) && r < site.tables.cutoff)
      throw new UserError(
        `ace: atoms ${i} and ${j} are a pair ${elements[site.centre]} ${elements[species]}, for which the potential has no bond; use a potential that has one`,
      );
    if (Number.isNaN(cutoff)) continue;
    site.atom[count] = j;
    site.species[count] = species;
    site.r[count] = r;
    site.u[3 * count] = dx / r;
    site.u[3 * count + 1] = dy / r;
    site.u[3 * count + 2] = dz / r;
    count++;
  }
  site.count = count;
}
