import { describe, expect, it } from 'vitest';
import { countStructures, localStructure } from '../../src/analysis/localStructure.ts';
import { transformRows } from '../../src/core/cell.ts';
import { normals, STREAM, uniforms } from '../../src/core/philox.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, subset, supercell } from '../../src/core/structure.ts';
import { slab } from '../../src/core/surfaces.ts';
import { inOne } from '../../src/events/chain.ts';
import { compare } from '../../src/events/compare.ts';
import { type Fingerprint, fingerprint } from '../../src/events/fingerprint.ts';
import { likeness, sameClass } from '../../src/events/likeness.ts';
import { detectionSchema } from '../../src/events/options.ts';
import { lengthsOf } from '../../src/events/rests.ts';
import { scaleOf } from '../../src/events/scale.ts';
import { titleOf } from '../../src/events/title.ts';
import type { Transition } from '../../src/events/transition.ts';

const fcc = supercell(crystal('fcc', ['Cu'], 3.6), [4, 4, 4]);
const site = (s: Structure, i: number) => Array.from(s.positions.subarray(3 * i, 3 * i + 3));

function placed(s: Structure, moves: readonly (readonly [number, readonly number[]])[]): Structure {
  const positions = s.positions.slice();
  for (const [atom, to] of moves) positions.set(to, 3 * atom);
  return { ...s, positions };
}

/** As detection would give it. */
function transition(before: Structure, after: Structure): Transition {
  const change = compare(before, after, lengthsOf(detectionSchema.parse({}), scaleOf(before)))!;
  expect(change).toBeDefined();
  const velocities = new Float64Array(before.positions.length);
  return {
    before: { step: 0, structure: before },
    after: { step: 1, structure: after },
    between: [0, 1],
    ...inOne(change.clusters),
    origin: { step: 0, structure: before, velocities, extended: velocities },
  };
}

const reversed = ({ before, after, ...t }: Transition): Transition => ({
  ...t,
  before: after,
  after: before,
});

/** Atom 1 is a neighbour of the empty site 0; so is atom 2, which the divacancy lacks too: 1 and 2 are neighbours. */
const vacancy = takeOut(fcc, [0]);
const jump = transition(vacancy, placed(vacancy, [[0, site(fcc, 0)]]));
const divacancy = takeOut(fcc, [0, 2]);
const divacancyJump = transition(divacancy, placed(divacancy, [[0, site(fcc, 0)]]));
/** The other way: out of site (0, −½, −½), which is no neighbour of the second vacancy. */
const beyond = 61 - 2;
const dissociation = transition(divacancy, placed(divacancy, [[beyond, [0, 0, 0]]]));

/** An adatom in a hollow of Cu(100): to the next hollow, or into the surface with the atom there coming up beyond. */
const surface = slab(crystal('fcc', ['Cu'], 3.6), '100', [4, 4, 5], 20);
const top = Math.max(...Array.from({ length: atomCount(surface) }, (_, i) => surface.positions[3 * i + 2]));
const topAtoms = Array.from({ length: atomCount(surface) }, (_, i) => i).filter(
  (i) => surface.positions[3 * i + 2] > top - 0.1,
);
const d = 3.6;
const corner = site(surface, topAtoms[5]);
const hollow = (p: number, q: number) => [corner[0] + (p + 0.5) * d, corner[1] + q * d, top + d / 2];
const adatom: Structure = {
  ...surface,
  species: Uint8Array.from([...surface.species, 0]),
  positions: Float64Array.from([...surface.positions, ...hollow(0, 0)]),
};
const last = atomCount(adatom) - 1;

function isHollow(p: readonly number[]): boolean {
  const near = topAtoms.filter((i) => {
    const f = [0, 1].map((x) => surface.positions[3 * i + x] - p[x]);
    const [a, b] = [surface.cell[0], surface.cell[4]];
    return Math.hypot(f[0] - a * Math.round(f[0] / a), f[1] - b * Math.round(f[1] / b)) < d / 1.9;
  });
  return near.length === 4;
}

const next = [hollow(0, 0)[0] + d / 2, hollow(0, 0)[1] + d / 2, top + d / 2];
const hop = transition(adatom, placed(adatom, [[last, next]]));
const across = [corner[0] - d / 2, corner[1], top + d / 2];
const exchange = transition(
  adatom,
  placed(adatom, [
    [last, corner],
    [topAtoms[5], across],
  ]),
);
/** As the exchange, but the atom comes up in a hollow next to the one that the adatom has left. */
const roundCorner = transition(
  adatom,
  placed(adatom, [
    [last, corner],
    [topAtoms[5], [corner[0], corner[1] + d / 2, top + d / 2]],
  ]),
);

const unlike: Readonly<Record<string, Transition>> = {
  jump,
  divacancyJump,
  dissociation,
  hop,
  exchange,
  roundCorner,
};

