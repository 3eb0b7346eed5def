import type { LocalStructure } from '../analysis/localStructure.ts';
import type { Fingerprint } from './fingerprint.ts';

/**
 * Of the reference: `confirmed` has rest positions and a saddle where the ensemble has them; `artefact` has not, and the ensemble has
 * learned so; `undecided` could not be settled; `unverified` was not looked at by the reference.
 */
export type Verdict = 'confirmed' | 'artefact' | 'undecided' | 'unverified';

/** How the energy changes along a minimum-energy path. Energies in eV, the first image's being zero. */
export interface PathRecord {
  /** Å, along the path from the first image, [images]. */
  readonly distances: readonly number[];
  /** Of the ensemble's mean, [images]. */
  readonly energies: readonly number[];
  /** [members][images]; empty where there is no ensemble. */
  readonly members: readonly (readonly number[])[];
  /** The largest grade of an atom by the leading measure, [images]; empty where nothing is graded. */
  readonly grades: readonly number[];
  /** The largest force spread of an atom over the members, eV/Å, [images]; empty where there is no ensemble. */
  readonly spreads: readonly number[];
  /** Image of the saddle. */
  readonly saddle: number;
  /**
   * Of a part of a large cell, whose surroundings were held: what first image, saddle and last would still gain, did they give way. Not
   * in the energies, but in the barriers.
   */
  readonly outside?: { readonly first: number; readonly saddle: number; readonly last: number };
  /** eV/Å², the least curvatures at the saddle, ascending; one of them is negative at a true one. */
  readonly curvatures: readonly number[];
  /** eV: energy of the saddle over that of the first image and over that of the last, with half the width of the 95 % bar. */
  readonly forward: Barrier;
  readonly backward: Barrier;
  /** What the reference says of some of the images: eV over its own first image, and its largest force in eV/Å. */
  readonly reference: readonly { readonly image: number; readonly energy: number; readonly force: number }[];
}

export interface Barrier {
  readonly value: number;
  /** NaN where nothing tells. */
  readonly bar: number;
}

/** What a run knows of one event; its structures lie beside it: `initial.xyz`, `final.xyz`, and with a path `saddle.xyz`, `path.xyz`. */
export interface EventRecord {
  /** Running number, from 1. */
  readonly event: number;
  /** Events of one class are the same but for place, rotation and the names of atoms. */
  readonly class: number;
  /** For people: `1 Cu moved 2.56 Å`. */
  readonly title: string;
  /** The last step in the old basin and the first one in the new. */
  readonly between: readonly [number, number];
  /** fs, of the same. */
  readonly time: readonly [number, number];
  /** K, when it was found. */
  readonly temperature: number;
  /** Atoms that have moved, the farthest first; their elements; Å. */
  readonly moved: readonly number[];
  readonly elements: readonly string[];
  readonly displacements: readonly number[];
  /** What is the same for all events of its class. */
  readonly fingerprint: Fingerprint;
  /** Local structure of the atoms that have moved and of what is near them. */
  readonly localBefore: Readonly<Partial<Record<LocalStructure, number>>>;
  readonly localAfter: Readonly<Partial<Record<LocalStructure, number>>>;
  readonly path: PathRecord | null;
  /** Why there is no path. */
  readonly pathFailure?: string;
  readonly verdict: Verdict;
  /** For people: what the verdict rests on. */
  readonly reason: string;
  /** Labels that were paid for it. */
  readonly labels: number;
  /** Of the ensemble when the verdict was given. */
  readonly generation: number;
}
