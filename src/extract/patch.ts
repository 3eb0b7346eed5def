import { type Cell, inverse3, transformRows } from '../core/cell.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import { atomCount, type Periodic } from '../core/structure.ts';
import { type Box, boxesAround, extent } from './box.ts';
import { type Cut, intactAtoms, isStranger, without } from './cut.ts';
import type { ExtractOptions } from './options.ts';
import { covalentSums, imagesAround, type Parent, visitDistances } from './parent.ts';
import { relaxMobile } from './relax.ts';

/** A pair of atoms across the seam may come this much closer than the closest such pair of the parent. */
const CLOSER_THAN_SEEN = 0.9;

/**
 * Periodic patches around atom `centre` that hold `core + buffer` Å to every side: of the boxes that fit the local
 * lattice, those that lost the fewest atoms to clashes at the seam. Empty when no direction of the parent is longer
 * than the box, so that the patch would be the whole cell.
 */
export function carvePatches(
  parent: Parent,
  centre: number,
  core: number,
  buffer: number,
  options: Pick<ExtractOptions, 'clash'>,
): Cut[] {
  const boxes = boxesAround(parent, centre, core + buffer, buffer / 2);
  if (boxes.every((box) => box.cut.every((cut) => !cut))) return [];
  const patches = boxes.map((box) => {
    const carved = carve(parent, centre, box);
    const cut = removeClashes(carved, parent, options.clash);
    return { cut, lost: atomCount(carved.structure) - atomCount(cut.structure) };
  });
  const fewest = Math.min(...patches.map((patch) => patch.lost));
  return patches.filter((patch) => patch.lost === fewest).map((patch) => patch.cut);
}

/** Everything inside the box; along directions that stay whole every atom once. */
function carve(parent: Parent, centre: number, box: Box): Cut {
  const { structure } = parent;
  const images = imagesAround(parent, box.middle, boundingReach(parent, box));
  const n = images.parents.length;
  const offset = images.positions.map((value, k) => value - box.middle[k % 3]);
  const f = transformRows(offset, inverse3(box.cell), new Float64Array(3 * n));
  const outside = Uint8Array.from({ length: n }, (_, k) =>
    Number([0, 1, 2].some((x) => box.cut[x] && (f[3 * k + x] < -0.5 || f[3 * k + x] >= 0.5))),
  );
  const all: Cut = {
    kind: 'patch',
    structure: {
      elements: structure.elements,
      species: Uint8Array.from(images.parents, (i) => structure.species[i]),
      positions: images.positions,
      cell: box.cell,
      periodic: structure.periodic,
    },
    parents: images.parents,
    shifts: images.shifts,
    closed: box.cut.map((cut, x) => cut && structure.periodic[x]) as unknown as Periodic,
    centre: centreImage(parent, centre, images.parents, images.positions),
    moved: new Uint8Array(n),
  };
  const cut = without(all, outside);
  return { ...cut, structure: { ...cut.structure, cell: withVacuum(parent, box, cut.structure.positions) } };
}

/** Heights along the parent's directions that enclose the box; infinite where it is as long as the parent. */
function boundingReach(parent: Parent, box: Box): number[] {
  return [0, 1, 2].map((x) => {
    if (!box.cut[x]) return Infinity;
    const normal = [parent.inverse[x], parent.inverse[3 + x], parent.inverse[6 + x]];
    let reach = 0;
    for (let y = 0; y < 3; y++)
      reach += Math.abs(normal.reduce((sum, v, k) => sum + v * box.cell[3 * y + k], 0)) / 2;
    return reach * parent.heights[x] + 1e-6;
  });
}

/** Which of the images is the centre atom itself: the one nearest to where it is in the parent. */
function centreImage(parent: Parent, centre: number, parents: Int32Array, positions: Float64Array): number {
  const distance = (k: number) =>
    Math.hypot(...[0, 1, 2].map((x) => positions[3 * k + x] - parent.structure.positions[3 * centre + x]));
  return Array.from(parents.keys())
    .filter((k) => parents[k] === centre)
    .reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** The patch's cell: an open direction keeps the parent's vacuum beyond the atoms that are left. */
function withVacuum(parent: Parent, box: Box, positions: Float64Array): Cell {
  const cell = box.cell.slice();
  for (let x = 0; x < 3; x++) {
    if (parent.structure.periodic[x]) continue;
    const vacuum = Math.max(0, parent.heights[x] - extent(parent, x));
    const scale = box.cut[x] ? (extent(parent, x, positions) + vacuum) / parent.heights[x] : 1;
    for (let y = 0; y < 3; y++) cell[3 * x + y] = parent.structure.cell[3 * x + y] * scale;
  }
  return cell;
}

/** Of every two atoms that the seam has brought too close, the one farther from the centre goes. */
function removeClashes(cut: Cut, parent: Parent, clash: number): Cut {
  const { structure: s, centre } = cut;
  const limits = covalentSums(s).map((sum, pair) => {
    const seen = parent.shortest[pair];
    return Math.max(clash * sum, Number.isFinite(seen) ? CLOSER_THAN_SEEN * seen : 0);
  });
  const away = (k: number) =>
    Math.hypot(...[0, 1, 2].map((x) => s.positions[3 * k + x] - s.positions[3 * centre + x]));
  const gone = new Uint8Array(atomCount(s));
  const list = buildNeighbours(s, Math.max(...limits));
  visitDistances(s, list, (i, j, p, distance) => {
    const pair = s.species[i] * s.elements.length + s.species[j];
    if (gone[i] || gone[j] || distance >= limits[pair] || !isStranger(cut, list, p)) return;
    gone[away(i) > away(j) ? i : j] = 1;
  });
  return gone.some((value) => value === 1) ? without(cut, gone) : cut;
}

/** The patch after a few steps of relaxation of those buffer atoms whose neighbourhood the cut has changed. */
export function relaxBuffer(
  cut: Cut,
  parent: Parent,
  core: number,
  potential: Potential,
  options: Pick<ExtractOptions, 'relaxSteps'>,
): Cut {
  const s = cut.structure;
  const n = atomCount(s);
  const intact = intactAtoms(cut, parent, buildNeighbours(s, potential.cutoff));
  const middle = s.positions.slice(3 * cut.centre, 3 * cut.centre + 3);
  const offset = s.positions.map((value, k) => value - middle[k % 3]);
  const f = transformRows(offset, parent.inverse, new Float64Array(3 * n));
  const isCut = [0, 1, 2].map((x) => cut.closed[x] || !s.periodic[x]);
  const mobile = intact.map((value, k) =>
    Number(!value && [0, 1, 2].some((x) => isCut[x] && Math.abs(f[3 * k + x]) * parent.heights[x] > core)),
  );
  if (options.relaxSteps === 0 || mobile.every((value) => value === 0)) return cut;
  // Hot atoms carry forces anyway: there is no point in a seam calmer than the simulation.
  const calm = cut.parents.reduce((most, i) => {
    const force = Math.hypot(parent.forces[3 * i], parent.forces[3 * i + 1], parent.forces[3 * i + 2]);
    return Math.max(most, force);
  }, 0.05);
  return { ...cut, structure: relaxMobile(s, mobile, potential, options.relaxSteps, calm), moved: mobile };
}
