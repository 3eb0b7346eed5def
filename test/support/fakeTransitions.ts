import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Structure, structureFrom, subset, supercell } from '../../src/core/structure.ts';
import { type Fingerprint, fingerprint } from '../../src/events/fingerprint.ts';
import type { EventRecord, PathRecord } from '../../src/events/record.ts';
import { writeXyz } from '../../src/io/writeXyz.ts';
import { noise } from './fakeRun.ts';

/** Numbers that a report of the fake events must show. */
export const FAKE_EVENTS = {
  hops: 9,
  barrier: 0.688,
  bar: 0.024,
  referenceBarrier: 0.701,
  exchangeBarrier: 0.92,
};

const a = 3.615;
const IMAGES = 9;

/** A slab of copper, (100), with a vacancy inside and an adatom on it. `cells`: along each edge of the surface. */
export function fakeSlab(cells = 4): {
  structure: Structure;
  adatom: number;
  hopper: number;
  hole: number[];
} {
  const basis = [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];
  const cell = structureFrom(['Cu', 'Cu', 'Cu', 'Cu'], basis, [a, 0, 0, 0, a, 0, 0, 0, a]);
  const bulk = supercell(cell, [cells, cells, 3]);
  const at = (i: number) => [...bulk.positions.subarray(3 * i, 3 * i + 3)];
  const away = (i: number, p: readonly number[]) => Math.hypot(...at(i).map((x, k) => x - p[k]));
  const all = [...bulk.species.keys()];
  // At the edge of the cell, so that a hop crosses the boundary.
  const hole = [0, a, a];
  const vacant = all.find((i) => away(i, hole) < 0.1)!;
  const kept = all.filter((i) => i !== vacant);
  const slab = subset(bulk, kept);
  const top = Math.max(...all.map((i) => at(i)[2]));
  const adatom = [1.5 * a, 1.5 * a, top + a / 2];
  const heights = [a * cells, a * cells, a * 3 + 12];
  const structure = structureFrom(
    [...slab.species, 0].map(() => 'Cu'),
    [...slab.positions, ...adatom].map((x, k) => (k % 3 === 2 ? x + 4 : x)),
    [heights[0], 0, 0, 0, heights[1], 0, 0, 0, heights[2]],
    [true, true, false],
  );
  const neighbour = [a * cells - a / 2, a + a / 2, a]; // of the hole, across the boundary
  return {
    structure,
    adatom: kept.length,
    hopper: kept.findIndex((i) => away(i, neighbour) < 0.1),
    hole: hole.map((x, k) => (k === 2 ? x + 4 : x)),
  };
}

/** Writes `events/` of a run that took `time` fs: a vacancy that hops, an exchange of an adatom, and an artefact. */
export function writeFakeTransitions(
  directory: string,
  time: number,
  options: FakeTransitionOptions = {},
): void {
  const { hops = FAKE_EVENTS.hops, temperature = 900, cells = 4, barrier = FAKE_EVENTS.barrier } = options;
  const keep = options.structures === false ? keepRecord : keepAll;
  const slab = fakeSlab(cells);
  let event = 0;
  for (let k = 0; k < hops; k++) {
    const seen = (time * (k + 0.6 + 0.3 * noise(201, k))) / hops;
    const first = k === 0;
    keep(directory, slab, { ...hop(slab, barrier, first), ...found(++event, 1, seen, temperature) });
    if (k === 1)
      keep(directory, slab, { ...artefact(slab), ...found(++event, 2, seen + 0.02 * time, temperature) });
    if (k === 4)
      keep(directory, slab, { ...exchange(slab), ...found(++event, 3, seen + 0.03 * time, temperature) });
  }
  mkdirSync(join(directory, 'events'), { recursive: true });
}

export interface FakeTransitionOptions {
  readonly hops?: number;
  readonly temperature?: number;
  readonly cells?: number;
  readonly barrier?: number;
  /** False: the records alone, as many runs would take long to write. */
  readonly structures?: boolean;
}

