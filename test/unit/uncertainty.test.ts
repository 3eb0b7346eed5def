import { describe, expect, it } from 'vitest';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { blankEvaluation, type Evaluation } from '../../src/core/potential.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import type { ElementActiveSet } from '../../src/learn/activeSet.ts';
import type { LocalSets } from '../../src/learn/localSets.ts';
import { largestCoordinate } from '../../src/uncertainty/extrapolationGrade.ts';
import type { MeasureContext } from '../../src/uncertainty/measure.ts';
import type { NormRecipe } from '../../src/uncertainty/recipe.ts';
import { measures } from '../../src/uncertainty/registry.ts';
import { toyLearnable } from '../support/toyLearnable.ts';

const pair = (a: string, b: string): Structure => structureFrom([a, b], [0, 0, 0, 2.5, 0, 0]);

/** Two functions: Â = [[2, 0], [1, 1]], so Â⁻¹ = [[½, 0], [−½, 1]]; span along the first function only. */
const copper: ElementActiveSet = {
  element: 'Cu',
  size: 2,
  inverse: Float64Array.of(0.5, 0, -0.5, 1),
  span: Float64Array.of(1, 0),
  rank: 1,
  scale: Float64Array.of(1, 10),
};

/** Two clusters along the first function, around 0 and 10; the second one's set is ten times as wide. */
function local({ element, size, inverse }: ElementActiveSet): LocalSets {
  const axes = {
    origin: new Float64Array(size),
    axes: Float64Array.from({ length: size }, (_, v) => Number(v === 0)),
    dimensions: 1,
  };
  const sets = [1, 0.1].map((f) => ({ environments: 9, inverses: [inverse.map((x) => f * x)] }));
  return { element, size, axes, centres: Float64Array.of(0, 10), sets };
}

function context(activeSet: readonly ElementActiveSet[] = [copper], members = 3): MeasureContext {
  const toy = toyLearnable(['Cu', 'Zn'], { radial: 2 });
  const member = (m: number) => toy.roughness.map((_, v) => 0.1 * (v + 1) + 0.05 * m * m);
  const parameters = {
    e0: new Float64Array(2),
    mean: member(1),
    members: Array.from({ length: members }, (_, m) => member(m)),
  };
  return { activeSet, localSets: activeSet.map(local), potential: toy.withParameters(parameters) };
}

function evaluation(parts: Partial<Evaluation>): Evaluation {
  return { ...blankEvaluation({ members: 1, projectionWidth: 0 }, 0, []), ...parts };
}

const create = (kind: string, from: MeasureContext = context()) => measures.create({ kind })(from);

describe('extrapolationGrade', () => {
  const projections = Float64Array.of(2, 0, 9, 3, -4, 9);
  const e = evaluation({ projections, projectionWidth: 3 });

  it('is the largest coordinate in the active set', () => {
    expect([...create('extrapolationGrade').grade(e, pair('Cu', 'Cu'))]).toEqual([1, 4]);
  });

  it('is infinite for an element without a set and for what is not finite', () => {
    const broken = evaluation({
      projections: Float64Array.of(Number.NaN, 0, 0, 1, 0, 0),
      projectionWidth: 3,
    });
    expect([...create('extrapolationGrade').grade(broken, pair('Cu', 'Zn'))]).toEqual([Infinity, Infinity]);
  });
});

describe('localGrade', () => {
  const projections = Float64Array.of(2, 0, 9, 3, -4, 9, 7, 1, 0);
  const e = evaluation({ projections, projectionWidth: 3 });
  const three = structureFrom(['Cu', 'Cu', 'Cu'], [0, 0, 0, 2.5, 0, 0, 5, 0, 0]);
  const grades = (reading: string) => [
    ...measures
      .create({ kind: 'localGrade', reading } as { kind: string })(context())
      .grade(e, three),
  ];

  it('is that of the nearest cluster, or the least of all', () => {
    expect(grades('nearest')).toEqual([1, 4, 0.3].map((g) => expect.closeTo(g, 14)));
    expect(grades('min')).toEqual([0.1, 0.4, 0.3].map((g) => expect.closeTo(g, 14)));
  });

  it('is infinite for an element without sets and for what is not finite', () => {
    const broken = evaluation({
      projections: Float64Array.of(Number.NaN, 0, 0, 1, 0, 0),
      projectionWidth: 3,
    });
    for (const reading of ['nearest', 'min']) {
      const measure = measures.create({ kind: 'localGrade', reading } as { kind: string })(context());
      expect([...measure.grade(broken, pair('Cu', 'Zn'))]).toEqual([Infinity, Infinity]);
    }
  });

  it('tells backends how the least of all clusters is computed', () => {
    const measure = measures.create({ kind: 'localGrade', reading: 'min' } as { kind: string })(context());
    const { sets } = measure.recipe as NormRecipe;
    const c = new Float64Array(2);
    const byRecipe = [0, 3, 6].map((at) =>
      Math.min(
        ...sets[0].groups.map(
          (group) =>
            group.reduce((sum, matrix) => sum + largestCoordinate(projections, at, 2, matrix, c), 0) /
            group.length,
        ),
      ),
    );
    expect(grades('min')).toEqual(byRecipe.map((g) => expect.closeTo(g, 14)));
  });

  it('says how to get local sets', () => {
    const { activeSet, potential } = context();
    expect(() => create('localGrade', { activeSet, potential })).toThrow(/train.activeSet.clusters/);
  });
});

