import { z } from 'zod';
import { element, isElement } from '../../src/core/elements.ts';
import { UserError } from '../../src/core/errors.ts';
import { positive } from '../../src/core/quantity.ts';
import { type LearnableAce, learnableAce } from './ace.ts';
import { type BasisBlock, bondSize, buildBasis, type RankLimits } from './basis.ts';
import { MAX_RANK } from './coupling.ts';
import { ladder } from './ladder.ts';
import { type AceBond, type AceModel, aceFunction, inCanonicalOrder, type ZblRange } from './model.ts';

const count = (low: number) => z.number().int().min(low);

/**
 * A linear expansion over a core repulsion, to be taught. SBessel is the usual base: on silicon, molybdenum and lithium it is as
 * accurate as the Chebyshev families, its functions are orthonormal, and it is smoother at the cutoff.
 */
export const aceRequestSchema = z.strictObject({
  elements: z
    .array(z.string().refine(isElement, { message: 'must be a chemical symbol such as Cu' }))
    .min(1)
    .meta({ description: 'elements the model knows' }),
  cutoff: positive('length').meta({ description: 'outer cutoff of every pair' }),
  radialBase: z
    .enum(['SBessel', 'ChebExpCos', 'ChebPow'])
    .default('SBessel')
    .meta({ description: 'family of radial functions' }),
  lambda: z.number().positive().default(5.25).meta({ description: 'stretch of ChebExpCos and ChebPow' }),
  taper: positive('length')
    .default(0.5)
    .meta({ description: 'width over which ChebExpCos is brought to zero at the cutoff' }),
  nradmax: z.array(count(1)).min(1).max(MAX_RANK).optional().meta({
    description: 'radial functions by rank; [8, 5, 3, 2] for one element, [8, 4, 2, 1] for several',
  }),
  lmax: z
    .array(count(0))
    .min(1)
    .max(MAX_RANK)
    .optional()
    .meta({ description: 'largest l by rank; [0, 4, 2, 1] for one element, [0, 3, 2, 1] for several' }),
  functionsPerElement: count(1)
    .optional()
    .meta({ description: 'keep only the simplest functions, about so many for each element' }),
  ladder: count(1).optional().meta({
    description:
      'so many functions for each element, the simplest of ranks 1 to 4, in the place of nradmax, lmax and functionsPerElement',
  }),
  core: z
    .strictObject({
      rIn: scale('the expansion is in full force beyond this multiple of the covalent distance', 0.6),
      deltaIn: scale('width over which it is switched on, as a multiple of the covalent distance', 0.15),
      zblInner: scale('ZBL repulsion begins to fade here, as a multiple of the covalent distance', 0.5),
      zblOuter: scale('and ends here', 0.8),
    })
    .refine((c) => c.zblInner < c.zblOuter, { message: 'must have zblInner < zblOuter' })
    .refine((c) => c.deltaIn <= c.rIn, { message: 'must have deltaIn ≤ rIn' })
    .prefault({})
    .meta({ description: 'core repulsion, scaled by the sum of the covalent radii of each pair' }),
});

function scale(description: string, usual: number) {
  return z.number().positive().default(usual).meta({ description });
}

export type AceRequest = z.output<typeof aceRequestSchema>;

/** An untaught model: all coefficients and E₀ are zero, so that only the core repulsion acts. */
export function createAce(request: AceRequest): LearnableAce {
  return learnableAce(requestedModel(request));
}

function requestedModel(request: AceRequest): AceModel {
  const elements = [...new Set(request.elements)].sort();
  const blocks = requestedBlocks(request, elements);
  const pairs = elements.flatMap((a) => elements.map((b) => [a, b] as const));
  return inCanonicalOrder({
    form: 'B',
    elements,
    tableSpacing: 0.001,
    centres: elements.map((centre) => ({
      embedding: LINEAR,
      e0: 0,
      functions: blocks
        .filter((b) => b.elements[0] === centre)
        .flatMap((b) => b.functions)
        .map(({ mus, ns, ls, lint }) =>
          aceFunction(
            mus.map((mu) => elements.indexOf(mu)),
            ns,
            ls,
            lint,
            [0],
          ),
        ),
    })),
    bonds: pairs.map(([a, b]) => requestedBond(request, blocks, a, b)),
    baseline: pairs.map(([a, b]) => zblRange(request, a, b)),
    metadata: new Map(),
    auxdata: new Map(),
  });
}

