import { completeCell } from '../../core/cell.ts';
import { UserError } from '../../core/errors.ts';
import { type Bins, fillBins, type NeighbourList } from '../../core/neighbours.ts';
import type { Structure } from '../../core/structure.ts';
import * as sys from '../../core/systemLayout.ts';
import { outgrown } from '../../core/verletList.ts';
import { FILL_ROWS, FIND_REVERSE } from './commands.ts';
import type { Team } from './team.ts';

/** What a system is apart from where its atoms are. */
export type Composition = Pick<Structure, 'elements' | 'species' | 'periodic'>;

/** What a potential needs beside the list. */
export interface Demands {
  /** Å. */
  readonly cutoff: number;
  /** Whether pair forces are gathered through reverse slots; compact systems never do. */
  readonly reverse: boolean;
  /** Takes arrays that depend on the length of rows; called again whenever rows have become longer. */
  layOut(row: number): void;
  /** Bytes of one thread's scratch, and what each begins with: at most SCRATCH_HEADER bytes. */
  scratch(row: number): number;
  prepareScratch?(buffer: ArrayBufferLike, address: number): void;
}

/** Atoms and their neighbour list in memory that all threads see. */
export interface SharedSystem {
  /** Whether it is laid out for many atoms. */
  readonly compact: boolean;
  /** Of shared memory, by now. */
  bytes(): number;
  /** The system block. */
  readonly words: Int32Array;
  readonly positions: Float64Array;
  readonly cell: Float64Array;
  readonly energies: Float64Array;
  readonly forces: Float64Array;
  /** [n][9]. */
  readonly virials: Float64Array;
  /** Makes the list valid for the positions as they are. */
  renewList(demands: Demands, skin: number): void;
  /** Gives back all that depends on the length of rows; arrays taken now stay, and the next list lays out the rest anew. */
  forgetLayout(): void;
  /** As `buildNeighbours` gives it. */
  list(): NeighbourList;
  /** How often the list has been built, and ms spent on it. */
  readonly built: { count: number; milliseconds: number };
  run(command: number): void;
}

/** Bytes at the beginning of a thread's scratch that the list leaves alone. */
export const SCRATCH_HEADER = 256;
/** Atoms from which on a system is compact: a word a neighbour, and nothing else that grows with pairs. */
export const MANY_ATOMS = 100_000;
/** i16 shifts reach so far. */
const FARTHEST = 32767;

export function sharedSystem(
  team: Team,
  composition: Composition,
  elements: readonly string[],
  compact: boolean,
): SharedSystem {
  const { arena } = team;
  const { species, periodic } = composition;
  const n = species.length;
  const base = arena.mark();
  const words = arena.i32(sys.SYSTEM_WORDS);
  const f64 = (word: number, length: number) => {
    const array = arena.f64(length);
    words[word] = array.byteOffset;
    return array;
  };
  const i32 = (word: number, values: number | ArrayLike<number>) => {
    const array = arena.i32(values);
    words[word] = array.byteOffset;
    return array;
  };
  words[sys.ATOMS] = n;
  const known = composition.elements.map((symbol) => elements.indexOf(symbol));
  const kinds = i32(
    sys.SPECIES,
    Array.from(species, (k) => known[k]),
  );
  const couples = couplesOf(kinds);
  words[sys.COUPLES] = couples.length / 2;
  i32(sys.COUPLE, couples);
  i32(sys.PERIODIC, periodic.map(Number));
  const positions = f64(sys.POSITIONS, 3 * n);
  const cell = f64(sys.CELL, 9);
  const energies = f64(sys.ENERGIES, n);
  const forces = f64(sys.FORCES, 3 * n);
  const virials = f64(sys.VIRIALS, 9 * n);
  const counts = i32(sys.COUNTS, n);
  const binCount = i32(sys.BIN_COUNT, 3);
  const binReach = i32(sys.BIN_REACH, 3);
  const binOf = i32(sys.BIN_OF, 3 * n);
  const packedWraps = i32(sys.BIN_WRAPS, 2 * n);
  const binWraps = new Int16Array(packedWraps.buffer, packedWraps.byteOffset, 4 * n);
  const binAtoms = i32(sys.BIN_ATOMS, n);
  const binPlace = i32(sys.BIN_PLACE, n);
  const binPositions = f64(sys.BIN_POSITIONS, 3 * n);
  const packedHome = i32(sys.WRAPS, compact ? 2 * n : 0);
  const home = new Int16Array(packedHome.buffer, packedHome.byteOffset, 2 * packedHome.length);
  const listCutoff = f64(sys.LIST_CUTOFF, 1);
  const run = (command: number) => team.run(command, words.byteOffset);
  let mark: number | undefined;
  let binRoom = 0;
  /** Never without room: what does not fit is written over the last slot. */
  let row = 2;
  let binStart: Int32Array = new Int32Array(0);
  let readMarks: Float64Array = new Float64Array(0);
  let neighbours: Int32Array = new Int32Array(0);
  let shifts: Int16Array = new Int16Array(0);
  let builtAt: { positions: Float64Array; cell: Float64Array } | undefined;

  const layOut = (demands: Demands, bins: number) => {
    mark ??= arena.mark();
    arena.release(mark);
    binRoom = Math.max(binRoom, bins);
    words[sys.ROW] = row;
    binStart = i32(sys.BIN_START, binRoom);
    neighbours = i32(sys.NEIGHBOURS, n * row);
    if (!compact) {
      const packed = i32(sys.SHIFTS, 2 * n * row);
      shifts = new Int16Array(packed.buffer, packed.byteOffset, 4 * n * row);
      if (demands.reverse) {
        i32(sys.REVERSE, n * row);
        readMarks = f64(sys.READ_MARKS, n * team.threads);
      }
    }
    demands.layOut(row);
    const size =
      Math.ceil(Math.max(SCRATCH_HEADER + sys.LIST_BYTES + sys.SLOT_BYTES * row, demands.scratch(row)) / 64) *
      64;
    words[sys.SCRATCH_SIZE] = size;
    const { buffer, byteOffset } = f64(sys.SCRATCH, (size / 8) * team.threads);
    for (let k = 0; k < team.threads; k++) demands.prepareScratch?.(buffer, byteOffset + k * size);
  };

  const build = (demands: Demands, skin: number) => {
    const s: Structure = { ...composition, positions, cell };
    listCutoff[0] = demands.cutoff + skin;
    const bins = fillBins(s, completeCell(cell), demands.cutoff + skin);
    checkWraps(bins.wraps);
    if (compact) checkImages(bins, n);
    binCount.set(bins.count);
    binReach.set(bins.reach);
    binOf.set(bins.of);
    binAtoms.set(bins.atoms);
    for (let p = 0; p < n; p++) {
      const i = bins.atoms[p];
      binPlace[i] = p;
      for (let x = 0; x < 3; x++) {
        binPositions[3 * p + x] = positions[3 * i + x];
        binWraps[4 * p + x] = bins.wraps[3 * i + x];
        if (compact) home[4 * i + x] = bins.wraps[3 * i + x];
        for (let a = 0; a < 3; a++) binPositions[3 * p + x] -= bins.wraps[3 * i + a] * cell[3 * a + x];
      }
    }
    if (mark === undefined || bins.start.length > binRoom) layOut(demands, bins.start.length);
    for (;;) {
      binStart.set(bins.start);
      words[sys.LONGEST] = 0;
      run(FILL_ROWS);
      const longest = words[sys.LONGEST];
      if (longest <= row) break;
      // Room for the crystal to become a liquid; the next power of the golden mean would waste memory.
      row = 2 * Math.ceil(0.55 * longest + 1);
      layOut(demands, binRoom);
    }
    readMarks.fill(0);
    if (demands.reverse && !compact) run(FIND_REVERSE);
    builtAt = { positions: positions.slice(), cell: cell.slice() };
  };

  const built = { count: 0, milliseconds: 0 };
  return {
    compact,
    bytes: () => arena.mark() - base,
    words,
    built,
    positions,
    cell,
    energies,
    forces,
    virials,
    run,
    renewList(demands, skin) {
      const at = builtAt;
      const stale = !at || outgrown({ positions, cell }, at.positions, at.cell, demands.cutoff, skin);
      if (!stale) return;
      const began = performance.now();
      build(demands, skin);
      built.count++;
      built.milliseconds += performance.now() - began;
    },
    forgetLayout() {
      if (mark !== undefined) arena.release(mark);
      mark = undefined;
      builtAt = undefined;
    },
    list: () =>
      compacted(
        listCutoff[0],
        row,
        counts,
        compact ? (p) => neighbours[p] & ATOM : (p) => neighbours[p],
        compact
          ? (p, i, x) => imageOf(neighbours[p], x) + home[4 * i + x] - home[4 * (neighbours[p] & ATOM) + x]
          : (p, _, x) => shifts[4 * p + x],
      ),
  };
}

