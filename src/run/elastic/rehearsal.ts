import type { LearnableAce } from '../../../potentials/ace/ace.ts';
import type { LabelService } from '../../calculators/labelService.ts';
import { labelByPotential } from '../../calculators/potential.ts';
import type { Potential } from '../../core/potential.ts';
import { type Structure, supercell } from '../../core/structure.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import { trainSchema } from '../../learn/schema.ts';
import { createTrainer } from '../../learn/trainer.ts';
import type { EnsembleElastic } from '../../properties/ensembleElastic.ts';
import { measures } from '../../uncertainty/registry.ts';
import { createJudge } from '../judge.ts';
import type { Course, Training } from '../parts.ts';
import { rattled } from '../startingData.ts';
import { type ElasticRound, LARGEST_STRAIN, learnElastic, STRAIN_WEIGHT, TOLERANCE } from './learnElastic.ts';

/** What a potential that poses as the reference is to teach an ensemble that has never seen strain. */
export interface Rehearsal {
  readonly truth: Potential;
  readonly untrained: LearnableAce;
  /** Crystal in its conventional cell. */
  readonly crystal: Structure;
  /** Of the rattled starting structures and of the members. */
  readonly seed: number;
  /** Labels at most. */
  readonly budget: number;
}

export interface Rehearsed {
  readonly found: EnsembleElastic;
  /** When nothing exceeded the threshold for the first time. */
  readonly first: ElasticRound;
  readonly last: ElasticRound;
  readonly labels: number;
}

/** Six rattles of 2×2×2 cells without strain, then elastic learning. */
export async function rehearseElastic(r: Rehearsal, signal: AbortSignal): Promise<Rehearsed> {
  const lessons = rattled(supercell(r.crystal, [2, 2, 2]), {
    frames: 6,
    amplitude: 0.08,
    strain: 0,
    seed: r.seed,
  });
  const frames = lessons.map(
    ({ structure, core }): LabelledFrame => ({
      structure,
      core,
      faithful: true,
      label: withoutStress(labelByPotential(r.truth, structure)),
      group: 'start',
      generation: 1,
    }),
  );
  const trainer = createTrainer(
    trainSchema.parse({ ensemble: { seed: r.seed }, weights: { groups: { strain: STRAIN_WEIGHT } } }),
    r.untrained,
    [],
    { kernels: 'plain' },
  );
  const training = trainer.learn(frames);
  const course: Course = { progress: startingProgress(r.crystal, frames.length), training };
  const steps = learnElastic(
    {
      labels: byPotential(r.truth),
      trainer,
      judge: judgeOf,
      crystal: r.crystal,
      threshold: 2,
      budget: r.budget,
      strain: LARGEST_STRAIN,
      tolerance: TOLERANCE,
    },
    course,
    signal,
  );
  const rounds: ElasticRound[] = [];
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done)
        return { found: value, first: rounds[0], last: rounds.at(-1)!, labels: course.progress.labels };
      if (value.type === 'elastic') rounds.push(value);
    }
  } finally {
    trainer.dispose();
  }
}

/** An ensemble that has never seen strain was never told a stress either. */
function withoutStress<T extends { readonly stress?: Float64Array }>({
  stress: _,
  ...label
}: T): Omit<T, 'stress'> {
  return label;
}

function judgeOf(training: Training) {
  const [grade, sigma] = ['extrapolationGrade', 'committeeForce'].map((kind) =>
    measures.create({ kind })(training),
  );
  return createJudge(training.potential, grade, sigma);
}

function startingProgress(structure: Structure, labels: number): Course['progress'] {
  const still = new Float64Array(structure.positions.length);
  return {
    state: { step: 0, structure, velocities: still, extended: new Float64Array(0) },
    generation: 1,
    labels,
    pauses: 0,
    seconds: { md: 0, extract: 0, label: 0, train: 0, validate: 0 },
  };
}

function byPotential(truth: Potential): Pick<LabelService, 'label'> {
  return {
    async label(s) {
      return { kind: 'labelled', label: labelByPotential(truth, s), hash: '', cached: false, seconds: 0 };
    },
  };
}
