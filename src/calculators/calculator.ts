import type { Structure } from '../core/structure.ts';

/** What a reference calculator says of a structure. */
export interface Label {
  /** eV. */
  readonly energy: number;
  /** eV/Å, [3n]. */
  readonly forces: Float64Array;
  /** eV/Å³, Voigt xx yy zz yz xz xy, tensile positive; absent where the calculator gives none. */
  readonly stress?: Float64Array;
}

/** Where and how long a calculator may work. */
export interface Job {
  /** A folder of its own, made by the caller; kept for post-mortem. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** The expensive truth that the ensemble learns from. */
export interface Calculator {
  readonly kind: string;
  /** Elements it knows; absent where that cannot be told beforehand. */
  readonly elements?: readonly string[];
  /** Changes whenever the labels would: kind, options, and the content of files it reads. */
  readonly fingerprint: string;
  /** Throws a UserError (exit code 3) that shows exit status, directory and the last 20 lines. */
  label(s: Structure, job: Job): Promise<Label>;
}