describe('subspaceResidual', () => {
  it('is the part of an environment outside the span, in column-scaled space', () => {
    const e = evaluation({ projections: Float64Array.of(3, 40, 7, 0), projectionWidth: 2 });
    const grade = create('subspaceResidual').grade(e, pair('Cu', 'Cu'));
    expect(grade[0]).toBeCloseTo(0.8, 14);
    expect(grade[1]).toBe(0);
  });

  it('says so when the span is unknown', () => {
    const imported = { ...copper, span: new Float64Array(0), rank: 0 };
    expect(() => create('subspaceResidual', context([imported]))).toThrow(/use extrapolationGrade/);
  });
});

describe('committee', () => {
  it('spreads by the root mean square over members', () => {
    const memberEnergies = Float64Array.of(1, 5, 2, 5, 6, 5);
    const e = evaluation({ memberEnergies });
    const sigma = create('committeeEnergy').grade(e, pair('Cu', 'Cu'));
    expect(sigma[0]).toBeCloseTo(Math.sqrt(14 / 3), 14);
    expect(sigma[1]).toBe(0);
    const memberForces = Float64Array.of(0, 0, 0, 1, 1, 1, 3, 0, 0, 1, 1, 1, 0, 3, 0, 1, 1, 1);
    const force = create('committeeForce').grade(evaluation({ memberForces }), pair('Cu', 'Cu'));
    expect(force[0]).toBeCloseTo(2, 14);
    expect(force[1]).toBe(0);
  });

  it('needs two members', () => {
    expect(() => create('committeeForce', context([copper], 1))).toThrow(/must be at least 2/);
  });
});

describe.each(measures.entries.map((entry) => entry.kind))('%s', (kind) => {
  const sets = ['Cu', 'Zn'].map((element) => ({
    element,
    size: 8,
    inverse: Float64Array.from({ length: 64 }, (_, k) => (k % 9 === 0 ? 3 : 0.1)),
    span: Float64Array.of(0.6, 0.8, 0, 0, 0, 0, 0, 0),
    rank: 1,
    scale: new Float64Array(8).fill(1),
  }));
  const from = context(sets);
  const measure = create(kind, from);
  const graded = (s: Structure) => {
    const e = from.potential.evaluate(s, buildNeighbours(s, from.potential.cutoff), measure.needs);
    return measure.grade(e, s);
  };
  const s = structureFrom(['Cu', 'Zn', 'Cu'], [0, 0, 0, 2.4, 0.2, 0, 0.3, 2.6, 0.5]);

  it('grades every atom from what it says it needs', () => {
    expect(measure.kind).toBe(kind);
    const grades = graded(s);
    expect(grades).toHaveLength(3);
    expect(Math.min(...grades)).toBeGreaterThan(1e-3);
    expect(grades.every(Number.isFinite)).toBe(true);
  });

  it('follows the atoms, not their order nor the order of the element list', () => {
    const turned = {
      ...structureFrom(['Cu', 'Cu', 'Zn'], [0.3, 2.6, 0.5, 0, 0, 0, 2.4, 0.2, 0]),
      elements: ['Zn', 'Cu'],
    };
    const other = graded({ ...turned, species: Uint8Array.of(1, 1, 0) });
    const plain = graded(s);
    [2, 0, 1].forEach((i, k) => {
      expect(other[k] / plain[i]).toBeCloseTo(1, 12);
    });
  });
});
