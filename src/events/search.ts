import type { MdState } from '../core/mdState.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { bracket, type Crossing, type RestOf } from './bracket.ts';
import { chained, inOne } from './chain.ts';
import { type Change, type Cluster, compare, whereabouts } from './compare.ts';
import { carriedOver, displacements } from './displaced.ts';
import { betweenFirmEnds, type FirmRest, firmRest, pushed } from './firm.ts';
import type { DetectorMemory, Mark, Sight } from './memory.ts';
import type { DetectionOptions } from './options.ts';
import { type Lengths, lengthsOf, type Rests, suspects } from './rests.ts';
import { scaleOf } from './scale.ts';
import type { Basin, Transition } from './transition.ts';

export interface Found {
  readonly transitions: readonly Transition[];
  readonly memory: DetectorMemory;
  /** Where transitions were found: what was known just after the last of them, to which the trajectory may still go back. */
  readonly settled?: Mark;
}

/** Of frames as they come, and of what an event is told by. */
export interface RestsOfTwoKinds {
  readonly coarse: Rests;
  readonly tight: Rests;
}

/** What a search works with. */
interface Means {
  readonly options: DetectionOptions;
  readonly lengths: Lengths;
  readonly rests: Rests;
  readonly firm: FirmRest;
  readonly large: boolean;
  readonly basin: Basin;
  /** The frame that is searched. */
  readonly frame: MdState;
}

/** `known` has been kept up to the frame that is searched now. */
export async function search(
  known: DetectorMemory,
  options: DetectionOptions,
  { coarse: rests, tight }: RestsOfTwoKinds,
): Promise<Found> {
  const basin = known.basin!;
  const lengths = lengthsOf(options, known.scale!);
  const large = atomCount(basin.structure) > options.wholeUpTo;
  const firm = firmRest(tight, large, lengths.radius);
  const means: Means = { options, rests, firm, basin, lengths, large, frame: known.frames.at(-1)! };
  if (known.asleep) return { transitions: [], memory: await doze(known, means) };
  const { step } = means.frame;
  const isWhole = !means.large || looksWhole(step, known, options);
  const rest = isWhole ? await rests.whole(means.frame.structure) : await screened(known, means);
  const seen = [...known.seen, { step, rest }].slice(-options.persist);
  const looked = withoutOld({ ...known, step, seen }, means.lengths);
  const settled = await settle(looked, means);
  if (settled?.memory.asleep) return { ...settled, settled: { memory: settled.memory, since: [] } };
  const memory = tidied(settled?.memory ?? looked, isWhole ? rest : null, options);
  if (!settled) return { transitions: [], memory };
  const { frames } = settled.memory;
  return {
    transitions: settled.transitions,
    memory,
    settled: {
      memory: { ...settled.memory, step: frames[0].step, frames: frames.slice(0, 1), seen: [] },
      since: frames.slice(1),
    },
  };
}

/** Of a larger cell, now and then; and on, while what only that may show waits to be confirmed. */
function looksWhole(step: number, { seen }: DetectorMemory, { wholeEvery }: DetectionOptions): boolean {
  const isDue = (at: number) => wholeEvery > 0 && at % wholeEvery === 0;
  return isDue(step) || seen.some((s) => s.rest !== null && isDue(s.step));
}

/** Of a larger cell: what has moved comes to rest; null where nothing has. */
async function screened({ step, frames }: DetectorMemory, means: Means): Promise<Structure | null> {
  const { basin, frame, lengths, options, rests } = means;
  const recent = frames.filter((f) => f.step > step);
  const atoms = suspects(basin.structure, recent, lengths.screen);
  if (atoms.length === 0) return null;
  if (atoms.length > options.collective * atomCount(basin.structure)) return rests.whole(frame.structure);
  return rests.near(basin.structure, frame.structure, atoms, lengths.radius);
}

/** Forgets of what was seen that which is the basin; it is no news. */
function withoutOld(memory: DetectorMemory, lengths: Lengths): DetectorMemory {
  const isOld = ({ rest }: Sight) => rest === null || !compare(memory.basin!.structure, rest, lengths);
  return { ...memory, seen: memory.seen.map((s) => (isOld(s) ? { ...s, rest: null } : s)) };
}

interface Settled {
  readonly transitions: readonly Transition[];
  readonly memory: DetectorMemory;
}

