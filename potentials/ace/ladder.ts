/**
 * The simplest functions of every centre, by degree Σ(3n + l + 3) over the slots. A radial function is charged three times an angular one: on
 * silicon, molybdenum and lithium a fit of 1000 functions so chosen errs up to a tenth less in forces than one that charges them alike.
 */
import { type BasisBlock, type BasisFunction, buildBasis, type RankLimits } from './basis.ts';

/** No function goes beyond these, whatever its degree. */
const REACH: RankLimits = { nradmax: [15, 9, 6, 3], lmax: [0, 10, 8, 5] };

const RADIAL = 3;
const SLOT = 3;

/** The degree of the roughest functions within reach. */
const ROUGHEST = Math.max(...REACH.nradmax.map((n, k) => (k + 1) * (RADIAL * n + REACH.lmax[k] + SLOT)));

/** Blocks with the `count` simplest functions of every element, or all within reach where these are fewer. */
export function ladder(elements: readonly string[], count: number): BasisBlock[] {
  for (let most = 4 * SLOT; ; most += SLOT) {
    const blocks = buildBasis({
      elements,
      functions: { ALL: REACH },
      within: (ns, ls) => degree({ ns, ls }) <= most,
    });
    const enough = elements.every((e) => functionsOf(blocks, e).length >= count);
    if (enough || most >= ROUGHEST) return blocks.map((b) => only(b, simplest(blocks, b, count)));
  }
}

/** The `count` simplest of some functions, in the order they have. */
export function simplestOf<F extends Pick<BasisFunction, 'ns' | 'ls'>>(
  functions: readonly F[],
  count: number,
): F[] {
  const kept = new Set([...functions].sort((a, b) => degree(a) - degree(b)).slice(0, count));
  return functions.filter((f) => kept.has(f));
}

/** Pair functions all come first: they are few, and cost next to nothing. An l that is missing counts as 0. */
function degree({ ns, ls }: Pick<BasisFunction, 'ns' | 'ls'>): number {
  if (ns.length === 1) return 0;
  return ns.reduce((sum, n, t) => sum + RADIAL * n + (ls[t] ?? 0) + SLOT, 0);
}

function functionsOf(blocks: readonly BasisBlock[], centre: string): readonly BasisFunction[] {
  return blocks.filter((b) => b.elements[0] === centre).flatMap((b) => b.functions);
}

/** Of all functions of the block's centre; of equal ones the first. */
function simplest(
  blocks: readonly BasisBlock[],
  { elements: [centre] }: BasisBlock,
  count: number,
): ReadonlySet<BasisFunction> {
  const sorted = [...functionsOf(blocks, centre)].sort((a, b) => degree(a) - degree(b));
  return new Set(sorted.slice(0, count));
}

function only(block: BasisBlock, kept: ReadonlySet<BasisFunction>): BasisBlock {
  return { ...block, functions: block.functions.filter((f) => kept.has(f)) };
}
