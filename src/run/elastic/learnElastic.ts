import { UserError } from '../../core/errors.ts';
import { atomCount, type Structure } from '../../core/structure.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import { type Bars, elasticBars, type LabelledState, observedError } from '../../properties/elasticBars.ts';
import { elasticTensor, type StrainedState } from '../../properties/elasticTensor.ts';
import { type EnsembleElastic, elasticEntropy, ensembleElastic } from '../../properties/ensembleElastic.ts';
import { type Evaluates, plainly } from '../../properties/evaluates.ts';
import { relax } from '../../properties/relax.ts';
import { symmetryOf } from '../../properties/symmetry.ts';
import type { RunItem } from '../items.ts';
import { labelOne, teach } from '../lesson.ts';
import type { Course, RunParts, Training } from '../parts.ts';

/** As strong as labels can bear, as small as the constants' own change with strain asks for: 1 % moves copper's C11 by 15 %. */
export const LARGEST_STRAIN = 0.006;
/** What rows of strained crystals weigh beside others: they say what is asked for. */
export const STRAIN_WEIGHT = 3;
/** Of the bulk modulus. */
export const TOLERANCE = 0.01;

/** What elastic constants are learned with. */
export interface ElasticParts extends Pick<RunParts, 'trainer' | 'judge'> {
  readonly labels: Pick<RunParts['labels'], 'label'>;
  /** Crystal whose constants are wanted; it is relaxed by the ensemble. */
  readonly crystal: Structure;
  /** Configurations with an atom beyond this grade are labelled. */
  readonly threshold: number;
  /** Labels at most, starting data included. */
  readonly budget: number;
  /** Largest strain of labelled crystals. */
  readonly strain: number;
  /** The observed error of the constants, relative to the bulk modulus, at which learning may end. */
  readonly tolerance: number;
  /** Entropy of the constants, in units of 1 GPa, below which learning may end. */
  readonly entropy?: number | undefined;
}

/** One look at the constants: strained crystals that the ensemble thought it knew, set against their labels. */
export interface ElasticRound {
  readonly type: 'elastic';
  readonly round: number;
  readonly labels: number;
  readonly generation: number;
  /** Strain of the labelled crystals. */
  readonly amplitude: number;
  readonly found: EnsembleElastic;
  readonly entropy: number;
  /** The largest grade of an atom in the strained crystals, before their labels were learned. */
  readonly maxGrade: number;
  /** GPa 6×6: by how much the labels move the constants; of the last round that could pay for them; absent where none could. */
  readonly error?: Float64Array;
  readonly bars: Bars;
  /** Why learning ended; absent where it goes on. */
  readonly ended?: 'tolerance' | 'entropy' | 'budget';
}

/**
 * Learns a crystal's elasticity: labels every strained or relaxed configuration whose grade exceeds the threshold until none does,
 * then checks the constants against labels at strains not seen before and learns those too, until they move the constants no more.
 */
export async function* learnElastic(
  parts: ElasticParts,
  course: Course,
  signal: AbortSignal,
): AsyncGenerator<RunItem | ElasticRound, EnsembleElastic> {
  let error: Float64Array | undefined;
  for (let round = 1; ; round++) {
    const amplitude = freshAmplitude(parts.strain, round);
    yield* learnUnknown(parts, course, amplitude, signal);
    const found = await ensembleElastic(course.training.potential, parts.crystal);
    const states = await strainedStates(course.training, found.mean.relaxation.structure, amplitude);
    const affordable = course.progress.labels + states.length <= parts.budget;
    const labelled = affordable ? yield* labelStates(parts, course, states, signal) : [];
    if (affordable && labelled.length === states.length)
      error = await observedError(drivenBy(course.training), found.mean, labelled, found.symmetry);
    const { labels, generation } = course.progress;
    const bars = elasticBars(found.members, found.constants, error);
    const entropy = elasticEntropy(found);
    const maxGrade = largestGrade(parts, course.training, states);
    const ended = affordable ? endOf(parts, found, bars, entropy) : 'budget';
    const look = { round, labels, generation, amplitude, found, entropy, maxGrade, bars };
    yield { type: 'elastic', ...look, ...(error && { error }), ...(ended && { ended }) };
    if (affordable)
      yield* learn(
        parts,
        course,
        labelled.map(({ frame }) => frame),
      );
    if (ended) return ensembleElastic(course.training.potential, parts.crystal);
  }
}

