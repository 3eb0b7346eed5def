import type { Findings } from '../report/studyPage.ts';

/** How a study is to be made. */
export interface StudyContext {
  /** The short form: seconds instead of minutes, the same code. */
  readonly short: boolean;
  /** Folder of the data sets that it reads; undefined where none was given. */
  readonly data: string | undefined;
  /** Tells people how far it is. */
  progress(line: string): void;
  readonly signal: AbortSignal;
}

/** A comparison that a command makes from beginning to end. */
export interface Study {
  /** Throws a UserError for data that are missing or unfit. */
  run(context: StudyContext): Promise<StudyOutput>;
}

export interface StudyOutput extends Findings {
  /** Everything that was measured, as JSON. */
  readonly numbers: unknown;
}
