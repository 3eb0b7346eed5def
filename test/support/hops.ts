import { nearestNeighbours } from '../../src/analysis/nearest.ts';
import { inverse3, transformRows } from '../../src/core/cell.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { normals, STREAM, uniforms } from '../../src/core/philox.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import type { Structure } from '../../src/core/structure.ts';
import type { Detector } from '../../src/events/detector.ts';
import type { Transition } from '../../src/events/transition.ts';

/** From `step` on, `atom` stands where site `to` of the perfect crystal is. */
export interface Hop {
  readonly step: number;
  readonly atom: number;
  /** Å. */
  readonly to: readonly number[];
}

export interface Shaking {
  /** Å, standard deviation of every component. */
  readonly width: number;
  /** Whether it is a sum of vibrations in time instead of new numbers in every frame. */
  readonly vibrates?: boolean;
  /** Å by 1000 steps, of all atoms, along every axis. */
  readonly drift?: number;
  /** Of the cell's first vector, by 1000 steps. */
  readonly strain?: number;
  readonly seed?: number;
}

/** Periods of the vibrations, in steps. */
const PERIODS = [61, 97, 173];

/** The state of a made-up trajectory at any step: atoms at their sites, hops as they are told, and shaking. */
export function trajectory(start: Structure, hops: readonly Hop[], shaking: Shaking) {
  const shake = shaking.vibrates ? vibrations(shaking, start.species.length) : kicks(shaking);
  return (step: number): MdState => {
    const positions = start.positions.slice();
    for (const hop of hops)
      if (hop.step <= step) for (let x = 0; x < 3; x++) positions[3 * hop.atom + x] = hop.to[x];
    const cell = start.cell.slice();
    for (let x = 0; x < 3; x++) cell[x] *= 1 + ((shaking.strain ?? 0) * step) / 1000;
    transformRows(transformRows(positions, inverse3(start.cell), positions), cell, positions);
    for (let i = 0; 3 * i < positions.length; i++) {
      const by = shake(step, i);
      for (let x = 0; x < 3; x++) positions[3 * i + x] += by[x] + ((shaking.drift ?? 0) * step) / 1000;
    }
    const structure = { ...start, positions, cell };
    return { step, structure, velocities: new Float64Array(positions.length), extended: new Float64Array(0) };
  };
}

function kicks({ width, seed = 1 }: Shaking) {
  const g = new Float64Array(4);
  return (step: number, i: number) => normals(seed, STREAM.rattle, step, i, g).map((x) => width * x);
}

/** Waves of each atom's own phases: a component is Σ a cos(ωt + φ) with a² = 2 width²/waves. */
function vibrations({ width, seed = 1 }: Shaking, atoms: number) {
  const amplitude = width * Math.sqrt(2 / PERIODS.length);
  const phases = PERIODS.map((_, k) =>
    Array.from({ length: atoms }, (_, i) => uniforms(seed, STREAM.rattle, k, i, new Float64Array(4))),
  );
  const wave = (step: number, i: number, x: number, k: number) =>
    amplitude * Math.cos(2 * Math.PI * (step / PERIODS[k] + phases[k][i][x]));
  const by = new Float64Array(3);
  return (step: number, i: number) => {
    by.fill(0);
    for (let x = 0; x < 3; x++) for (let k = 0; k < PERIODS.length; k++) by[x] += wave(step, i, x, k);
    return by;
  };
}

export interface Walk {
  readonly start: Structure;
  readonly hops: readonly Hop[];
}

/** A vacancy that is filled by one of its nearest neighbours at each of `steps`, by another one each time. */
export function walk(perfect: Structure, steps: readonly number[], gone = 0): Walk {
  const start = takeOut(perfect, [gone]);
  const { indices, count } = nearestNeighbours(perfect, 8);
  const occupants = new Map<number, number>();
  let [hole, before] = [gone, -1];
  const hops = steps.map((step, k) => {
    const around = Array.from(indices.subarray(hole * count, (hole + 1) * count));
    const site = around.filter((i) => i !== before)[(5 * k) % 7];
    const atom = occupants.get(site) ?? site - (site > gone ? 1 : 0);
    occupants.set(hole, atom);
    const to = Array.from(perfect.positions.subarray(3 * hole, 3 * hole + 3));
    [before, hole] = [hole, site];
    return { step, atom, to };
  });
  return { start, hops };
}

/** What a detector finds when it looks at every `every`-th step, `from` and `to` included. */
export async function watched(
  detector: Detector,
  stateAt: (step: number) => MdState,
  from: number,
  to: number,
  every = 20,
): Promise<Transition[]> {
  const found: Transition[] = [];
  for (let step = from; step <= to; step += every) found.push(...(await detector.look(stateAt(step))));
  return found;
}
