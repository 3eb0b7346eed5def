import type { FlaggedFrame } from '../backend/backend.ts';
import { UserError } from '../core/errors.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Evaluation } from '../core/potential.ts';
import { atomCount } from '../core/structure.ts';
import { dropDuplicates, type Environment, environmentsOf } from '../select/environment.ts';
import { learnable } from '../select/learnable.ts';
import { type LoneSight, queue } from '../select/queue.ts';
import { strategies } from '../select/registry.ts';
import { gradesBy, loneSights } from '../select/sight.ts';
import type { Strategy } from '../select/strategy.ts';
import type { Candidate, CutProof } from './candidate.ts';
import { carveCluster } from './cluster.ts';
import type { ExtractContext } from './context.ts';
import type { ExtractOptions } from './options.ts';
import { type Parent, parentOf } from './parent.ts';
import { carvePatches, relaxBuffer } from './patch.ts';
import { type Judged, proveCut, proveWhole } from './proof.ts';

export interface Extracted {
  readonly candidate: Candidate;
  readonly proof: CutProof;
  /** Atom of the frame that it was made for. */
  readonly atom: number;
  readonly frameStep: number;
}

/** Cuts around an atom that were not good enough, in the order tried; a later one may still have become a candidate. */
export interface Refused {
  readonly atom: number;
  readonly frameStep: number;
  /** Each says why. */
  readonly proofs: readonly CutProof[];
}

export interface Extraction {
  readonly candidates: readonly Extracted[];
  readonly refused: readonly Refused[];
}

/** Of a frame with very many flagged atoms only the worst are weighed; the greedy choice needs no more. */
const WEIGHED_PER_FRAME = 256;

/**
 * The few structures worth a label among what the frames have flagged, each with the proof of its cut, and every
 * cut that had to be refused. The latest frame is the one that stopped the run. Pure and deterministic.
 * Throws a UserError if the core is thinner than the cutoff.
 */
export function extractCandidates(
  frames: readonly FlaggedFrame[],
  context: ExtractContext,
  options: ExtractOptions,
): Extraction {
  const { cutoff } = context.potential;
  if (options.core !== undefined && options.core < cutoff)
    throw new UserError(
      `extract core: got ${options.core} Å, must be at least the potential's cutoff of ${cutoff} Å; ` +
        'leave it out for twice the cutoff',
    );
  const latest = frames.reduce((a, frame, k) => (frame.step > frames[a].step ? k : a), 0);
  const strategy = strategies.create(options.strategy);
  const sights = flaggedEnvironments(frames, strategy, context, options);
  const waiting = queue(
    sights,
    strategy,
    context.potential,
    latest,
    options.volumeGain,
    frames[latest]?.step ?? 0,
  );
  const parents = new Map<number, Parent>();
  const candidates: Extracted[] = [];
  const refused: Refused[] = [];
  for (let round = 0; round < 2 * options.maxPerPause && candidates.length < options.maxPerPause; round++) {
    const next = waiting.next();
    if (!next) break;
    const { step, structure } = frames[next.frame];
    const isWhole = atomCount(structure) <= options.wholeCellUpTo;
    const tried = isWhole
      ? [proveWhole(structure, next.atom, context, options)]
      : cutOut(next, frames, parents, context, options);
    const where = { atom: next.atom, frameStep: step };
    const proofs = tried.map((judged) => judged.proof).filter((proof) => !proof.accepted);
    if (proofs.length > 0) refused.push({ ...where, proofs });
    const good = tried.find((judged) => judged.proof.accepted);
    if (good) {
      candidates.push({ candidate: good.candidate, proof: good.proof, ...where });
      waiting.learn(taughtBy(good, next));
    } else waiting.drop(isWhole ? (e) => e.frame === next.frame : (e) => e === next);
  }
  return { candidates, refused };
}