type Slab = ReturnType<typeof fakeSlab>;
type Given = 'event' | 'class' | 'between' | 'time' | 'temperature';

type What = Omit<EventRecord, Given | 'fingerprint'> & {
  /** Where the moved atoms end, Å. */
  readonly ends: readonly (readonly number[])[];
};

function found(event: number, kind: number, seen: number, temperature: number) {
  return {
    event,
    class: kind,
    between: [Math.round(seen / 2 - 100), Math.round(seen / 2)] as const,
    time: [seen - 200, seen] as const,
    temperature: temperature + 15 * noise(202, event),
  };
}

function hop({ structure, hopper, hole }: Slab, barrier: number, verified: boolean): What {
  const path = pathOf({
    length: 2.72,
    barrier,
    back: barrier,
    members: 8,
    bar: FAKE_EVENTS.bar,
    reference: FAKE_EVENTS.referenceBarrier - FAKE_EVENTS.barrier,
  });
  return {
    title: '1 Cu moved 2.56 Å',
    moved: [hopper],
    elements: ['Cu'],
    displacements: [a / Math.SQRT2],
    // The image of the hole that is nearest.
    ends: [[hole[0] + structure.cell[0], hole[1], hole[2]]],
    localBefore: { fcc: 1, other: 18 },
    localAfter: { fcc: 1, other: 18 },
    path: verified ? path : { ...path, reference: [] },
    verdict: verified ? 'confirmed' : 'unverified',
    reason: verified
      ? 'both ends relax by less than 0.05 Å, the saddle has one negative curvature, forces on all images agree within 41 meV/Å'
      : 'one of class 1, which was confirmed',
    labels: verified ? 5 : 0,
    generation: 7,
  };
}

function exchange({ structure, adatom }: Slab): What {
  const at = (i: number) => [...structure.positions.subarray(3 * i, 3 * i + 3)];
  const up = at(adatom);
  const under = [...structure.species.keys()].find((i) => {
    const [x, y, z] = at(i);
    return i !== adatom && Math.hypot(x - up[0] - a / 2, y - up[1], z - up[2] + a / 2) < 0.1;
  })!;
  const path = pathOf({
    length: 4.9,
    barrier: FAKE_EVENTS.exchangeBarrier,
    back: FAKE_EVENTS.exchangeBarrier - 0.11,
    members: 0,
    bar: Number.NaN,
    reference: undefined,
  });
  return {
    title: '2 Cu moved 2.56 Å',
    moved: [adatom, under],
    elements: ['Cu', 'Cu'],
    displacements: [2.56, 2.53],
    ends: [at(under), [up[0] + a, up[1], up[2]]],
    localBefore: { fcc: 4, other: 13 },
    localAfter: { fcc: 4, other: 13 },
    path,
    verdict: 'undecided',
    reason: 'the reference ran out of electronic steps at the saddle (image 4), twice',
    labels: 2,
    generation: 9,
  };
}

function artefact({ structure, hopper }: Slab): What {
  const i = hopper - 5;
  const from = [...structure.positions.subarray(3 * i, 3 * i + 3)];
  const path = pathOf({ length: 1.3, barrier: 0.31, back: 0.06, members: 8, bar: 0.19, reference: 0.9 });
  return {
    title: '1 Cu moved 1.21 Å',
    moved: [i],
    elements: ['Cu'],
    displacements: [1.21],
    ends: [[from[0] + 0.7, from[1] + 0.7, from[2] + 0.7]],
    localBefore: { fcc: 13 },
    localAfter: { fcc: 8, other: 5 },
    path,
    verdict: 'artefact',
    reason: 'relaxed by the reference, the new basin falls back into the old one within 12 steps',
    labels: 4,
    generation: 6,
  };
}

