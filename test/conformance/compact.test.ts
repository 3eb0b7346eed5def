import { afterAll, describe, expect, it } from 'vitest';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { kernelFor } from '../../src/backend/wasm/device.ts';
import { createTeam } from '../../src/backend/wasm/team.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { drawnAlloy, normal } from '../support/alloys.ts';
import { startAt } from '../support/argon.ts';
import { disagreement } from '../support/compare.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';
import { WASM } from '../tolerances.ts';

const POTENTIALS: Record<string, Potential> = {
  expansion: drawnAlloy('SBessel'),
  'embedded atoms': embeddedAtom(zhou(['Ni', 'Al'])),
};
const ALL: readonly Quantity[] = [
  'forces',
  'virial',
  'projections',
  'memberEnergies',
  'memberForces',
  'memberVirials',
];

const open: { dispose(): void }[] = [];
afterAll(() => {
  for (const e of open) e.dispose();
});
function kept<T extends { dispose(): void }>(e: T): T {
  open.push(e);
  return e;
}

/** A warm alloy whose atoms lie many cells from home, one image of a pair seen from both sides. */
function strewn(repeat: readonly [number, number, number]): Structure {
  const s = supercell(crystal('B2', ['Ni', 'Al'], 2.9), repeat);
  for (let i = 0; i < s.species.length; i++)
    for (let x = 0; x < 3; x++) {
      const cells = ((7 * i + 3 * x) % 5) - 2;
      for (let y = 0; y < 3; y++) s.positions[3 * i + y] += cells * s.cell[3 * x + y];
      s.positions[3 * i + x] += 0.1 * normal(7, 3 * i + x);
    }
  return s;
}

describe.each(Object.entries(POTENTIALS))('a compact system of %s', (_, potential) => {
  it('agrees with the truth in every quantity, and its list is that of buildNeighbours', async () => {
    const team = kept(await createTeam(2));
    const device = kernelFor(potential, team, 0)!;
    for (const repeat of [
      [4, 3, 3],
      [3, 5, 4],
    ] as const) {
      const s = strewn(repeat);
      const { system, evaluate } = device(s);
      expect(system.compact).toBe(true);
      system.positions.set(s.positions);
      system.cell.set(s.cell);
      const truth = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ALL);
      const off = disagreement(evaluate(ALL), truth, WASM);
      for (const [what, ratio] of Object.entries(off)) expect(ratio, what).toBeLessThanOrEqual(1);
      const list = system.list();
      expect(list).toEqual(buildNeighbours(s, list.cutoff));
    }
  });

  it('has the energies and virials of any other, to the bit', async () => {
    const s = strewn([3, 3, 3]);
    const results = [];
    for (const from of [0, Infinity]) {
      const wasm = kept(await wasmBackend(2, from).evaluator!(potential));
      const { energies, virial } = await wasm.evaluate(s, ['virial']);
      results.push([...energies, ...virial]);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('gives the same bits on 1, 2 and 3 threads', async () => {
    const verlet = integratorFrom({ kind: 'velocityVerlet', timestep: '2 fs' });
    const start = startAt(strewn([3, 3, 3]), 600);
    const ends = [];
    for (const threads of [1, 2, 3]) {
      const engine = kept(await wasmBackend(threads, 0).prepare(potential, verlet, start));
      const stop = await engine.advance(60, unwatched, never);
      expect(stop.reason).toBe('finished');
      ends.push(engine.state());
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  it('refuses a cell that is narrower than the potential reaches', async () => {
    const wasm = kept(await wasmBackend(1, 0).evaluator!(potential));
    const s = supercell(crystal('B2', ['Ni', 'Al'], 2.9), [4, 1, 4]);
    await expect(wasm.evaluate(s, ['forces'])).rejects.toThrow(/narrower along b .*repeat it along b/);
  });
});

describe('forces of a compact system', () => {
  const potential = drawnAlloy('SBessel');

  it('add up to nothing, exactly', async () => {
    const wasm = kept(await wasmBackend(2, 0).evaluator!(potential));
    const { forces } = await wasm.evaluate(strewn([3, 3, 4]), ['forces']);
    const sum = [0, 0, 0];
    forces.forEach((f, k) => {
      sum[k % 3] += f;
    });
    expect(sum).toEqual([0, 0, 0]);
    expect(Math.max(...forces)).toBeGreaterThan(0.1);
  });

  it('are no numbers where a pair force does not fit', async () => {
    const steep = drawnAlloy('SBessel', 1e6);
    const s = strewn([3, 3, 3]);
    const fast = kept(await wasmBackend(1).evaluator!(steep));
    expect(Math.max(...(await fast.evaluate(s, ['forces'])).forces)).toBeGreaterThan(1e5);
    const wasm = kept(await wasmBackend(1, 0).evaluator!(steep));
    expect((await wasm.evaluate(s, ['forces'])).forces.some(Number.isNaN)).toBe(true);
  });
});
