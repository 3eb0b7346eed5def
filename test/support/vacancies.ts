import { potentials } from '../../potentials/registry.ts';
import type { Label } from '../../src/calculators/calculator.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, supercell } from '../../src/core/structure.ts';
import type { XyzOutput } from '../../src/io/writeXyz.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { relax } from '../../src/properties/relax.ts';

/** Å. */
const A = 4.05;

export const zhouAluminium = potentials.create(
  potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Al'] }),
);

/** 31 atoms of aluminium and the site of the one that is missing. */
export function vacancy(): { readonly structure: Structure; readonly hole: readonly number[] } {
  const perfect = supercell(crystal('fcc', ['Al'], A), [2, 2, 2]);
  const structure = takeOut(perfect, 1);
  const sites = Array.from({ length: 32 }, (_, i) =>
    Array.from(perfect.positions.subarray(3 * i, 3 * i + 3)),
  );
  const hole = sites.find((p) => nearest(structure, p).distance > 1)!;
  return { structure, hole };
}

/** The atom nearest to a point, the way from it to the point, and its length, Å. */
function nearest(s: Structure, p: readonly number[]) {
  let best = { atom: -1, distance: Number.POSITIVE_INFINITY, way: [0, 0, 0] };
  for (let i = 0; i < atomCount(s); i++) {
    const way = [0, 1, 2].map((x) => shortest(p[x] - s.positions[3 * i + x]));
    const distance = Math.hypot(...way);
    if (distance < best.distance) best = { atom: i, distance, way };
  }
  return best;
}

/** In the cube of 2 × 2 × 2 cells. */
function shortest(d: number): number {
  return d - Math.round(d / (2 * A)) * 2 * A;
}

/** Depth (eV) and width (Å) of a hollow that is not there. */
const HOLLOW = { depth: 0.6, width: 0.45 };

/**
 * Labels that a spoiled ensemble is taught: the vacancy at rest, and an atom on its way into it, where a well is dug into the true energy in
 * the middle, with the forces that belong to it.
 */
export async function spoiledFrames(): Promise<XyzOutput[]> {
  const { structure, hole } = vacancy();
  const { structure: rest } = await relax(plainly(zhouAluminium), structure, { cell: false, force: 1e-4 });
  const { atom, way, distance } = nearest(rest, hole);
  const opposite = hole.map((x, k) => x - way[k] + A * [1, 1, 1][k]);
  const anchor = nearest(rest, opposite).atom;
  const frames: XyzOutput[] = [{ structure: rest, label: labelOf(rest) }];
  for (const part of [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]) {
    const positions = rest.positions.slice();
    for (let x = 0; x < 3; x++) positions[3 * atom + x] += part * way[x];
    const hold = Uint8Array.from({ length: atomCount(rest) }, (_, i) => Number(i === atom || i === anchor));
    const settled = await relax(
      plainly(zhouAluminium),
      { ...rest, positions },
      { cell: false, force: 1e-3, hold },
    );
    const label = dug(labelOf(settled.structure), atom, way, (part - 0.5) * distance);
    frames.push({ structure: settled.structure, label });
  }
  return frames;
}

function labelOf(s: Structure): Label {
  const e = zhouAluminium.evaluate(s, buildNeighbours(s, zhouAluminium.cutoff), ['forces']);
  return { energy: e.energy, forces: e.forces.slice() };
}

/** E − d exp(−x²/2w²), whose force along the way all other atoms together answer. */
function dug({ energy, forces }: Label, atom: number, way: readonly number[], x: number): Label {
  const { depth, width } = HOLLOW;
  const g = depth * Math.exp(-(x ** 2) / (2 * width ** 2));
  const pull = (-g * x) / width ** 2;
  const n = forces.length / 3;
  const length = Math.hypot(...way);
  const out = forces.map((f, k) => f - (pull * way[k % 3]) / length / n);
  for (let k = 0; k < 3; k++) out[3 * atom + k] += (pull * way[k]) / length;
  return { energy: energy - g, forces: out };
}
