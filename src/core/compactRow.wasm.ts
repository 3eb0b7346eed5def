/**
 * Rows of compact systems: one 32-bit word a neighbour, the atom and which image of it, both brought home into the cell.
 * Translations as the rest of the program knows them follow from the lattice vectors that brought the two atoms home.
 */
import * as sys from './systemLayout';
import { address } from './simd.wasm';

const ATOM = (1 << sys.ATOM_BITS) - 1;

/** The atom that slot `p` of a row holds. */
// @ts-ignore: decorator
@inline
export function atomAt(row: usize, p: i32): i32 {
  return load<i32>(row + (<usize>p << 2)) & ATOM;
}

/** A neighbour of i and its translation, i16 [4] at `shift`, as one word. */
export function packNeighbour(s: usize, i: i32, j: i32, shift: usize): u32 {
  const wraps = address(s, sys.WRAPS);
  const home = i16x8.sub(v128.load64_zero(wraps + (<usize>j << 3)), v128.load64_zero(wraps + (<usize>i << 3)));
  const image = i16x8.add(v128.load64_zero(shift), home);
  const a = i16x8.extract_lane_s(image, 0) + 1;
  const b = i16x8.extract_lane_s(image, 1) + 1;
  const c = i16x8.extract_lane_s(image, 2) + 1;
  return <u32>j | (<u32>((a << 4) | (b << 2) | c) << sys.ATOM_BITS);
}

/** Images of one atom into ascending order, which is that of their shifts. */
export function sortPacked(row: usize, count: i32): void {
  for (let p = 1; p < count; p++) {
    const key = load<u32>(row + (<usize>p << 2));
    let q = p;
    for (; q > 0 && atomAt(row, q - 1) == (<i32>key & ATOM) && load<u32>(row + (<usize>(q - 1) << 2)) > key; q--)
      store<u32>(row + (<usize>q << 2), load<u32>(row + (<usize>(q - 1) << 2)));
    store<u32>(row + (<usize>q << 2), key);
  }
}

/** The row of atom i as other systems store theirs: translations of all `capacity` slots at `to`, then neighbours. */
export function unpackRow(s: usize, i: i32, row: usize, count: i32, capacity: i32, to: usize): void {
  const wraps = address(s, sys.WRAPS);
  const own = v128.load64_zero(wraps + (<usize>i << 3));
  const atoms = to + (<usize>capacity << 3);
  for (let p: usize = 0; p < <usize>count; p++) {
    const key = load<u32>(row + (p << 2));
    const j = <usize>(key & ATOM);
    const image = <i32>(key >> sys.ATOM_BITS);
    const along = i16x8(<i16>((image >> 4) - 1), <i16>(((image >> 2) & 3) - 1), <i16>((image & 3) - 1), 0, 0, 0, 0, 0);
    const shift = i16x8.sub(i16x8.add(along, own), v128.load64_zero(wraps + (j << 3)));
    v128.store64_lane(to + (p << 3), shift, 0);
    store<i32>(atoms + (p << 2), <i32>j);
  }
}
