import { describe, expect, it, vi } from 'vitest';
import type { Watch } from '../../src/backend/backend.ts';
import { deviceForces, settle, submit } from '../../src/backend/webgpu/deviceForces.ts';
import { forceFieldFor } from '../../src/backend/webgpu/forceField.ts';
import { screenFor, trustworthy } from '../../src/backend/webgpu/screen.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Quantity } from '../../src/core/potential.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import type { ElementActiveSet } from '../../src/learn/activeSet.ts';
import { activeSetBuilder } from '../../src/learn/activeSetBuilder.ts';
import type { MeasureContext } from '../../src/uncertainty/measure.ts';
import { measures } from '../../src/uncertainty/registry.ts';
import type { Uncertainty } from '../../src/uncertainty/uncertainty.ts';
import { drawnAlloy, normal } from '../support/alloys.ts';
import { startAt } from '../support/argon.ts';
import { integratorFrom, never } from '../support/integrate.ts';
import { WEBGPU } from '../tolerances.ts';
import { backend, found, gpu } from './adapter.ts';

const potential = drawnAlloy('ChebExpCos');
const { functionOffsets: offsets, projectionWidth: width } = potential;

function structure(seed: number, elements: readonly string[] = ['Ni', 'Al']): Structure {
  const a = 3.6;
  const h = a / 2;
  const cell = [a, 0, 0, 0, a, 0, 0, 0, a];
  const s = structureFrom(
    [0, 1, 2, 3].map((k) => elements[k % elements.length]),
    [0, 0, 0, 0, h, h, h, 0, h, h, h, 0],
    cell,
  );
  return { ...s, positions: s.positions.map((x, k) => x + 0.15 * normal(seed, k)) };
}

const evaluate = (s: Structure, want: readonly Quantity[]) =>
  potential.evaluate(s, buildNeighbours(s, potential.cutoff), want);

/** Of forty structures: fewer environments than functions, so that there is something outside. */
const activeSet: readonly ElementActiveSet[] = potential.elements.map((element, k) => {
  const size = offsets[k + 1] - offsets[k];
  const builder = activeSetBuilder(element, size, { tolerance: 1.001, unseen: 1e-2 });
  for (let seed = 100; seed < 140; seed++) {
    const s = structure(seed);
    const { projections } = evaluate(s, ['projections']);
    s.species.forEach((x, i) => {
      if (s.elements[x] === element) builder.offer(projections.slice(i * width, i * width + size), 1);
    });
  }
  return builder.snapshot();
});
const context: MeasureContext = { activeSet, potential };
const made = (kind: string) => measures.create(measures.schema.parse({ kind }))(context);

/** The least over two groups of the mean of two inverses. */
function grouped(): Uncertainty {
  const gamma = made('extrapolationGrade');
  const times = (x: Float64Array, f: number) => x.map((y) => f * y);
  return {
    ...gamma,
    recipe: {
      of: 'projections',
      norm: 'largest',
      sets: activeSet.map(({ element, size, inverse }) => ({
        element,
        size,
        columns: size,
        groups: [
          [times(inverse, 3), times(inverse, 2)],
          [times(inverse, 0.5), times(inverse, 1.5)],
        ],
      })),
    },
  };
}

const CASES: Record<string, () => Uncertainty> = {
  extrapolationGrade: () => made('extrapolationGrade'),
  'the least of two groups': grouped,
  subspaceResidual: () => made('subspaceResidual'),
  committeeEnergy: () => made('committeeEnergy'),
  committeeForce: () => made('committeeForce'),
};

describe.skipIf(!found)('measures on the device', () => {
  const s = structure(3);
  const field = found && forceFieldFor(gpu, potential, s);
  const forces = found && deviceForces(gpu, potential, field!, s);

  /** Grades by f32, and whether they pass for those of the truth. */
  async function screened(watch: Watch, room?: number) {
    forces!.system.upload(s.positions);
    do submit(gpu, forces!.encode);
    while ((await settle(gpu, forces!)).again);
    const screen = screenFor(gpu, forces!, s, width, watch, room)!;
    submit(gpu, screen.encode);
    const grades = await screen.grades();
    const e = evaluate(s, ['projections', 'memberEnergies', 'memberForces']);
    const trusted = await trustworthy(screen, e, s);
    screen.dispose();
    forces!.system.calm();
    return { grades: watch.measures.map(({ measure }) => grades.get(measure)!), e, trusted };
  }
  const watch = (...list: readonly Uncertainty[]): Watch => ({
    interval: 1,
    measures: list.map((measure) => ({ measure, select: 1e9, pause: 1e9 })),
  });

  it('are those of the truth, several at once, in one pass or many', { timeout: 120_000 }, async () => {
    const all = Object.values(CASES).map((make) => make());
    const { grades, e, trusted } = await screened(watch(...all));
    expect(trusted).toBe(true);
    all.forEach((measure, k) => {
      const truth = measure.grade(e, s);
      const unit = Math.max(...truth);
      expect(unit, measure.kind).toBeGreaterThan(1e-4);
      truth.forEach((x, i) => {
        expect(Math.abs(grades[k][i] - x) / unit, `${measure.kind} of atom ${i}`).toBeLessThan(WEBGPU.grade);
      });
    });
    const many = await screened(watch(all[0], all[2]), 32);
    expect(many.grades).toEqual([grades[0], grades[2]]);
  });

  it('tell where f32 is not enough, and what has no set', { timeout: 120_000 }, async () => {
    const gamma = made('extrapolationGrade');
    const off: Uncertainty = {
      ...gamma,
      grade: (e, x) => gamma.grade(e, x).map((grade) => 1.01 * grade + 0.01),
    };
    expect((await screened(watch(off))).trusted).toBe(false);
    const half = measures.create(measures.schema.parse({ kind: 'subspaceResidual' }))({
      activeSet: activeSet.slice(0, 1),
      potential,
    });
    const { grades } = await screened(watch(half));
    expect(Array.from(grades[0], (x) => x === Infinity)).toEqual(Array.from(s.species, (k) => k === 1));
  });

  it('are all watched without the host', { timeout: 120_000 }, async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const all = watch(
      made('committeeForce'),
      made('subspaceResidual'),
      made('extrapolationGrade'),
      made('committeeEnergy'),
    );
    const integrator = integratorFrom({ kind: 'velocityVerlet', timestep: '1 fs' });
    const engine = await backend.prepare(potential, integrator, startAt(s, 300));
    for (const steps of [2, 3]) await engine.advance(steps, all, never);
    expect(warned).not.toHaveBeenCalled();
    const at = engine.state().structure;
    const e = evaluate(at, ['projections', 'memberEnergies', 'memberForces']);
    engine.checks().forEach(({ max }, k) => {
      const truth = Math.max(...all.measures[k].measure.grade(e, at));
      // What the device graded is f32.
      expect(max).toBe(Math.fround(max));
      expect(Math.abs(max / truth - 1)).toBeLessThan(WEBGPU.grade);
    });
    engine.dispose();
  });
});
