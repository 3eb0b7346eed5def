/**
 * Tables of an expansion in shared memory, written by `packTables` and read by the `site*.wasm.ts` files. Each constant is the place of a
 * 32-bit word in its block; words in capitals that name arrays hold addresses in bytes. Complex values take 32 bytes: real
 * parts of two atoms, then imaginary parts.
 */

// The expansion.
export const SPECIES_COUNT = 0;
export const LMAX = 1;
/** [S] addresses. */
export const CENTRES = 2;
/** [S²] addresses; 0 without a bond. */
export const BONDS = 3;
/** f64 [S²], Å². */
export const CUTOFFS_SQUARED = 4;
/** f64 [lm]: Y_lm = norm · d^m P_l/dz^m · (x + iy)^m. */
export const NORMS = 5;
/** f64 [lm][2]: factors of the recurrence of d^m P_l/dz^m. */
export const LEGENDRE = 6;
/** What switches the expansion off: 0 nothing, 1 core repulsion, 2 the nearest neighbour. */
export const RULE = 7;
/** f64 [1], Å: neighbours beyond it switch nothing. */
export const REACH = 8;
export const HAS_CORE = 9;
export const ACE_WORDS = 10;

// A centre.
export const BASIS_SIZE = 0;
export const MIRRORS = 1;
/** i32 [mirrors], byte offset of the value; f64 [mirrors]. */
export const MIRROR_OF = 2;
export const MIRROR_SIGN = 3;
export const INNER = 4;
/** i32 [inner][2], byte offsets. */
export const INNER_FACTORS = 5;
/** Terms grouped by their left factor: i32 [groups][2] byte offset of the factor and number of terms; i32 [terms] right factors. */
export const LEFT_GROUPS = 6;
export const LEFT_HEADS = 7;
export const LEFT_TERMS = 8;
/** And grouped by their right factor. */
export const RIGHT_GROUPS = 9;
export const RIGHT_HEADS = 10;
export const RIGHT_TERMS = 11;
export const TERMS = 12;
/** Weights of the densities in both orders, f64 [pairs of densities][terms][2]; the last one of an odd number has [terms]. */
export const DENSITIES = 13;
export const WEIGHTS_LEFT = 14;
export const WEIGHTS_RIGHT = 15;
/** The same of the members, but one by one in the order of right factors. */
export const MEMBERS_LEFT = 16;
export const MEMBERS_RIGHT = 17;
/** 0 FinnisSinclair, 1 FinnisSinclairShiftedScaled. */
export const FORM = 18;
/** f64 [densities]. */
export const PREFACTORS = 19;
export const EXPONENTS = 20;
/** f64 [3]: core cutoff, its width, E₀. */
export const CORE_SWITCH = 21;
export const FUNCTIONS = 22;
/** i32 [functions + 1]; i32 [..][2] byte offsets of the factors; f64 [..]. */
export const FUNCTION_START = 23;
export const FUNCTION_FACTORS = 24;
export const FUNCTION_WEIGHTS = 25;
export const MEMBERS = 26;
export const CENTRE_WORDS = 27;

// A bond.
export const BASE_COUNT = 0;
/** Curve of x and the envelope; curve of r·v, 0 without core repulsion. */
export const CURVE = 1;
export const CORE_CURVE = 2;
/** f64 [K][5]: A, B, C, a, b of the recurrence. */
export const RECURRENCE = 3;
/** i32, ending in 0: mixed channels are made so many at a time; f64 weights [block][K][channels of the block]. */
export const MIX_BLOCKS = 4;
export const MIX_WEIGHTS = 5;
/** Rows of radial functions: K of the base, then the mixed ones, blocks padded. */
export const ROWS = 6;
/** i32 [lmax + 2], i32 [channels], i32 [lmax + 1]: as in BondTables, but row and value of each channel. */
export const CHANNEL_START = 7;
export const ROW_OF = 8;
export const VALUE_START = 9;
/** f64 [2]: r_in − δ_in and δ_in, Å. */
export const INNER_CUTOFF = 10;
export const BOND_WORDS = 11;

// One thread's scratch.
export const VALUES = 0;
export const ADJOINTS = 1;
/** Σ_t w_t · right factor, by density and left group. */
export const CONTRACTED = 2;
/** v128 [densities]: ∂E/∂ρ of the two atoms. */
export const SLOPES = 3;
/** The two atoms' neighbourhoods, and how many bytes each takes. */
export const LANES = 4;
export const LANE_BYTES = 5;
/** Adjoints of one atom in the order in which neighbours read them. */
export const READOUT = 6;
/** Curve values of all neighbours, 32 bytes each. */
export const CURVE_OUT = 7;
/** Addresses of the rows of all channels. */
export const ROW_POINTERS = 8;
/** Neighbours that fit. */
export const CAPACITY = 9;
/** The row of an atom of a compact system. */
export const UNPACKED = 10;
export const SCRATCH_WORDS = 11;

// One atom's neighbourhood begins with a block for each species of neighbours.
export const COUNT = 0;
/** Address of X below, and of the rows of radial functions and harmonics. */
export const GEOMETRY = 1;
export const RADIAL_ROWS = 2;
export const HARMONIC_ROWS = 3;
export const GROUP_BYTES = 16;
/** Geometry: f64 [capacity] each. x, y, z are unit vectors. ALONG: force along the bond beside the expansion. */
export const X = 0;
export const Y = 1;
export const Z = 2;
export const R = 3;
export const INVERSE = 4;
export const CORE = 5;
export const ALONG = 6;
export const SLOT = 7;
export const GEOMETRY_ARRAYS = 8;
