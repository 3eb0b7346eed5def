import { inverse3, isOpenCell, transformRows } from '../../core/cell.ts';
import { atomCount, type Structure, subset } from '../../core/structure.ts';
import type { EventClass } from '../../events/classes.ts';
import type { EventRecord } from '../../events/record.ts';
import type { Scene } from '../read/scenes.ts';
import { STAGES, type Stages } from '../read/transitions.ts';

/** Atoms above which only the neighbourhood of those that move is shown, and how far it reaches, Å. */
const LARGE = 400;
const REACH = 7.5;

/** Atoms that move less than this part of the farthest make way, and get no arrow. */
const FOLLOWS = 0.4;

const LABELS = { initial: 'before', saddle: 'saddle', final: 'after' } as const;

/** Before, saddle and after, every atom where its neighbour across the boundary would not tear the event apart. */
export function eventScenes({ class: group, representative: record }: EventClass, stages: Stages): Scene[] {
  const { initial } = stages;
  const atoms = initial ? atomCount(initial) : 0;
  const told = STAGES.filter((stage) => stages[stage] && atomCount(stages[stage]) === atoms);
  const movers = placesOf(record, stages);
  if (!initial || movers.length === 0 || movers.some((i) => !(i >= 0 && i < atoms))) return [];
  const [centre] = movers;
  const start = around(initial, centre);
  const everyone = Array.from({ length: atoms }, (_, i) => i);
  const shown = atoms > LARGE ? neighbourhood(initial, movers) : everyone;
  // Part of a system stands in no cell that is worth drawing.
  const part = shown.length < atoms || stages.parents !== undefined;
  const placed = (stage: (typeof STAGES)[number]) => moved(initial, stages[stage]!, start);
  const moving = new Set(movers);
  const change = {
    origin: originOf(initial, start.subarray(3 * centre, 3 * centre + 3)),
    text: `${record.displacements[0].toFixed(2)} Å`,
    ...course(movers, record.displacements, start, stages.final ? placed('final') : start),
  };
  return told.map((stage) => {
    const structure = subset({ ...initial, positions: placed(stage) }, shown);
    return {
      id: `class-${group}-${stage}`,
      label: LABELS[stage],
      group,
      structure: part ? { ...structure, cell: new Float64Array(9) } : structure,
      gamma: undefined,
      core: Uint8Array.from(shown, (i) => Number(moving.has(i))),
      marked: shown.indexOf(centre),
      change,
    };
  });
}

/** Where in the structures the atoms stand that have moved; −1 for one that is not there. */
function placesOf({ moved }: EventRecord, { parents }: Stages): readonly number[] {
  if (!parents) return moved;
  return moved.map((i) => parents.indexOf(i));
}

/** Arrows of what moves far, and the turn that lays the first across the view; a little more keeps rows of atoms apart. */
function course(
  movers: readonly number[],
  displacements: readonly number[],
  start: Float64Array,
  end: Float64Array,
) {
  const far = movers.filter((_, k) => displacements[k] >= FOLLOWS * displacements[0]);
  const ends = (i: number) => [...start.subarray(3 * i, 3 * i + 3), ...end.subarray(3 * i, 3 * i + 3)];
  const [x0, y0, , x1, y1] = ends(movers[0]);
  return { arrows: far.flatMap(ends), turn: (-180 * Math.atan2(y1 - y0, x1 - x0)) / Math.PI - 12 };
}

/** Positions of the images nearest to one atom, counted in lattice vectors, [3n]. */
function around({ positions, ...s }: Structure, centre: number): Float64Array {
  const own = positions.slice(3 * centre, 3 * centre + 3);
  return shortest(
    s,
    positions.map((x, k) => x - own[k % 3]),
  ).map((x, k) => x + own[k % 3]);
}

/** Positions at a later stage, each atom displaced by its shortest way, [3n]. */
function moved(initial: Structure, stage: Structure, start: Float64Array): Float64Array {
  const way = shortest(
    stage,
    stage.positions.map((x, k) => x - initial.positions[k]),
  );
  return start.map((x, k) => x + way[k]);
}

/** Vectors less whole lattice vectors, along each by at most half of it, [3n]. */
function shortest(
  { cell, periodic }: Pick<Structure, 'cell' | 'periodic'>,
  vectors: Float64Array,
): Float64Array {
  if (isOpenCell(cell)) return vectors;
  const turns = transformRows(vectors, inverse3(cell), new Float64Array(vectors.length)).map((f, k) =>
    periodic[k % 3] ? Math.round(f) : 0,
  );
  const shifts = transformRows(turns, cell, turns);
  return vectors.map((x, k) => x - shifts[k]);
}

/** Corner of the cell about a point; along what does not repeat the cell stays where it is. */
function originOf({ cell, periodic }: Structure, centre: ArrayLike<number>): number[] {
  if (isOpenCell(cell)) return [0, 0, 0];
  const corner = transformRows(centre, inverse3(cell), new Float64Array(3)).map((f, a) =>
    periodic[a] ? f - 0.5 : 0,
  );
  return [...transformRows(corner, cell, corner)];
}

/** Atoms within reach of any that moves, in their order. */
function neighbourhood(s: Structure, moving: readonly number[]): number[] {
  const near = new Uint8Array(atomCount(s));
  for (const j of moving) {
    const at = around(s, j);
    near.forEach((_, i) => {
      if (Math.hypot(...[0, 1, 2].map((x) => at[3 * i + x] - at[3 * j + x])) <= REACH) near[i] = 1;
    });
  }
  return [...near.keys()].filter((i) => near[i] === 1);
}
