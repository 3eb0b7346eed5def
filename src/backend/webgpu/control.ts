/** Words that steer the kernels and that the host reads after a batch. */

/** Why the state is frozen: 0 while it moves. Every kernel begins by looking here. */
export const HALT = 0;
/** Not 0: the neighbour list has to be made anew. */
export const STALE = 1;
/** Completed steps, 64 bits. */
export const STEP = 2;
export const STEP_HIGH = 3;
/** Pairs of the latest list, or of the one that did not fit. */
export const PAIRS = 4;
/** How often the list was made. */
export const BUILDS = 5;
/** Pairs in the chunk of rows that has most. */
export const MOST_PAIRS = 6;
/** Completed steps when the list was made, the lower word. */
export const MADE_AT = 7;
export const CONTROL_WORDS = 8;

// Words that kernels of one step complain through: what makes the end of the step a halt.
/** The largest of the reasons below. */
export const FAULT = 0;
/** An atom it is about, plus one; the largest. */
export const ATOM = 1;
/** What a grade said: the largest of the verdicts below. */
export const SEEN = 2;

// Verdicts of grades in f32, 0 for all well below \`select\`.
/** Too near \`select\` for f32 to tell on which side. */
export const DOUBTFUL = 1;
/** Beyond \`select\`: a frame to remember. */
export const FLAGGED = 2;
/** At \`pause\`, or too near to tell. */
export const STOP = 3;

// Reasons to halt. A list that does not fit, or its bins, or is too old, stop before forces; the others at the end of a step.
export const MORE_PAIRS = 1;
export const GRADED = 2;
/** An atom moved too far, or not by a number. */
export const UNSTABLE = 3;
/** A pair without a bond. */
export const NO_BOND = 4;
/** Outside the tables: closer than they begin, or denser than they end. */
export const OUTSIDE = 5;
/** More lattice vectors apart than a list entry can say. */
export const FAR_IMAGE = 6;
/** Hotter than a system that is what it should be. */
export const HOT = 7;
/** The conserved quantity moved too far between two checks. */
export const DRIFTED = 8;
/** Nothing moves that a thermostat could rescale. */
export const AT_REST = 10;
/** The volume changed too much in one step. */
export const BURST = 11;
/** The cell has outgrown the bins of the list. */
export const OTHER_BINS = 9;
/** The list no longer holds, in a step that does not make one. */
export const OLD_LIST = 12;
