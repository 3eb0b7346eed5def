/** What the threads of a team can be told to do together. TypeScript and AssemblyScript read the same numbers. */
export const STOP = 0;
/** Rows of the neighbour list. */
export const FILL_ROWS = 1;
/** Reverse slots of the list. */
export const FIND_REVERSE = 2;
/** An expansion's energies and pair forces. */
export const ACE_SITES = 3;
/** Forces from pair forces. */
export const GATHER_FORCES = 4;
/** Forces of members from theirs. */
export const GATHER_MEMBERS = 5;
/** Embedded-atom densities and embedding, then forces. */
export const EAM_DENSITIES = 6;
export const EAM_FORCES = 7;
/** Largest coordinates of projections. */
export const GRADE = 8;

/** Compact systems: forces, and members' forces, from quanta. */
export const SETTLE_FORCES = 9;
export const SETTLE_MEMBERS = 10;

// Words of the control block.
/** Counts commands; threads wait for it to change. */
export const GENERATION = 0;
/** Threads that have carried the command out. */
export const DONE = 1;
export const COMMAND = 2;
export const THREADS = 3;
/** Other than 0 when a thread has died. */
export const FAILED = 4;
/** Address of the system block. */
export const SYSTEM = 5;
/** The next piece of work that nobody has taken. */
export const NEXT = 6;
export const CONTROL_WORDS = 16;
