import type { Flagged } from '../backend/backend.ts';
import type { EventRecord, PathRecord } from '../events/record.ts';
import type { CutProof } from '../extract/candidate.ts';
import type { ErrorSummary } from '../learn/errors.ts';
import type { RoundNumbers } from './elastic/elasticNumbers.ts';
import type { YieldVerdict } from './strain/yieldVerdict.ts';
import type { GradePairs, Thresholds } from './thresholds.ts';

/**
 * What happens in a run, in order. The ledger, the progress line and the report are consumers of this one stream.
 * Times are fs of simulation, `seconds` are wall time.
 */
export type RunEvent =
  | {
      readonly type: 'started';
      readonly title: string;
      readonly atoms: number;
      readonly elements: readonly string[];
      readonly calculator: string;
      /** What steps the atoms, for people. */
      readonly backend?: string;
      readonly steps: number;
      readonly timestep: number;
      readonly step: number;
      /** Where a run goes on: how many events of the ledger stand behind its checkpoint. */
      readonly resumedAfter?: number;
    }
  | {
      readonly type: 'labelled';
      /** Running number of labels used, from 1. */
      readonly label: number;
      readonly group: string;
      /** Pause it belongs to, or the latest before it; 0 for the starting data. */
      readonly pause: number;
      /** Rare event that it was asked for. */
      readonly event?: number;
      readonly atoms: number;
      readonly hash: string;
      readonly cached: boolean;
      readonly seconds: number;
      /** What the ensemble believed before it learned this label; absent for the starting data. */
      readonly before?: ErrorSummary & {
        readonly maxGrade: number;
        readonly maxSigma: number;
        /** Some of the core atoms, by ascending grade. */
        readonly pairs?: GradePairs;
      };
    }
  /** Labels that other runs paid for, learned with the next generation. */
  | {
      readonly type: 'shared';
      /** Where it taught itself; 0 where it only looked, at `step`. */
      readonly pause: number;
      readonly step?: number;
      readonly frames: number;
      readonly from: readonly string[];
    }
  | {
      readonly type: 'quarantined';
      readonly pause: number;
      readonly hash: string;
      readonly reason: string;
      readonly directory: string;
    }
  | {
      readonly type: 'trained';
      readonly generation: number;
      readonly frames: number;
      readonly rows: number;
      readonly functions: number;
      readonly members: number;
      readonly seconds: number;
      readonly errors: ErrorSummary;
      /** Evidence-chosen strength of the prior. */
      readonly regularisation: number;
      /** Environments seen per element. */
      readonly environments: number;
    }
  /** In force from this generation on. */
  | ({ readonly type: 'thresholds'; readonly generation: number } & Thresholds)
  | {
      readonly type: 'paused';
      readonly pause: number;
      readonly reason: 'uncertain' | 'unstable';
      readonly detail: string;
      readonly step: number;
      readonly time: number;
      /** Step of the trusted frame that the run goes on from. */
      readonly trustedStep: number;
      /** The worst atoms, worst first, at most 10. */
      readonly flagged: readonly Flagged[];
      readonly flaggedCount: number;
      readonly temperature: number;
    }
  | { readonly type: 'extracted'; readonly pause: number; readonly atom: number; readonly proof: CutProof }
  | { readonly type: 'resumed'; readonly pause: number; readonly step: number; readonly generation: number }
  | { readonly type: 'checkpoint'; readonly step: number }
  /** A rare event was found; what comes of it follows. */
  | ({ readonly type: 'happened' } & Pick<
      EventRecord,
      'event' | 'class' | 'title' | 'between' | 'time' | 'temperature'
    >)
  /** What is known of it in the end. */
  | ({ readonly type: 'event' } & Omit<EventRecord, 'path'> & {
        readonly path: Omit<PathRecord, 'members'> | null;
      })
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly steps: number;
      readonly time: number;
      readonly temperature: number;
      readonly pressure: number;
      readonly grades: Readonly<Record<string, { readonly max: number; readonly atom: number }>>;
      readonly labels: number;
      readonly labelBudget: number;
      readonly generation: number;
      readonly stepsPerSecond: number;
    }
  | { readonly type: 'validated'; readonly summary: ValidationSummary }
  /** One look at the constants that are learned; `constants` names them. */
  | ({ readonly type: 'elasticRound'; readonly constants: readonly string[] } & RoundNumbers)
  /** Of a run that strained its cell, once it and its references have ended. */
  | ({ readonly type: 'yielded' } & YieldVerdict)
  | {
      readonly type: 'finished';
      readonly reason: 'steps' | 'labelBudget' | 'pauseBudget' | 'aborted';
      readonly step: number;
      readonly labels: number;
      readonly pauses: number;
      readonly events?: number;
      readonly generation: number;
      /** Wall seconds per activity: md, extract, label, train, validate. */
      readonly seconds: Readonly<Record<string, number>>;
    };

/** Errors on fresh frames of a trajectory driven by the reference calculator itself. */
export interface ValidationSummary {
  readonly frames: number;
  readonly generations: readonly (ErrorSummary & { readonly generation: number; readonly labels: number })[];
  /** forceRmse of the starting ensemble divided by that of the final one. */
  readonly improvement: number;
  /** The same run without pausing: how far it came and how wrong it was there. */
  readonly control: {
    readonly stepsCompleted: number;
    readonly outcome: string;
    /** eV/Å: force error against the reference over the frames the control visited. */
    readonly forceRmse: number;
    readonly forceMax: number;
  } | null;
}
