/** Blocks that `designRows.wasm.ts` reads, in words. TypeScript and AssemblyScript read the same numbers. */

// A batch of sites.
export const SITES = 0;
/** Address of the site blocks. */
export const SITE_BLOCKS = 1;
/** K, and addresses of [3n × K] and [6 × K]. */
export const WIDTH = 2;
export const FORCES = 3;
export const STRAIN = 4;
/** Scratch of the parts, and bytes of one. */
export const PART_SCRATCH = 5;
export const PART_BYTES = 6;
export const BATCH_WORDS = 8;

// A site.
export const GRAPH = 0;
export const NEIGHBOURS = 1;
export const ATOM = 2;
/** Where the functions of the centre begin in a row. */
export const FIRST = 3;
/** Values, re then im of each. */
export const VALUES = 4;
/** ∂A/∂r, [neighbours/4][basis + 1][x y z][re im][4], zero for neighbours that only fill up. */
export const GRADIENTS = 5;
/** Atom of each neighbour, i32. */
export const OTHERS = 6;
/** Å, vectors to the neighbours, [neighbours/4][x y z][4]. */
export const BONDS = 7;
export const SITE_WORDS = 8;

// The product graph of a centre: see products.ts and functionGraphs.ts.
export const FUNCTIONS = 0;
export const VALUE_COUNT = 1;
export const BASIS_SIZE = 2;
export const FIRST_INNER = 3;
export const FUNCTION_START = 4;
export const FUNCTION_TERM = 5;
export const FUNCTION_WEIGHT = 6;
export const TERM_LEFT = 7;
export const TERM_RIGHT = 8;
export const LEFT = 9;
export const RIGHT = 10;
export const MIRROR_OF = 11;
export const MIRROR_SIGN = 12;
export const INNER_START = 13;
export const INNER = 14;
export const MIRROR_START = 15;
export const MIRRORS = 16;
export const LEAF_START = 17;
export const LEAVES = 18;
export const GRAPH_WORDS = 20;

/** Bytes of one A in one block of four neighbours. */
export const LEAF_BYTES = 192;