function pathOf(p: {
  length: number;
  barrier: number;
  back: number;
  members: number;
  bar: number;
  reference: number | undefined;
}): PathRecord {
  const at = Array.from({ length: IMAGES }, (_, k) => k / (IMAGES - 1));
  const end = p.barrier - p.back;
  const profile = (s: number, top: number) =>
    (s <= 0.5 ? top : top - end) * Math.sin(Math.PI * s) ** 2 + (s > 0.5 ? end : 0);
  return {
    distances: at.map((s) => p.length * s),
    energies: at.map((s) => profile(s, p.barrier)),
    members: Array.from({ length: p.members }, (_, e) =>
      at.map((s) => profile(s, p.barrier + 0.6 * p.bar * noise(210, e))),
    ),
    grades: at.map((s) => 1.1 + (p.reference === undefined ? 2.4 : 1.2) * Math.sin(Math.PI * s) ** 2),
    spreads: p.members > 0 ? at.map((s) => 0.01 + 0.03 * Math.sin(Math.PI * s) ** 2) : [],
    saddle: (IMAGES - 1) / 2,
    curvatures: [-1.84, 0.62, 0.91],
    forward: { value: p.barrier, bar: p.bar },
    backward: { value: p.back, bar: p.bar },
    reference:
      p.reference === undefined
        ? []
        : [0, 2, 4, 6, 8].map((image) => ({
            image,
            energy:
              profile(at[image], p.barrier + p.reference!) +
              0.004 * noise(211, image) * Number(image % 4 > 0),
            force: 0.012 + 0.029 * Math.sin(Math.PI * at[image]),
          })),
  };
}

type Event = What & Pick<EventRecord, Given>;

/** Events of one class have one fingerprint; it is made where it is first asked for. */
const prints = new Map<string, Fingerprint>();

function keepRecord(directory: string, { structure }: Slab, { ends, ...record }: Event): string {
  const folder = join(directory, 'events', String(record.event).padStart(4, '0'));
  mkdirSync(folder, { recursive: true });
  const key = `${record.class} of ${structure.species.length}`;
  const print =
    prints.get(key) ??
    fingerprint({
      ...record,
      before: { step: record.between[0], structure: along(structure, record, ends, 0) },
      after: { step: record.between[1], structure: along(structure, record, ends, 1) },
    });
  prints.set(key, print);
  writeFileSync(join(folder, 'event.json'), JSON.stringify({ ...record, fingerprint: print }, null, 1));
  return folder;
}

/** The structure a part of the way from one basin to the other. */
function along(
  structure: Structure,
  { moved }: Pick<EventRecord, 'moved'>,
  ends: What['ends'],
  s: number,
): Structure {
  const positions = structure.positions.slice();
  moved.forEach((i, m) => {
    for (let x = 0; x < 3; x++) {
      const bulge = x === 2 && moved.length > 1 ? 0.8 * Math.sin(Math.PI * s) * (m === 0 ? 0.2 : 1) : 0;
      positions[3 * i + x] += s * (ends[m][x] - structure.positions[3 * i + x]) + bulge;
    }
    // A later basin is written in the cell, as most programs do.
    if (s === 1) positions[3 * i] %= structure.cell[0];
  });
  return { ...structure, positions };
}

function keepAll(directory: string, slab: Slab, event: Event): void {
  const folder = keepRecord(directory, slab, event);
  const stage = (s: number) => along(slab.structure, event, event.ends, s);
  writeXyz(join(folder, 'initial.xyz'), [{ structure: stage(0) }]);
  writeXyz(join(folder, 'final.xyz'), [{ structure: stage(1) }]);
  const { path } = event;
  if (!path) return;
  writeXyz(join(folder, 'saddle.xyz'), [{ structure: stage(path.saddle / (IMAGES - 1)) }]);
  writeXyz(
    join(folder, 'path.xyz'),
    path.distances.map((distance, k) => ({
      structure: stage(k / (IMAGES - 1)),
      info: { distance, energy: path.energies[k] },
    })),
  );
}
