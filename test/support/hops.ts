import { inverse3, transformRows } from '../../src/core/cell.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { normals, STREAM, uniforms } from '../../src/core/philox.ts';
import type { Structure } from '../../src/core/structure.ts';

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
  return (step: number): MdState => {
    const positions = start.positions.slice();
    for (const hop of hops)
      if (hop.step <= step) for (let x = 0; x < 3; x++) positions[3 * hop.atom + x] = hop.to[x];
    const cell = start.cell.slice();
    for (let x = 0; x < 3; x++) cell[x] *= 1 + ((shaking.strain ?? 0) * step) / 1000;
    transformRows(transformRows(positions, inverse3(start.cell), positions), cell, positions);
    for (let i = 0; 3 * i < positions.length; i++) {
      const shake = shaking.vibrates ? vibration(shaking, step, i) : kick(shaking, step, i);
      for (let x = 0; x < 3; x++) positions[3 * i + x] += shake[x] + ((shaking.drift ?? 0) * step) / 1000;
    }
    const structure = { ...start, positions, cell };
    return { step, structure, velocities: new Float64Array(positions.length), extended: new Float64Array(0) };
  };
}

function kick({ width, seed = 1 }: Shaking, step: number, i: number): number[] {
  const g = normals(seed, STREAM.rattle, step, i, new Float64Array(4));
  return [0, 1, 2].map((x) => width * g[x]);
}

/** Waves of each atom's own phases: a component is Σ a cos(ωt + φ) with a² = 2 width²/waves. */
function vibration({ width, seed = 1 }: Shaking, step: number, i: number): number[] {
  const amplitude = width * Math.sqrt(2 / PERIODS.length);
  const phases = PERIODS.map((_, k) => uniforms(seed, STREAM.rattle, k, i, new Float64Array(4)));
  return [0, 1, 2].map((x) =>
    PERIODS.reduce(
      (sum, period, k) => sum + amplitude * Math.cos(2 * Math.PI * (step / period + phases[k][x])),
      0,
    ),
  );
}
