import { describe, expect, it } from 'vitest';
import { inverse3, signedVolume, transformRows } from '../../src/core/cell.ts';
import { blankEvaluation } from '../../src/core/potential.ts';
import { structureFrom } from '../../src/core/structure.ts';
import type { ActiveSet } from '../../src/learn/activeSet.ts';
import {
  dropDuplicates,
  type Environment,
  environmentsOf,
  volumeGain,
} from '../../src/select/environment.ts';
import { queue } from '../../src/select/queue.ts';
import { strategies } from '../../src/select/registry.ts';
import { gupta } from '../support/gupta.ts';

const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** An environment whose coordinates are its projections: the active set is the identity. */
function environment(b: readonly number[], frame = 0, atom = 0, element = 0): Environment {
  return { frame, atom, element, scaled: Float64Array.from(b), coordinates: Float64Array.from(b) };
}

const dOptimal = strategies.create({ kind: 'dOptimal' });

function pool(environments: readonly Environment[], first: number, gain: number, strategy = dOptimal) {
  const sights = environments.map((e) => ({
    features: e.scaled,
    spread: e.scaled[0],
    responses: new Float64Array(0),
    members: 0,
    environments: [e] as const,
  }));
  return queue(sights, strategy, gupta(4), first, gain, 1);
}

describe('environmentsOf', () => {
  it('measures each atom against the active set of its element', () => {
    const active: ActiveSet = ['Cu', 'Zn'].map((element, k) => ({
      element,
      size: 3,
      inverse: identity.map((v) => v * (k + 1)),
      span: identity,
      rank: 3,
      scale: Float64Array.of(2, 4, 0),
    }));
    const s = structureFrom(['Zn', 'Cu'], [0, 0, 0, 2, 0, 0]);
    const e = blankEvaluation({ members: 1, projectionWidth: 4 }, 2, ['projections']);
    e.projections.set([1, -3, 2, 99, 5, 6, 7, 99]);
    const [cu, zn] = environmentsOf(4, [1, 0], s, e, active);
    expect(cu).toMatchObject({ frame: 4, atom: 1, element: 0 });
    expect([...cu.scaled]).toEqual([2.5, 1.5, 7]);
    expect(volumeGain(cu)).toBe(7);
    expect(zn.element).toBe(1);
    expect([...zn.coordinates]).toEqual([2, -6, 4]);
    expect(volumeGain(zn)).toBe(6);
  });
});

describe('dropDuplicates', () => {
  it('keeps the first of those closer than a fraction of their norm, element by element', () => {
    const kept = dropDuplicates(
      [
        environment([3, 4, 0], 0, 0),
        environment([3, 4, 0.04], 0, 1),
        environment([3, 4, 0.06], 0, 2),
        environment([3, 4, 0], 0, 3, 1),
      ],
      0.01,
    );
    expect(kept.map((e) => e.atom)).toEqual([0, 2, 3]);
  });
});

describe('the queue of environments', () => {
  it('takes first what adds most volume, and grades the rest against the new active set', () => {
    const rows = [
      [4, 1, 0.5],
      [3.5, 0.9, 0.6],
      [0.3, 3, 0],
      [0.2, 0.1, 1.5],
    ];
    const environments = rows.map((b, atom) => environment(b, 0, atom));
    const waiting = pool(environments, 0, 1.001);
    let active = identity.slice();
    const taken: number[] = [];
    for (let e = waiting.next(); e; e = waiting.next()) {
      const before = Math.abs(signedVolume(active));
      const gain = volumeGain(e);
      // Independently: the largest volume that any swap of this row can reach.
      const swapped = [0, 1, 2].map((slot) => {
        const next = active.slice();
        next.set(rows[e.atom], 3 * slot);
        return next;
      });
      const best = swapped.reduce((a, b) => (Math.abs(signedVolume(b)) > Math.abs(signedVolume(a)) ? b : a));
      expect(Math.abs(signedVolume(best)) / before).toBeCloseTo(gain, 12);
      active = best;
      taken.push(e.atom);
      waiting.learn((other) => other === e);
      environments
        .filter((other) => !taken.includes(other.atom))
        .forEach((other) => {
          const exact = transformRows(rows[other.atom], inverse3(active), new Float64Array(3));
          other.coordinates.forEach((c, j) => {
            expect(c).toBeCloseTo(exact[j], 12);
          });
        });
    }
    // The second row resembles the first and is not worth a label of its own.
    expect(taken).toEqual([0, 2, 3]);
  });

  it('lets the stopping frame come first, whatever its grade, and asks a gain of all others', () => {
    const waiting = pool(
      [environment([9, 0, 0], 0, 0), environment([0, 0.5, 0], 1, 1), environment([0, 0, 1.9], 0, 2)],
      1,
      2,
    );
    const first = waiting.next()!;
    expect(first.frame).toBe(1);
    waiting.learn((e) => e.frame === 1);
    const second = waiting.next()!;
    expect(second.atom).toBe(0);
    waiting.learn((e) => e === second);
    expect(waiting.next()).toBeUndefined();
  });

  it('goes on to other frames while nothing has been learned', () => {
    const waiting = pool([environment([0.2, 0, 0], 0, 0), environment([0.1, 0, 0], 1, 1)], 1, 2);
    waiting.drop((e) => e.frame === 1);
    expect(waiting.next()?.atom).toBe(0);
    waiting.drop(() => true);
    expect(waiting.next()).toBeUndefined();
  });

  it('learns everything that one label teaches', () => {
    const alike = environment([2.5, 2.5, 0.1], 1, 2);
    const waiting = pool([environment([5, 0, 0], 0, 0), environment([0, 5, 0], 0, 1), alike], 0, 2);
    waiting.next();
    waiting.learn((e) => e.frame === 0);
    expect(volumeGain(alike)).toBeCloseTo(0.5, 12);
    expect(waiting.next()).toBeUndefined();
  });

  it('keeps elements apart', () => {
    const other = environment([5, 0, 0], 0, 1, 1);
    const waiting = pool([environment([5, 0, 0]), other], 0, 2);
    const first = waiting.next()!;
    waiting.learn((e) => e === first);
    expect(volumeGain(other)).toBe(5);
  });

  it('asks the strategy', () => {
    const of = () => [environment([1, 5, 0]), environment([3, 0, 0], 0, 1), environment([2, 0, 4], 0, 2)];
    const first = (kind: string) => pool(of(), 0, 0, strategies.create({ kind })).next()!.atom;
    expect(first('uncertainty')).toBe(1);
    expect(first('dOptimal')).toBe(0);
  });
});
