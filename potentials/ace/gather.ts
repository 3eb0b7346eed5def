import { UserError } from '../../src/core/errors.ts';
import type { NeighbourList } from '../../src/core/neighbours.ts';
import type { Structure } from '../../src/core/structure.ts';
import { reserve, type Site } from './siteArrays.ts';

/** Fills centre, neighbours, distances and directions of atom `i` into `site`; `species` are those of the model, per atom. */
export function gather(site: Site, s: Structure, list: NeighbourList, i: number, species: Int32Array): void {
  const { positions: x, cell } = s;
  const { offsets, indices, shifts } = list;
  const { elements, cutoffs } = site.tables;
  const S = elements.length;
  reserve(site, offsets[i + 1] - offsets[i]);
  site.centre = species[i];
  let count = 0;
  for (let p = offsets[i]; p < offsets[i + 1]; p++) {
    const j = indices[p];
    const [a, b, c] = [shifts[3 * p], shifts[3 * p + 1], shifts[3 * p + 2]];
    const dx = x[3 * j] - x[3 * i] + a * cell[0] + b * cell[3] + c * cell[6];
    const dy = x[3 * j + 1] - x[3 * i + 1] + a * cell[1] + b * cell[4] + c * cell[7];
    const dz = x[3 * j + 2] - x[3 * i + 2] + a * cell[2] + b * cell[5] + c * cell[8];
    const r = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const other = species[j];
    const cutoff = cutoffs[site.centre * S + other];
    if (r >= cutoff) continue;
    if (Number.isNaN(cutoff) && r < site.tables.cutoff)
      throw new UserError(
        `ace: atoms ${i} and ${j} are a pair ${elements[site.centre]} ${elements[other]}, for which the potential has no bond; use a potential that has one`,
      );
    if (Number.isNaN(cutoff)) continue;
    site.atom[count] = j;
    site.species[count] = other;
    site.r[count] = r;
    site.u[3 * count] = dx / r;
    site.u[3 * count + 1] = dy / r;
    site.u[3 * count + 2] = dz / r;
    count++;
  }
  site.count = count;
}
