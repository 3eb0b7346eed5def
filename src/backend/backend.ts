import type { Integrator } from '../../integrators/substeps.ts';
import type { Bias } from '../bias/bias.ts';
import type { MdState } from '../core/mdState.ts';
import type { Evaluation, Potential, Quantity } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

/** One measure under watch and its two thresholds. */
export interface WatchedMeasure {
  readonly measure: Uncertainty;
  /** Remember environments above this grade. */
  readonly select: number;
  /** Stop above this grade. */
  readonly pause: number;
}

/** When to grade, and what stops the run. */
export interface Watch {
  /** Steps between two checks; checks fall on absolute steps divisible by it. */
  readonly interval: number;
  readonly measures: readonly WatchedMeasure[];
}

export interface Flagged {
  readonly atom: number;
  /** Kind of the measure that flagged it; where several did, the one furthest above its `select`. */
  readonly measure: string;
  readonly grade: number;
}

/** What a check saw beyond `select`. */
export interface FlaggedFrame {
  readonly step: number;
  readonly structure: Structure;
  readonly flagged: readonly Flagged[];
}

/** The largest grade of each watched measure at the latest check. */
export interface CheckSummary {
  readonly measure: string;
  readonly max: number;
  readonly atom: number;
}

/** Instantaneous observables. */
export interface Observables {
  readonly step: number;
  /** fs. */
  readonly time: number;
  /** eV. */
  readonly potentialEnergy: number;
  /** eV. */
  readonly kineticEnergy: number;
  /** eV; constant for an exact integrator, heat exchanged with thermostats included. */
  readonly conserved: number;
  /** K. */
  readonly temperature: number;
  /** eV/Å³, kinetic part included, positive under compression. */
  readonly pressure: number;
  /** eV/Å³, Voigt xx yy zz yz xz xy, kinetic part included, tensile positive. */
  readonly stress: readonly number[];
  /** Å³. */
  readonly volume: number;
}

/** Why `advance` came back. `state` is always one to go on from. */
export type Stop =
  | { readonly reason: 'finished'; readonly state: MdState }
  | { readonly reason: 'aborted'; readonly state: MdState }
  | {
      readonly reason: 'uncertain';
      /** The last frame in which no atom exceeded `select`. */
      readonly state: MdState;
      /** Step at which a grade crossed `pause`. */
      readonly step: number;
      /** What was seen beyond `select` since that frame, the one that crossed `pause` last. */
      readonly frames: readonly FlaggedFrame[];
    }
  | {
      readonly reason: 'unstable';
      readonly state: MdState;
      readonly step: number;
      /** For people: what went wrong and in which atoms. */
      readonly detail: string;
      readonly frames: readonly FlaggedFrame[];
    };

/** A backend that holds one system on its device and steps it. */
export interface Engine {
  /** Advances until `steps` more are completed or something stops it. */
  advance(steps: number, watch: Watch, signal: AbortSignal): Promise<Stop>;
  /** Of the state as it is now. */
  observe(): Observables;
  /** A copy of the state as it is now. */
  state(): MdState;
  /** The latest checked state in which no atom exceeded `select`: from there the flight recorder starts empty. */
  trusted(): MdState;
  /** Latest grades; empty before the first check. */
  checks(): readonly CheckSummary[];
  dispose(): void;
}

/** Evaluates structures one by one, without dynamics. */
export interface FrameEvaluator {
  /** The result belongs to the caller until the next call. Throws a UserError for an element the potential does not know. */
  evaluate(s: Structure, want: readonly Quantity[]): Promise<Evaluation>;
  dispose(): void;
}

export interface Backend {
  readonly kind: string;
  /** For people: what it computes with; `kind` where absent. Throws a UserError where that is not to be had. */
  describe?(): Promise<string>;
  /** `bias`: added to what drives the atoms. */
  prepare(potential: Potential, integrator: Integrator, start: MdState, bias?: Bias): Promise<Engine>;
  /** Why no bias can be added; absent where one can. */
  readonly noBias?: string;
  /** What `prepare` will take of a device's memory; absent where it takes none. */
  deviceBytes?(potential: Potential, integrator: Integrator, start: MdState): number;
  /** Absent where the backend only steps. */
  evaluator?(potential: Potential): Promise<FrameEvaluator>;
}
