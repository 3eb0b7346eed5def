import type { Integrator } from '../../integrators/substeps.ts';
import type { LearnableAce } from '../../potentials/ace/ace.ts';
import type { Backend, FlaggedFrame, Watch } from '../backend/backend.ts';
import type { LabelService } from '../calculators/labelService.ts';
import type { MdState } from '../core/mdState.ts';
import type { Candidate } from '../extract/candidate.ts';
import type { Extraction } from '../extract/extract.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type * as learn from '../learn/trainer.ts';
import type { Progress } from './checkpoint.ts';
import type { Cadence } from './drive.ts';
import type { Judge } from './judge.ts';
import type { Discovery } from './rareEvents/answer.ts';
import type { Exchange } from './sharing.ts';
import type { Straining } from './strain/straining.ts';
import type { GradePairs, Thresholds } from './thresholds.ts';

/** What a run teaches: the expansion, whose files every generation is stored in. */
export type Trainer = learn.Trainer<LearnableAce>;
export type Training = learn.Training<LearnableAce>;

/** A run taken apart: everything the loop needs, made from the config. */
export interface RunParts {
  readonly title: string;
  /** Kind of the reference calculator, for people. */
  readonly calculator: string;
  readonly start: MdState;
  readonly backend: Backend;
  readonly integrator: Integrator;
  readonly cadence: Cadence;
  /** Where the integrator strains the cell. */
  readonly straining: Straining | undefined;
  readonly limits: { readonly labels: number; readonly pauses: number };
  readonly trainer: Trainer;
  readonly labels: LabelService;
  /** Structures that are labelled before the first step. */
  readonly lessons: readonly Candidate[];
  /** Frames that come with labels already. */
  readonly given: readonly LabelledFrame[];
  /** Where runs learn each other's labels. */
  readonly exchange: Exchange | undefined;
  /** Where rare events are looked for. */
  readonly discovery: Discovery<Course> | undefined;
  /** Whether it asks there at every commit, or only when it teaches itself. */
  readonly looksForNews: boolean;
  /** What labels so far make of the leading measure's thresholds. */
  thresholds(labels: readonly GradePairs[]): Thresholds;
  watch(training: Training, thresholds?: Thresholds): Watch;
  judge(training: Training): Judge;
  extract(frames: readonly FlaggedFrame[], training: Training, thresholds?: Thresholds): Extraction;
}

/** The run at this moment. */
export interface Course {
  progress: Progress;
  training: Training;
  /** Of all labels whose errors were seen before they were learned, in order. */
  pairs?: readonly GradePairs[];
  /** Number of the rare event that is being looked into. */
  event?: number | undefined;
}

/** Where a run goes on: its last commit, and the ensemble taught again from the data set up to there. */
export interface Resumption extends Course {
  readonly ledgerEvents: number;
}
