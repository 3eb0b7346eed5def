import type { CheckSummary, FlaggedFrame, Observables } from '../backend/backend.ts';
import type { MdState } from '../core/mdState.ts';
import type { EventRecord } from '../events/record.ts';
import type { Candidate } from '../extract/candidate.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { Progress } from './checkpoint.ts';
import type { RunEvent } from './events.ts';
import type { StoredModel } from './modelFolder.ts';
import type { EventStructures } from './rareEvents/eventFolder.ts';
import type { CurvePoint } from './strain/curve.ts';

/** What a run hands over to be kept in files; too large for the ledger. */
export type RunMaterial =
  /** A row of thermo.csv. */
  | {
      readonly type: 'sampled';
      readonly observables: Observables;
      readonly checks: readonly CheckSummary[];
      /** Kinds of all measures under watch, the columns of the file. */
      readonly measures: readonly string[];
      readonly generation: number;
      readonly labels: number;
    }
  /** A frame of trajectory.xyz; `grades` is empty where no measure is watched. */
  | { readonly type: 'framed'; readonly state: MdState; readonly time: number; readonly grades: Float64Array }
  /** A row of strain.csv. */
  | { readonly type: 'strained'; readonly point: CurvePoint }
  /** The frame that made a run pause. */
  | {
      readonly type: 'pausedFrame';
      readonly pause: number;
      readonly frame: FlaggedFrame;
      readonly grades: Float64Array;
    }
  /** What was cut out of it. */
  | {
      readonly type: 'cutFrame';
      readonly pause: number;
      readonly index: number;
      readonly candidate: Candidate;
      readonly grades: Float64Array;
    }
  /** A label that has entered the training set. */
  | {
      readonly type: 'learnt';
      readonly pause: number;
      readonly event?: number;
      readonly index: number;
      readonly frame: LabelledFrame;
    }
  /** A rare event, with its structures. */
  | { readonly type: 'recorded'; readonly record: EventRecord; readonly structures: EventStructures }
  | { readonly type: 'modelled'; readonly generation: number; readonly model: StoredModel }
  /** The trajectory goes on from here: later samples are void. */
  | { readonly type: 'rewound'; readonly step: number }
  /** All that came before holds from now on. */
  | { readonly type: 'committed'; readonly progress: Progress };

export type RunItem = RunEvent | RunMaterial;
