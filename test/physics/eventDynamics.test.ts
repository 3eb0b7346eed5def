import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, supercell } from '../../src/core/structure.ts';
import { maxwellBoltzmann } from '../../src/core/velocities.ts';
import { createDetector } from '../../src/events/detector.ts';
import { detectionSchema } from '../../src/events/options.ts';
import type { Transition } from '../../src/events/transition.ts';
import { integratorFrom, never } from '../support/integrate.ts';

const options = detectionSchema.parse({});
const SIDE = 2;

/** Molecular dynamics of a crystal with a vacancy: what the detector finds, and every frame it was shown. */
async function dynamics(element: string, a: number, temperature: number, steps: number) {
  const perfect = supercell(crystal('fcc', [element], a), [SIDE, SIDE, SIDE]);
  const structure = takeOut(perfect, [0]);
  const potential = potentials.create(
    potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: [element] }),
  );
  const thermostat = { kind: 'langevin', timestep: '2 fs', temperature: `${temperature} K`, seed: 3 };
  const velocities = maxwellBoltzmann(structure, 2 * temperature, 3, true);
  const start: MdState = { step: 0, structure, velocities, extended: new Float64Array(0) };
  const backend = wasmBackend(1);
  const engine = await backend.prepare(potential, integratorFrom(thermostat), start);
  const evaluator = await backend.evaluator!(potential);
  const detector = createDetector(options, { ...evaluator, cutoff: potential.cutoff }, start);
  const frames: MdState[] = [start];
  const found: Transition[] = [];
  try {
    for (let step = 0; step < steps; step += options.every) {
      const stop = await engine.advance(options.every, { interval: options.every, measures: [] }, never);
      expect(stop.reason).toBe('finished');
      frames.push(engine.state());
      found.push(...(await detector.look(engine.state())));
    }
  } finally {
    engine.dispose();
    evaluator.dispose();
  }
  return { perfect, frames, found };
}

/** Every site has fractions of the cell that are multiples of one over this. */
const GRID = 2 * SIDE;

/** Fractions by which all atoms have drifted, near what they were in the frame before: the circular mean of what is beyond a multiple. */
function driftOf(fractions: readonly number[], before: readonly number[]): number[] {
  return before.map((old, x) => {
    let [re, im] = [0, 0];
    for (let k = x; k < fractions.length; k += 3) {
      re += Math.cos(2 * Math.PI * GRID * fractions[k]);
      im += Math.sin(2 * Math.PI * GRID * fractions[k]);
    }
    const drift = Math.atan2(im, re) / (2 * Math.PI * GRID);
    return drift + Math.round((old - drift) * GRID) / GRID;
  });
}

/** By frame: the site nearest to each atom, as text; undefined while two atoms share one. */
function occupancies(structures: readonly Structure[], perfect: Structure): (string | undefined)[] {
  const sites = Array.from(perfect.positions, (x, k) => x / perfect.cell[4 * (k % 3)]);
  let drift = [0, 0, 0];
  return structures.map((s) => {
    const f = Array.from(s.positions, (x, k) => x / s.cell[4 * (k % 3)]);
    drift = driftOf(f, drift);
    const nearest = Array.from({ length: atomCount(s) }, (_, i) => {
      const square = (j: number) =>
        [0, 1, 2].reduce((sum, x) => {
          const d = f[3 * i + x] - drift[x] - sites[3 * j + x];
          return sum + (d - Math.round(d)) ** 2;
        }, 0);
      const squares = Array.from({ length: atomCount(perfect) }, (_, j) => square(j));
      return squares.indexOf(Math.min(...squares));
    });
    return new Set(nearest).size === nearest.length ? nearest.join() : undefined;
  });
}

describe('a vacancy in a hot metal', () => {
  it.each([
    ['Cu', 3.7, 1300, 10_000],
    ['Ag', 4.16, 1100, 10_000],
  ])(
    '%s: every jump that the sites tell of is found, and no other',
    async (element, a, temperature, steps) => {
      const { perfect, frames, found } = await dynamics(element, a, temperature, steps);
      // Sites in frames in which they are the same for a while: what lies between is a jump, or some.
      const sites = occupancies(
        frames.map((f) => f.structure),
        perfect,
      );
      const CALM = options.quench / options.every / 2;
      const calm = frames.flatMap((_, k) => {
        const stretch = sites.slice(Math.max(0, k - CALM), k + CALM + 1);
        return stretch.length === 2 * CALM + 1 && stretch[0] && new Set(stretch).size === 1 ? [k] : [];
      });
      expect(calm.length).toBeGreaterThan(frames.length / 10);
      let jumps = 0;
      for (let c = 1; c < calm.length; c++) {
        const [from, to] = [calm[c - 1], calm[c]];
        const between = found.filter(
          (t) => t.between[1] > frames[from].step && t.between[1] <= frames[to].step,
        );
        const [p, q] = [sites[from]!.split(','), sites[to]!.split(',')];
        const changed = p.flatMap((s, i) => (s === q[i] ? [] : [i]));
        if (changed.length === 0) {
          // Nothing, or there and back.
          expect(between.length).not.toBe(1);
          if (to === from + 1) expect(between).toEqual([]);
          continue;
        }
        jumps++;
        const moved = new Set(between.flatMap((t) => t.moved));
        for (const i of changed) expect(moved).toContain(i);
        if (changed.length === 1 && between.length === 1) expect(between[0].moved).toEqual(changed);
      }
      expect(jumps).toBeGreaterThan(3);
    },
  );
});