/** What was seen first and has stayed away from the basin since, `persist` times in all, has left it. */
async function settle(known: DetectorMemory, means: Means): Promise<Settled | undefined> {
  const { basin, lengths, options } = means;
  const [ripe, ...later] = known.seen;
  if (known.seen.length < options.persist || known.seen.some((s) => s.rest === null)) return undefined;
  const first = compare(basin.structure, ripe.rest!, lengths)!;
  const isMelting = isCollective(first, options, atomCount(basin.structure));
  const structure = isMelting
    ? ripe.rest!
    : await means.firm(pushed(ripe.rest!, first.u), inOne(first.clusters).moved);
  const change = compare(basin.structure, structure, lengths);
  if (!change) return undefined;
  const reached: Basin = { step: ripe.step, structure };
  const rests = later.map((s) => s.rest!);
  const isMelt = (s: Structure) => isCollective(compare(basin.structure, s, lengths), options, atomCount(s));
  if ([reached.structure, ...rests].every(isMelt)) return fallAsleep(known, reached, change, means);
  const stay = change.clusters.filter((c) => rests.every((s) => hasLeft(c, s, change, means)));
  const frames = known.frames.filter((f) => f.step <= ripe.step);
  const restOf = restsOnce(means);
  const crossings: Crossing[] = [];
  const time = { bounds: lengths, restOf, firm: means.firm };
  for (const c of stay) crossings.push(...(await bracket(frames, basin, reached, c, time)));
  const chain = chained(basin, crossings, change.clusters.length === 1, lengths);
  const transitions = await betweenFirmEnds(chain.transitions, means.firm, lengths);
  if (transitions.length === 0) return undefined;
  const from = transitions[transitions.length - 1].between[1];
  const memory = {
    ...known,
    basin: chain.basin,
    frames: known.frames.filter((f) => f.step >= from),
    seen: known.seen.slice(1),
  };
  return { transitions, memory: withoutOld(memory, lengths) };
}

function hasLeft({ atoms }: Cluster, rest: Structure, { u }: Change, { basin, lengths }: Means): boolean {
  return whereabouts(atoms, displacements(basin.structure, rest), u, lengths.shifted) !== 'before';
}

/** Small cells are quenched whole, once for all clusters. */
function restsOnce({ basin, rests, large, lengths }: Means): RestOf {
  const whole = new Map<number, Structure>();
  return async (frame, { atoms }) => {
    if (large) return rests.near(basin.structure, frame.structure, atoms, lengths.radius);
    const rest = whole.get(frame.step) ?? (await rests.whole(frame.structure));
    whole.set(frame.step, rest);
    return rest;
  };
}

/** After a search: where the last one saw the basin again, only that is kept; else what may be needed to bracket what it saw. */
function tidied(known: DetectorMemory, rest: Structure | null, options: DetectionOptions): DetectorMemory {
  const { frames, step, seen } = known;
  const last = frames[frames.length - 1];
  if (seen.some((s) => s.rest !== null) && seen[seen.length - 1].rest !== null) {
    const needed = step - options.persist * options.quench;
    return {
      ...known,
      seen: seen.slice(1 + seen.findLastIndex((s) => s.rest === null)),
      frames: frames.filter((f, k) => k === 0 || f.step >= needed),
    };
  }
  // The basin follows slow changes, such as those of a strained cell.
  if (rest) return { ...known, seen: [], frames: [last], basin: { step, structure: rest } };
  // What moves late in a stretch is noticed in the next: the middle of this one is surely before it.
  const middle = frames.findLast((f) => f.step <= step - options.quench / 2);
  const kept = [frames[0], middle, last].filter((f) => f !== undefined);
  return { ...known, seen: [], frames: [...new Set(kept)] };
}

function isCollective(change: Change | undefined, { collective }: DetectionOptions, atoms: number): boolean {
  return change !== undefined && inOne(change.clusters).moved.length > collective * atoms;
}

/** One transition for all that has moved. Between which frames is not asked: a melt has no rest positions to bisect between. */
function fallAsleep(known: DetectorMemory, reached: Basin, change: Change, means: Means): Settled {
  const { basin, frame } = means;
  const before = known.frames.findLast((f) => f.step < reached.step)!;
  const origin = known.frames.findLast((f) => f.step <= reached.step - means.options.quench) ?? before;
  const transition: Transition = {
    before: { step: basin.step, structure: carriedOver(basin.structure, reached.structure, change.u) },
    after: reached,
    between: [origin.step, reached.step],
    ...inOne(change.clusters),
    origin,
  };
  const now: Basin = { step: frame.step, structure: known.seen.at(-1)!.rest! };
  return {
    transitions: [transition],
    memory: { ...known, basin: now, frames: [frame], seen: [], asleep: true },
  };
}

/** Now and then: has less than the collective share moved since the last time? Then it rests, in the basin it is in now. */
async function doze(known: DetectorMemory, means: Means): Promise<DetectorMemory> {
  const { frame, options, basin, lengths, rests } = means;
  const idle = { ...known, step: frame.step, frames: [frame], seen: [] };
  if ((frame.step / options.quench) % options.asleep !== 0) return idle;
  const structure = await rests.whole(frame.structure);
  const change = compare(basin.structure, structure, lengths);
  return {
    ...idle,
    basin: { step: frame.step, structure },
    scale: scaleOf(structure),
    asleep: isCollective(change, options, atomCount(structure)),
  };
}
