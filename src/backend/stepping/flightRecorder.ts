import { cloneMdState, type MdState } from '../../core/mdState.ts';
import type { Evaluation } from '../../core/potential.ts';
import { cloneStructure } from '../../core/structure.ts';
import type { CheckSummary, Flagged, FlaggedFrame, Stop, Watch } from '../backend.ts';
import type { Grader } from './evaluator.ts';
import { type Live, snapshot, snapshotInto } from './system.ts';

/** Frames beyond `select` that are kept; of a longer excursion the latest are nearest to its cause. */
export const FRAMES = 16;

/** Remembers the last frame that can be trusted and what was seen since. */
export interface FlightRecorder {
  /** True when the state as it is now falls on a check that has not been made. */
  due(watch: Watch): boolean;
  /** Grades the state as it is now; true when a grade is beyond `pause`. */
  check(watch: Watch, e: Evaluation): boolean;
  /** Notes what a check of another judge saw at `step`, grades by measure. */
  show(watch: Watch, grades: readonly Float64Array[], step: number): void;
  /** Adds the frame as it is now to what was seen, if an atom is beyond `select`. */
  remember(watch: Watch, e: Evaluation): boolean;
  /** Takes over the verdict of another judge: the state as it is now can be trusted. */
  trust(): void;
  trusted(): MdState;
  readonly trustedStep: number;
  /** Stops at the state as it is now, with what was seen since the trusted frame; that is forgotten. */
  uncertain(): Stop;
  unstable(problem: string): Stop;
  checks(): readonly CheckSummary[];
}

export function flightRecorder(live: Live, grade: Grader): FlightRecorder {
  const { system, structure } = live;
  let trusted = snapshot(live);
  let frames: FlaggedFrame[] = [];
  let checks: readonly CheckSummary[] = [];
  let checkedAt = -1;
  const trust = () => {
    trusted = snapshotInto(trusted, live);
    frames = [];
  };
  const remember = (watch: Watch, e: Evaluation) => {
    const graded = watch.measures.map((w) => ({ ...w, grades: grade(w.measure, e, structure) }));
    checks = graded.map(summary);
    const flagged = flaggedAtoms(graded);
    if (flagged.length === 0) return false;
    frames.push({ step: system.step, structure: cloneStructure(structure), flagged });
    if (frames.length > FRAMES) frames.shift();
    return true;
  };
  const stop = () => {
    const seen = { state: cloneMdState(trusted), step: system.step, frames };
    frames = [];
    return seen;
  };
  return {
    get trustedStep() {
      return trusted.step;
    },
    trust,
    show(watch, grades, step) {
      checkedAt = step;
      checks = watch.measures.map((w, k) => summary({ ...w, grades: grades[k] }));
    },
    due: (watch) => system.step % watch.interval === 0 && system.step !== checkedAt,
    remember,
    check(watch, e) {
      checkedAt = system.step;
      const flagged = remember(watch, e);
      if (!flagged) trust();
      return flagged && watch.measures.some((w, k) => checks[k].max > w.pause);
    },
    trusted: () => cloneMdState(trusted),
    uncertain: () => ({ reason: 'uncertain', ...stop() }),
    unstable: (problem) => ({ reason: 'unstable', detail: `step ${system.step}: ${problem}`, ...stop() }),
    checks: () => checks,
  };
}

type Graded = Watch['measures'][number] & { readonly grades: Float64Array };

/** An atom that cannot be graded is as far outside as can be. */
function gradeOf({ grades }: Graded, atom: number): number {
  return Number.isNaN(grades[atom]) ? Infinity : grades[atom];
}

function summary(g: Graded): CheckSummary {
  let atom = 0;
  for (let i = 1; i < g.grades.length; i++) if (gradeOf(g, i) > gradeOf(g, atom)) atom = i;
  return { measure: g.measure.kind, max: gradeOf(g, atom), atom };
}

/** Atoms beyond `select` of any measure, each under the measure that it exceeds the most. */
function flaggedAtoms(graded: readonly Graded[]): Flagged[] {
  const flagged: Flagged[] = [];
  const atoms = graded[0]?.grades.length ?? 0;
  for (let atom = 0; atom < atoms; atom++) {
    let excess = 0;
    let worst: Flagged | undefined;
    for (const g of graded) {
      const grade = gradeOf(g, atom);
      if (grade <= g.select || grade / g.select <= excess) continue;
      excess = grade / g.select;
      worst = { atom, measure: g.measure.kind, grade };
    }
    if (worst) flagged.push(worst);
  }
  return flagged;
}
