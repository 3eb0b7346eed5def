/**
 * Rules that both file formats share: what is wrong with a bond, an embedding or a function, in words; undefined when nothing is.
 */
import type { AceBond, AceEmbedding, AceFunction, AceModel } from './model.ts';
import { RADIAL_BASES } from './radial.ts';

/** More functions of one distance than any potential has; what asks for more is a slip that would fill the memory. */
const MOST_RADIAL = 1000;

export function bondFault(b: AceBond): string | undefined {
  if (!(b.cutoff > 0)) return `the cutoff ${b.cutoff} must be greater than zero`;
  if (b.nradbase > MOST_RADIAL) return `${b.nradbase} radial base functions must be at most ${MOST_RADIAL}`;
  if (b.polynomial) return undefined;
  if (!RADIAL_BASES.some((name) => name === b.base) && !b.base.startsWith('TEST_'))
    return `the radial base '${b.base}' must be one of ${RADIAL_BASES.join(', ')}`;
  const [lambda] = b.radparameters;
  if (/^Cheb(?:ExpCos|Pow)$/.test(b.base) && !(lambda > 0))
    return `${b.base} needs a lambda in radparameters, greater than zero, not ${lambda ?? 'none'}`;
  if (!(b.taper >= 0)) return `the width ${b.taper} of the outer cutoff must be at least zero`;
  if (!(b.deltaIn >= 0)) return `the width ${b.deltaIn} of the inner cutoff must be at least zero`;
  if (b.innerCutoff === 'zbl' && b.coreRepulsion[0] !== 0 && b.taper === 0)
    return 'zbl repulsion needs an outer cutoff of some width';
  return undefined;
}

export function embeddingFault(e: AceEmbedding): string | undefined {
  if (e.exponents.some((m) => !(m > 0)))
    return `exponents ${e.exponents.join(', ')} must be greater than zero`;
  if (!(e.coreWidth >= 0)) return `the width ${e.coreWidth} of the core cutoff must be at least zero`;
  return undefined;
}

/** Slots of function `f` of centre `a` against the species and the radial functions there are. */
export function slotFault(
  { elements, bonds }: Pick<AceModel, 'elements' | 'bonds'>,
  a: number,
  { mus, ns, ls }: Pick<AceFunction, 'mus' | 'ns' | 'ls'>,
): string | undefined {
  const within = (x: number, low: number, high: number) => Number.isInteger(x) && x >= low && x <= high;
  for (let t = 0; t < mus.length; t++) {
    if (!within(mus[t], 0, elements.length - 1))
      return `species ${mus[t]} must be 0 to ${elements.length - 1}`;
    const bond = bonds[a * elements.length + mus[t]];
    const pair = `${elements[a]} ${elements[mus[t]]}`;
    if (!bond) return `bond ${pair} has no radial functions; add a block that gives them`;
    const [top, lmax] = mus.length === 1 ? [bond.nradbase, 0] : [bond.nradmax, bond.lmax];
    if (!within(ns[t], 1, top)) return `n = ${ns[t]} must be 1 to ${top} for bond ${pair}`;
    if (!within(ls[t], 0, lmax)) return `l = ${ls[t]} must be 0 to ${lmax} for bond ${pair}`;
  }
  return undefined;
}
