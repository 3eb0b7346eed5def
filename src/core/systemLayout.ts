/**
 * What the atoms look like in shared memory. Each constant is the place of a 32-bit word in the system's block, read by
 * TypeScript and AssemblyScript alike; words named after arrays hold addresses in bytes.
 */

/** Number of atoms. */
export const ATOMS = 0;
/** f64 [3n], Å. */
export const POSITIONS = 1;
/** i32 [n]: element in the potential's own numbering. */
export const SPECIES = 2;
/** f64 [9], Å, rows. */
export const CELL = 3;
/** Slots of one atom's row in the arrays below. */
export const ROW = 4;
/** i32 [n]: slots in use. */
export const COUNTS = 5;
/** i32 [n·row]: the neighbour; in compact systems the image as well, as `compactRow.wasm.ts` packs it. */
export const NEIGHBOURS = 6;
/** i16 [n·row][4]: its lattice translation, and 0. Address 0 in compact systems. */
export const SHIFTS = 7;
/** i32 [n·row]: slot in which the neighbour sees this atom. */
export const REVERSE = 8;
/** f64 [n·row][3]: ∂E_i/∂r_ij, eV/Å. Compact systems have none: their pair forces go to FORCES as `pairForces.wasm.ts` says. */
export const PAIR_FORCES = 9;
/** f64 [n], eV. */
export const ENERGIES = 10;
/** f64 [3n], eV/Å. */
export const FORCES = 11;
/** f64 [n][9]: what each atom's pair forces add to the virial, eV. */
export const VIRIALS = 12;
/** i32: 1 + index of an atom with a neighbour the potential cannot pair it with; 0 for none. */
export const FAULT = 13;
/** i32: couples, and i32 [couples][2]: two atoms of one element, twice the same where one is left over. */
export const COUPLES = 15;
export const COUPLE = 16;
/** f64 [n · projectionWidth]; 0 where not wanted. */
export const PROJECTIONS = 17;
export const PROJECTION_WIDTH = 18;
/** Members to evaluate in this pass: the first, and how many. */
export const FIRST_MEMBER = 19;
export const MEMBER_COUNT = 20;
/** f64 [members × n]; 0 where not wanted. */
export const MEMBER_ENERGIES = 21;
/** f64 [members of this pass][n·row][3]; 0 where not wanted. */
export const MEMBER_PAIR_FORCES = 22;
/** f64 [members × 3n]. */
export const MEMBER_FORCES = 23;
/** f64 [members][n][9]: what each atom's pair forces add to a member's virial, eV; 0 where not wanted. */
export const MEMBER_VIRIALS = 47;
/** Å, f64 [1]: reach of the list that is being built. */
export const LIST_CUTOFF = 24;
/** Linked cells: i32 [3] bins, i32 [3] reach, i32 [3n] bin of atoms, i32 [bins + 1], i32 [n] atoms in the order of the bins. */
export const BIN_COUNT = 25;
export const BIN_REACH = 26;
export const BIN_OF = 27;
export const BIN_START = 28;
export const BIN_ATOMS = 30;
/** In the order of the bins: positions home in the cell, f64 [n][3]; lattice vectors taken off, i16 [n][4]; atoms' places, i32 [n]. */
export const BIN_POSITIONS = 43;
export const BIN_WRAPS = 29;
export const BIN_PLACE = 44;
/** i64 [threads][n]: how far rows have been read while reverse slots are found. */
export const READ_MARKS = 45;
/** Compact systems: lattice vectors taken off at the latest list, i16 [n][4]. */
export const WRAPS = 46;
/** i32 [3]: which directions repeat. */
export const PERIODIC = 31;
/** i32: the longest row met while building; more than ROW when there was no room. */
export const LONGEST = 32;
/** Bytes of one thread's scratch and where the first begins. */
export const SCRATCH_SIZE = 33;
export const SCRATCH = 34;
/** The potential's tables. */
export const TABLES = 35;
/** i32: blocks of atoms to grade, and [blocks] as `largestCoordinate.wasm.ts` lays them out; f64 [n]. */
export const GRADED_BLOCKS = 36;
export const GRADED = 37;
export const GRADES = 38;
/** Embedded atoms: f64 [n] densities; f64 [n] dF/dρ; but in compact systems [n·row][7] φ'/r, slopes of both densities over r, the vector
 * (Å), and i32 [2]: the neighbour and 1, or 0 after the last. */
export const DENSITIES = 39;
export const EMBEDDING_SLOPES = 40;
export const PAIR_SLOPES = 41;
/**
 * How far sites of an expansion go, for timing: 0 all the way; 1 neighbours, 2 radial functions, 3 harmonics, 4 A, 5 products and
 * densities, 6 their derivatives.
 */
export const STAGES = 42;
/** Words in the block. */
export const SYSTEM_WORDS = 48;

/** Bytes of a thread's scratch while rows are sorted: 256 counters, and two keys and a translation a slot. */
export const LIST_BYTES = 1024;
export const SLOT_BYTES = 24;

/** Bits of a compact neighbour that name the atom; above them 1 + its image along c, b and a, two bits each. */
export const ATOM_BITS = 26;
/** Bytes a slot of an unpacked row: the neighbour, and its lattice translation. */
export const UNPACKED_BYTES = 12;