/** Flagged atoms of all frames, late frames and bad atoms first, without those that repeat another. */
function flaggedEnvironments(
  frames: readonly FlaggedFrame[],
  { needs, measure }: Strategy,
  { potential, active, localSets }: ExtractContext,
  { duplicate }: ExtractOptions,
): LoneSight[] {
  let evaluation: Evaluation | undefined;
  const wanted = [
    'projections',
    ...(needs.includes('members') ? (['memberEnergies', 'memberForces'] as const) : []),
  ] as const;
  const latestFirst = Array.from(frames.keys()).sort((a, b) => frames[b].step - frames[a].step || a - b);
  const all = latestFirst.flatMap((frame) => {
    const { structure, flagged } = frames[frame];
    const list = buildNeighbours(structure, potential.cutoff);
    evaluation = potential.evaluate(structure, list, wanted, evaluation);
    const worst = flagged
      .toSorted((a, b) => b.grade - a.grade || a.atom - b.atom)
      .slice(0, WEIGHED_PER_FRAME);
    const atoms = [...new Set(worst.map((f) => f.atom))];
    const environments = environmentsOf(frame, atoms, structure, evaluation, active);
    const rows = needs.includes('rows') ? learnable(potential).rows(structure, list) : undefined;
    const grades =
      measure === undefined
        ? undefined
        : gradesBy(
            measure,
            { potential: learnable(potential), activeSet: active, ...(localSets && { localSets }) },
            structure,
          );
    return loneSights(environments, evaluation, potential, active, { rows, grades });
  });
  const kept = new Set(
    dropDuplicates(
      all.map((s) => s.environments[0]),
      duplicate,
    ),
  );
  return all.filter((s) => kept.has(s.environments[0]));
}

/** Which waiting environments a label would teach: all of the frame, or those with a trusted force in the cut. */
function taughtBy({ candidate, cut }: Judged, made: Environment): (e: Environment) => boolean {
  if (!cut) return (e) => e.frame === made.frame;
  const taught = new Set(cut.parents.filter((_, k) => candidate.core[k] === 1));
  return (e) => e.frame === made.frame && taught.has(e.atom);
}

/** Patches of growing size, then vacuum clusters, then the whole cell; ends with the first that is accepted. */
function cutOut(
  { frame, atom }: Environment,
  frames: readonly FlaggedFrame[],
  parents: Map<number, Parent>,
  context: ExtractContext,
  options: ExtractOptions,
): Judged[] {
  const { structure } = frames[frame];
  const parent = parents.get(frame) ?? parentOf(structure, context);
  parents.set(frame, parent);
  const core = options.core ?? 2 * context.potential.cutoff;
  const tried: Judged[] = [];
  const accepted = (judged: Judged) => {
    tried.push(judged);
    return judged.proof.accepted;
  };
  for (let k = 0; k < options.tries; k++) {
    const patch = bestPatch(parent, atom, core, options.buffer + k * options.enlargeBy, context, options);
    if (!patch) break;
    // For the price of the whole cell, all of it is learned.
    const isAsLarge = atomCount(patch.candidate.structure) >= atomCount(structure);
    if (accepted(isAsLarge ? proveWhole(structure, atom, context, options) : patch) || isAsLarge)
      return tried;
  }
  const isSmall = atomCount(structure) <= options.wholeCellAtMost;
  // A cell no larger than its patch is better labelled whole than stripped to a cluster.
  if (tried.length === 0 && isSmall && accepted(proveWhole(structure, atom, context, options))) return tried;
  for (let k = 0; k < options.tries; k++) {
    const cluster = carveCluster(parent, atom, core + options.buffer + k * options.enlargeBy);
    if (accepted(proveCut(cluster, parent, context, options))) return tried;
  }
  if (isSmall && tried.every((judged) => judged.proof.cut !== 'whole'))
    tried.push(proveWhole(structure, atom, context, options));
  return tried;
}

/** The patch of one size whose buffer is least strange, relaxed if that helps. */
function bestPatch(
  parent: Parent,
  atom: number,
  core: number,
  buffer: number,
  context: ExtractContext,
  options: ExtractOptions,
): Judged | undefined {
  const carved = carvePatches(parent, atom, core, buffer, options).map((cut) =>
    proveCut(cut, parent, context, options),
  );
  if (carved.length === 0) return undefined;
  const best = carved.reduce(better);
  const relaxed = relaxBuffer(best.cut!, parent, core, context.potential, options);
  return relaxed === best.cut ? best : better(best, proveCut(relaxed, parent, context, options));
}

function better(a: Judged, b: Judged): Judged {
  if (a.proof.accepted !== b.proof.accepted) return a.proof.accepted ? a : b;
  return b.proof.bufferGrade < a.proof.bufferGrade ? b : a;
}