/** Two atoms of one element at a time, in ascending order. */
function couplesOf(kinds: Int32Array): Int32Array {
  const waiting = new Map<number, number>();
  const couples: number[] = [];
  kinds.forEach((kind, i) => {
    const other = waiting.get(kind);
    if (other === undefined) waiting.set(kind, i);
    else {
      couples.push(other, i);
      waiting.delete(kind);
    }
  });
  for (const i of waiting.values()) couples.push(i, i);
  return Int32Array.from(couples);
}

function checkWraps(wraps: Int32Array): void {
  for (const w of wraps)
    if (Math.abs(w) > FARTHEST / 2 - 1024)
      throw new UserError(
        `positions: got an atom ${w} cells away from home, must stay within ${FARTHEST / 2 - 1024}; wrap the positions into the cell`,
      );
}

const ATOM = 2 ** sys.ATOM_BITS - 1;

/** Component x of the image that a compact neighbour is. */
function imageOf(packed: number, x: number): number {
  return ((packed >>> (sys.ATOM_BITS + 4 - 2 * x)) & 3) - 1;
}

/** Compact neighbours name atoms and images of the cells next to home. */
function checkImages({ reach, count }: Bins, atoms: number): void {
  if (atoms > ATOM)
    throw new UserError(`atoms: got ${atoms}, must be at most ${ATOM}; take fewer, or another backend`);
  reach.forEach((far, x) => {
    if (far > count[x])
      throw new UserError(
        `cell: got ${atoms} atoms in a cell narrower along ${'abc'[x]} than the potential reaches, must be wider from ${MANY_ATOMS} atoms on; repeat it along ${'abc'[x]}`,
      );
  });
}

function compacted(
  cutoff: number,
  row: number,
  counts: Int32Array,
  neighbour: (p: number) => number,
  shift: (p: number, i: number, x: number) => number,
): NeighbourList {
  const offsets = new Int32Array(counts.length + 1);
  counts.forEach((count, i) => {
    offsets[i + 1] = offsets[i] + count;
  });
  const pairs = offsets[counts.length];
  const indices = new Int32Array(pairs);
  const triples = new Int32Array(3 * pairs);
  counts.forEach((count, i) => {
    for (let p = 0; p < count; p++) {
      indices[offsets[i] + p] = neighbour(i * row + p);
      for (let x = 0; x < 3; x++) triples[3 * (offsets[i] + p) + x] = shift(i * row + p, i, x);
    }
  });
  return { cutoff, offsets, indices, shifts: triples };
}
