import type { Cut } from './cut.ts';
import { imagesAround, type Parent } from './parent.ts';

/** All atoms within `radius` Å of atom `centre`, in vacuum, without a cell. */
export function carveCluster(parent: Parent, centre: number, radius: number): Cut {
  const { structure } = parent;
  const middle = structure.positions.slice(3 * centre, 3 * centre + 3);
  const { parents, shifts, positions } = imagesAround(parent, middle, [radius, radius, radius]);
  const away = (k: number) => Math.hypot(...[0, 1, 2].map((x) => positions[3 * k + x] - middle[x]));
  const inside = Array.from(parents.keys()).filter((k) => away(k) <= radius);
  const triples = inside.flatMap((k) => [3 * k, 3 * k + 1, 3 * k + 2]);
  return {
    kind: 'cluster',
    structure: {
      elements: structure.elements,
      species: Uint8Array.from(inside, (k) => structure.species[parents[k]]),
      positions: Float64Array.from(triples, (k) => positions[k]),
      cell: new Float64Array(9),
      periodic: [false, false, false],
    },
    parents: Int32Array.from(inside, (k) => parents[k]),
    shifts: Int32Array.from(triples, (k) => shifts[k]),
    closed: [false, false, false],
    centre: inside.findIndex((k) => away(k) === 0),
    moved: new Uint8Array(inside.length),
  };
}