/** Somewhere else in space, mirrored, with atoms renamed and not quite at rest. */
function disguised(t: Transition, seed: number): Transition {
  const angle = 0.7 * seed;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = Float64Array.of(c, s, 0, -s, c, 0, 0, 0, seed % 2 === 0 ? 1 : -1);
  const tilt = Float64Array.of(1, 0, 0, 0, Math.cos(0.4), Math.sin(0.4), 0, -Math.sin(0.4), Math.cos(0.4));
  const n = atomCount(t.before.structure);
  const order = Array.from({ length: n }, (_, i) => i)
    .map((i) => [uniforms(seed, STREAM.select, 0, i, new Float64Array(4))[0], i])
    .sort((p, q) => p[0] - q[0])
    .map(([, i]) => i);
  const other = (structure: Structure, which: number): Structure => {
    const made = subset(structure, order);
    for (const m of [turn, tilt])
      for (const rows of [made.positions, made.cell]) transformRows(rows, m, rows);
    const g = new Float64Array(4);
    for (let i = 0; i < n; i++) {
      normals(seed, STREAM.rattle, which, i, g);
      for (let x = 0; x < 3; x++) made.positions[3 * i + x] += 0.02 * g[x] + 1.5 * seed;
    }
    return made;
  };
  return transition(other(t.before.structure, 0), other(t.after.structure, 1));
}

const prints: [string, Fingerprint][] = Object.entries(unlike).map(([name, t]) => [name, fingerprint(t)]);

describe('the fingerprint of a transition', () => {
  it('is made of events that are what they are meant to be', () => {
    expect(isHollow(hollow(0, 0))).toBe(true);
    expect(isHollow(next)).toBe(true);
    expect(isHollow(across)).toBe(true);
    expect(jump.moved).toHaveLength(1);
    expect(divacancyJump.moved).toHaveLength(1);
    expect(hop.moved).toEqual([last]);
    expect([...exchange.moved].sort((p, q) => p - q)).toEqual([topAtoms[5], last].sort((p, q) => p - q));
  });

  it.each(Object.entries(unlike))('of a %s does not depend on place, orientation, names or hand', (_, t) => {
    for (let seed = 1; seed <= 6; seed++)
      expect(likeness(fingerprint(t), fingerprint(disguised(t, seed)))).toBe('same');
  });

  it('tells events apart', () => {
    for (const [a, p] of prints)
      for (const [b, q] of prints) expect([a, b, sameClass(p, q)]).toEqual([a, b, a === b]);
  });

  it.each(Object.entries(unlike))('of a %s backwards is of the same class', (name, t) => {
    const back = fingerprint(reversed(t));
    // There and back are alike where the ends are.
    expect(likeness(fingerprint(t), back)).toBe(name === 'dissociation' ? 'reversed' : 'same');
    expect(sameClass(fingerprint(t), back)).toBe(true);
  });

  it('is the same where one pair more or less is just in reach', () => {
    const print = fingerprint(exchange);
    const { count, values } = print.after.reaches['Cu-Cu'];
    expect(values).toHaveLength(count);
    const fewer = { 'Cu-Cu': { count: count - 1, values: values.slice(0, -1) } };
    expect(likeness(print, { ...print, after: { ...print.after, reaches: fewer } })).toBe('same');
    const other = { 'Cu-Cu': { count: count - 1, values: values.slice(1) } };
    expect(likeness(print, { ...print, after: { ...print.after, reaches: other } })).toBeUndefined();
  });

  it('is plain data', () => {
    const made = fingerprint(jump);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(JSON.stringify(made).length).toBeLessThan(3000);
  });
});

describe('a title', () => {
  it('says who moved and how far', () => {
    expect(titleOf(jump)).toBe('1 Cu moved 2.55 Å');
    expect(titleOf(hop)).toBe('1 Cu moved 2.55 Å');
    expect(titleOf(exchange)).toBe('2 Cu moved 2.55 Å (exchange)');
    const far = (...displacements: number[]) => titleOf({ ...exchange, displacements });
    expect(far(2.44, 2.53)).toBe('2 Cu moved 2.48 Å (exchange)');
    expect(far(2.66, 2.44)).toBe('2 Cu moved 2.4–2.7 Å (exchange)');
  });

  it('counts what slips, and what becomes of it', () => {
    // A stacking fault: the upper half of a crystal with its layers along z moves by a⟨112⟩/6.
    const unit = slab(crystal('fcc', ['Cu'], 3.6), '111', [6, 4, 12], 20);
    const middle = (Math.max(...unit.positions.filter((_, k) => k % 3 === 2)) + 10) / 2;
    for (const sign of [1, -1]) {
      const positions = unit.positions.slice();
      for (let i = 0; i < atomCount(unit); i++)
        if (positions[3 * i + 2] > middle) positions[3 * i + 1] += (sign * 3.6) / Math.sqrt(6);
      const slipped = localStructureOf({ ...unit, positions });
      if (slipped === 0) continue; // on top of each other instead
      const t = transition(unit, { ...unit, positions });
      expect(titleOf(t)).toBe(`${t.moved.length} atoms slipped, ${slipped} fcc → hcp`);
      return;
    }
    throw new Error('neither direction makes a stacking fault');
  });
});

function localStructureOf(s: Structure): number {
  return countStructures(localStructure(s)).hcp;
}