function requestedBlocks(request: AceRequest, elements: readonly string[]): BasisBlock[] {
  const { nradmax, lmax, functionsPerElement } = request;
  if (request.ladder !== undefined) {
    const beside = Object.entries({ nradmax, lmax, functionsPerElement }).find(([, value]) => value);
    if (beside)
      throw new UserError(
        `model.${beside[0]}: got ${beside[1]} beside model.ladder, must be one or the other; leave one of them out`,
      );
    return ladder(elements, request.ladder);
  }
  const given = { ...(nradmax && { nradmax }), ...(lmax && { lmax }) };
  return buildBasis({
    elements,
    functions: { ALL: { ...usualLimits(elements.length), ...given } },
    functionsPerElement,
  });
}

/** 177 functions for one element, 340 per element for two. */
function usualLimits(elements: number): RankLimits {
  return elements === 1
    ? { nradmax: [8, 5, 3, 2], lmax: [0, 4, 2, 1] }
    : { nradmax: [8, 4, 2, 1], lmax: [0, 3, 2, 1] };
}

const LINEAR = {
  form: 'FinnisSinclairShiftedScaled',
  prefactors: [1],
  exponents: [1],
  coreCutoff: 100000,
  coreWidth: 250,
} as const;

/** Å. */
function covalentDistance(a: string, b: string): number {
  return element(a).covalentRadius + element(b).covalentRadius;
}

/** A model that has no repulsion of its own over the ZBL repulsion that new ones get. */
export function overUsualCore(model: AceModel): AceModel {
  const { elements, bonds } = model;
  const core = aceRequestSchema.shape.core.parse({});
  const baseline = bonds.map((bond, k) => {
    const [a, b] = [elements[Math.floor(k / elements.length)], elements[k % elements.length]];
    return zblRange({ core, cutoff: bond!.cutoff }, a, b);
  });
  return { ...model, baseline };
}

function zblRange({ core, cutoff }: Pick<AceRequest, 'core' | 'cutoff'>, a: string, b: string): ZblRange {
  const d = covalentDistance(a, b);
  const outer = core.zblOuter * d;
  if (outer >= cutoff)
    throw new UserError(
      `model.cutoff: got ${cutoff} Å, must exceed the ${outer.toFixed(2)} Å to which ${a}-${b} core repulsion reaches; raise it or lower model.core.zblOuter`,
    );
  return { inner: core.zblInner * d, outer };
}

function requestedBond(request: AceRequest, blocks: readonly BasisBlock[], a: string, b: string): AceBond {
  const size = bondSize(blocks, (request.functionsPerElement ?? request.ladder) !== undefined, a, b);
  // c[n][l][k] = δ_nk: R_nl is the base itself, so the base must hold as many functions as R needs.
  const nradbase = Math.max(size.nradbase, size.nradmax);
  const unit = (n: number) => Array.from({ length: nradbase }, (_, k) => (k === n ? 1 : 0));
  const d = covalentDistance(a, b);
  return {
    base: request.radialBase,
    cutoff: request.cutoff,
    taper: request.taper,
    radparameters: [request.lambda],
    ...size,
    nradbase,
    radcoefficients: Array.from({ length: size.nradmax }, (_, n) =>
      Array.from({ length: size.lmax + 1 }, () => unit(n)),
    ),
    coreRepulsion: [0, 0],
    innerCutoff: 'distance',
    rIn: request.core.rIn * d,
    deltaIn: request.core.deltaIn * d,
  };
}
