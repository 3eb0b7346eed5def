import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { deviceEvaluator } from '../../src/backend/webgpu/deviceEvaluator.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { disagreement, largest } from '../support/compare.ts';
import { WEBGPU } from '../tolerances.ts';
import { found, gpu } from './adapter.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];
const rattled = (s: Structure, by: number, seed: number): Structure => ({
  ...s,
  positions: s.positions.map((x, k) => x + by * normal(seed, k)),
});
/** r → rF, cell → cell F, F upright but for what b leans towards a. */
function strained(s: Structure, stretch: number, lean = 0): Structure {
  const apply = (x: Float64Array) =>
    x.map((value, k) => stretch * value + (k % 3 === 0 ? lean * x[k + 1] : 0));
  return { ...s, positions: apply(s.positions), cell: apply(s.cell) };
}

const start = rattled(supercell(crystal('fcc', ['Cu'], 3.64), [3, 3, 3]), 0.1, 1);
const closer = rattled(start, 0.02, 2);
/** Some atoms in other images. */
const wrapped = {
  ...closer,
  positions: closer.positions.map((x, k) => (k % 7 === 0 ? x + start.cell[4 * (k % 3)] : x)),
};
const bare = rattled({ ...start, periodic: [true, true, false] as const }, 0.05, 3);
const other = rattled(supercell(crystal('fcc', ['Cu'], 3.7), [2, 3, 3]), 0.1, 4);
/** Whether arrays have to be made anew; where they may grow with the list, undefined. */
const SEQUENCE: readonly (readonly [string, Structure, boolean | undefined])[] = [
  ['where it begins', start, true],
  ['moved a little', closer, false],
  ['moved much', rattled(start, 0.15, 5), undefined],
  ['in other images', wrapped, undefined],
  ['elsewhere', { ...wrapped, positions: wrapped.positions.map((x) => x + 90) }, false],
  ['stretched a little', strained(start, 1.01), undefined],
  ['sheared', strained(start, 1.02, 0.1), undefined],
  ['half as dense', strained(start, 1.26), undefined],
  ['as before', start, undefined],
  ['with a surface', bare, true],
  ['of another size', other, true],
  ['as at first', start, true],
];

function expansion(): Potential {
  const request = { elements: ['Cu'], cutoff: '4.6 Å', nradmax: [3, 2], lmax: [0, 2] };
  const e = createAce(aceRequestSchema.parse(request));
  const mean = e.roughness.map((rough, k) => normal(1, k) / rough);
  return e.withParameters({ e0: Float64Array.of(-3), mean, members: [] });
}

const POTENTIALS: Record<string, () => Potential> = {
  'embedded atoms': () => embeddedAtom(zhou(['Cu'])),
  'an expansion': expansion,
};

const truth = (p: Potential, s: Structure, want: readonly Quantity[]) =>
  p.evaluate(s, buildNeighbours(s, p.cutoff), want);

/** The device, and arrays of it that were made and not given back. */
function counted() {
  const live = new Set<GPUBuffer>();
  const keep = (array: GPUBuffer) => {
    live.add(array);
    const destroy = array.destroy.bind(array);
    Object.defineProperty(array, 'destroy', {
      value() {
        live.delete(array);
        destroy();
      },
    });
    made++;
  };
  let made = 0;
  return { gpu: { ...gpu, keep, dispose() {} }, live, made: () => made };
}

describe.skipIf(!found)('one evaluator for many structures', () => {
  it.each(Object.keys(POTENTIALS))(
    'gives of each what it is, and nothing back that it can use again: %s',
    { timeout: 60_000 },
    async (name) => {
      const potential = POTENTIALS[name]();
      const device = counted();
      const evaluator = deviceEvaluator(device.gpu, potential);
      const want = ['forces', 'virial'] as const;
      for (const [what, s, anew] of SEQUENCE) {
        const before = device.made();
        const e = await evaluator.evaluate(s, want);
        const expected = truth(potential, s, want);
        expect(largest(expected.forces), what).toBeGreaterThan(0.1);
        for (const [of, x] of Object.entries(disagreement(e, expected, WEBGPU)))
          expect(x, `${what}, ${of}`).toBeLessThanOrEqual(1);
        if (anew !== undefined) expect(device.made() > before, what).toBe(anew);
      }
      expect(device.live.size).toBeGreaterThan(10);
      evaluator.dispose();
      expect(device.live.size).toBe(0);
    },
  );

  it('makes other tables where those of the first reach no farther', { timeout: 60_000 }, async () => {
    const potential = POTENTIALS['embedded atoms']();
    const device = counted();
    const evaluator = deviceEvaluator(device.gpu, potential);
    const thin = await evaluator.evaluate(strained(start, 1.5), ['forces']);
    expect(thin.energy).toBeLessThan(0);
    const e = await evaluator.evaluate(start, ['forces']);
    for (const x of Object.values(disagreement(e, truth(potential, start, ['forces']), WEBGPU)))
      expect(x).toBeLessThanOrEqual(1);
    const collapsed = {
      ...start,
      positions: start.positions.map((x, k) => (k < 3 ? start.positions[3 + k] + 1e-3 : x)),
    };
    await expect(evaluator.evaluate(collapsed, [])).rejects.toThrow(UserError);
    expect(device.live.size).toBe(0);
    const again = await evaluator.evaluate(start, ['forces']);
    expect(largest(again.forces.map((f, k) => f - e.forces[k]))).toBeLessThan(1e-5);
    evaluator.dispose();
    expect(device.live.size).toBe(0);
  });

  it('takes them in turn where they are asked for at once', { timeout: 60_000 }, async () => {
    const potential = POTENTIALS['embedded atoms']();
    const device = counted();
    const evaluator = deviceEvaluator(device.gpu, potential);
    const several = [start, closer, other, start];
    const at = await Promise.all(several.map((s) => evaluator.evaluate(s, [])));
    several.forEach((s, k) => {
      expect(Math.abs(at[k].energy / truth(potential, s, []).energy - 1)).toBeLessThan(1e-5);
    });
    expect(Math.abs(at[1].energy - at[0].energy)).toBeGreaterThan(0.05);
    evaluator.dispose();
  });
});
