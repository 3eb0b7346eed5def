/** Tasks of a crew and the block that controls it. TypeScript and AssemblyScript read the same numbers. */

// Bytes of the control block.
/** i64: generation in the upper half, next task in the lower: one atomic addition claims a task of one generation. */
export const CLAIM = 0;
/** Generation that the fields below belong to. */
export const GENERATION = 8;
export const COUNT = 12;
export const DONE = 16;
export const TASKS = 20;
export const SCRATCH = 24;
export const SCRATCH_SIZE = 28;
/** Changes whenever there is something new; threads wait for it to. */
export const CALL = 32;
export const DISMISSED = 36;
/** Other than 0 when a thread has died. */
export const FAILED = 40;
export const CONTROL_BYTES = 64;

// Words of a task.
export const TASK_BYTES = 64;
export const TASK_KIND = 0;
/** Byte of the f64. */
export const TASK_FACTOR = 8;
/** First of the words. */
export const TASK_WORDS = 4;

// Kinds of tasks.
/** A block of rows into a factor; the block is destroyed. */
export const CLEAR = 1;
/** The rows behind one factor, times a number, into another. */
export const MERGE = 2;
/** Ridge regression from a factor. */
export const RIDGE = 3;
/** C += α A B. */
export const MULTIPLY = 4;
/** Rows of an atomic cluster expansion. */
export const ACE_ROWS = 5;