/** Those whose labels were not refused. Throws a UserError where all were, or where they lack stresses. */
async function* labelStates(
  parts: ElasticParts,
  course: Course,
  states: readonly StrainedState[],
  signal: AbortSignal,
): AsyncGenerator<RunItem, (LabelledState & { readonly frame: LabelledFrame })[]> {
  const labelled: (LabelledState & { readonly frame: LabelledFrame })[] = [];
  for (const state of states) {
    const frame = yield* labelOne(parts, course, whole(state.structure), 'strain', signal);
    if (!frame) continue;
    const { label } = frame;
    if (!label.stress)
      throw new UserError(
        'label: the calculator gave no stress, which elastic constants are made of; let it write one, or use another calculator',
        3,
      );
    labelled.push({ state, label, frame });
  }
  if (labelled.length === 0)
    throw new UserError(
      `label: all ${states.length} strained crystals were refused; look into labels/quarantine`,
      3,
    );
  return labelled;
}

function endOf(
  { tolerance, entropy: wanted }: ElasticParts,
  { mean }: EnsembleElastic,
  { observed }: Bars,
  entropy: number,
): ElasticRound['ended'] {
  const { C } = mean.relaxed;
  const bulk = (C[0] + C[7] + C[14] + 2 * (C[1] + C[2] + C[8])) / 9;
  if (wanted !== undefined) return entropy < wanted ? 'entropy' : undefined;
  return observed < tolerance * bulk ? 'tolerance' : undefined;
}

function largestGrade({ judge }: ElasticParts, training: Training, states: readonly StrainedState[]): number {
  const { grades } = judge(training);
  return Math.max(...states.map(({ structure }) => Math.max(...grades(structure))));
}

/** Between half the largest strain and all of it, never twice the same. */
function freshAmplitude(largest: number, round: number): number {
  return largest * (1 - (((round - 1) * 0.618034) % 1) / 2);
}

async function* learn(
  parts: ElasticParts,
  course: Course,
  frames: readonly LabelledFrame[],
): AsyncGenerator<RunItem> {
  const taught = yield* teach(parts, course, frames);
  course.progress = taught.progress;
  course.training = taught.training;
}

/** Labels and learns, worst first, whatever exceeds the threshold, until nothing does. */
async function* learnUnknown(
  parts: ElasticParts,
  course: Course,
  amplitude: number,
  signal: AbortSignal,
): AsyncGenerator<RunItem> {
  const refused = new Set<Structure>();
  for (;;) {
    const structures = await configurations(course.training, parts.crystal, amplitude);
    // What the last check will cost is put by.
    const budget = parts.budget - (structures.length - 1);
    let labelled = false;
    for (;;) {
      const { grades } = parts.judge(course.training);
      const graded = structures
        .filter((s) => !refused.has(s))
        .map((s) => ({ s, grade: Math.max(...grades(s)) }))
        .sort((p, q) => q.grade - p.grade);
      const [worst] = graded;
      if (!worst || !(worst.grade > parts.threshold) || course.progress.labels >= budget) break;
      const frame = yield* labelOne(parts, course, whole(worst.s), 'strain', signal);
      if (!frame) {
        refused.add(worst.s);
        continue;
      }
      yield* learn(parts, course, [frame]);
      labelled = true;
    }
    if (!labelled) return;
  }
}

/** The crystal, relaxed by the ensemble, and all strained states its constants are made of. */
async function configurations(
  training: Training,
  crystal: Structure,
  amplitude: number,
): Promise<Structure[]> {
  const { structure } = await relax(drivenBy(training), crystal, { cell: true, steps: 200 });
  const states = await strainedStates(training, structure, amplitude);
  return [structure, ...states.map((state) => state.structure)];
}

async function strainedStates(
  training: Training,
  crystal: Structure,
  amplitude: number,
): Promise<readonly StrainedState[]> {
  const options = { amplitudes: [amplitude], force: 1e-5, steps: 200 };
  return (await elasticTensor(drivenBy(training), crystal, symmetryOf(crystal), options)).states;
}

function drivenBy({ potential }: Training): Evaluates {
  const { e0, mean } = potential.parameters;
  return plainly(potential.withParameters({ e0, mean, members: [] }));
}

function whole(structure: Structure) {
  const core = new Uint8Array(atomCount(structure)).fill(1);
  return { structure, core, faithful: true, cut: 'whole', centre: -1 } as const;
}
