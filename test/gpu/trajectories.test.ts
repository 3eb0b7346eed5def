import { describe, expect, it } from 'vitest';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import type { Backend } from '../../src/backend/backend.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import type { Potential } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import { drawnAlloy } from '../support/alloys.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { integratorFrom, never, sample, unwatched } from '../support/integrate.ts';
import { backend, found } from './adapter.ts';

const nickelAluminium = () => supercell(crystal('B2', ['Ni', 'Al'], 2.9), [3, 2, 2]);

/** Each with the pieces that its steps can be cut into. */
const SYSTEMS: Record<string, readonly [() => Potential, () => MdState, readonly number[]]> = {
  pairs: [() => argon, () => startAt(argonCrystal(2), 60), [1, 0, 22, 57]],
  'embedded atoms': [
    () => embeddedAtom(zhou(['Ni', 'Al'])),
    () => startAt(nickelAluminium(), 600),
    [1, 0, 22, 37],
  ],
  'an expansion': [() => drawnAlloy('SBessel'), () => startAt(nickelAluminium(), 600), [1, 0, 6, 13]],
};

const langevin = integratorFrom({
  kind: 'langevin',
  timestep: '2 fs',
  temperature: '600 K',
  friction: '5 1/ps',
  seed: 7,
});

describe.skipIf(!found).each(Object.keys(SYSTEMS))('a trajectory of %s', (name) => {
  it('is the same to the bit when run again, and however it is cut into pieces', {
    timeout: 60_000,
  }, async () => {
    const [makePotential, makeStart, cut] = SYSTEMS[name];
    const [potential, start] = [makePotential(), makeStart()];
    const length = cut.reduce((sum, steps) => sum + steps, 0);
    const run = async (pieces: readonly number[]) => {
      const engine = await backend.prepare(potential, langevin, start);
      for (const steps of pieces) {
        const { reason } = await engine.advance(steps, unwatched, never);
        expect(reason).toBe('finished');
      }
      const state = engine.state();
      engine.dispose();
      return state;
    };
    const whole = await run([length]);
    expect(whole.step).toBe(length);
    expect(whole.structure.positions).not.toEqual(start.structure.positions);
    expect(await run([length])).toEqual(whole);
    const { structure, velocities } = await run(cut);
    // Heat is added up where pieces end: in another order.
    expect([structure, velocities]).toEqual([whole.structure, whole.velocities]);
  });
});

/** eV/atom: how far the conserved quantity has gone by the end of the run, as the slope of a line through all of it. */
function drift(conserved: readonly number[], atoms: number): number {
  const n = conserved.length;
  const middle = (n - 1) / 2;
  const mean = conserved.reduce((sum, e) => sum + e, 0) / n;
  let over = 0;
  let under = 0;
  conserved.forEach((e, k) => {
    over += (k - middle) * (e - mean);
    under += (k - middle) ** 2;
  });
  return ((over / under) * n) / atoms;
}

describe.skipIf(!found)('the energy of a crystal left to itself', () => {
  it('drifts no more than twice as far as in f64', { timeout: 120_000 }, async () => {
    const potential = embeddedAtom(zhou(['Cu']));
    const start = startAt(supercell(crystal('fcc', ['Cu'], 3.64), [2, 2, 2]), 1200);
    const verlet = integratorFrom({ kind: 'velocityVerlet', timestep: '2 fs' });
    const far = async (on: Backend) => {
      const engine = await on.prepare(potential, verlet, start);
      const seen = await sample(engine, 16, 50);
      engine.dispose();
      return drift(
        seen.map((o) => o.conserved),
        32,
      );
    };
    const [device, truth] = [await far(backend), await far(wasmBackend(1))];
    expect(Math.abs(truth)).toBeGreaterThan(2e-7);
    expect(Math.abs(device)).toBeLessThan(2 * Math.abs(truth));
    // And that by the same way: what the device adds is what f32 rounds off in 800 steps.
    expect(Math.abs(device - truth)).toBeLessThan(3e-7);
  });
});
