/**
 * λ = α/β of greatest marginal likelihood, with the noise level eliminated at its own optimum:
 * ln p(y|λ) = K/2 ln λ + ln|Γ| − ln|R_λ| − N/2 ln(objective at λ). MacKay, Neural Computation 4, 415 (1992).
 */
import type { Algebra } from './algebra.ts';
import type { Factor } from './solve.ts';

/** Decades of λ/unit searched when nothing is known of λ. */
const SEARCH = { from: -24, to: 4, step: 1 };

/** Decades from a λ that was best before: first step uphill and how far it goes. */
const VICINITY = { step: 0.5, reach: 6 };

/** Decades to which λ is settled. */
const SETTLED = 0.02;

/** A decade and the evidence there. */
interface Point {
  readonly decade: number;
  readonly evidence: number;
}

/** The best λ. With `near`, that of slightly fewer rows, its vicinity is searched first. */
export function evidenceLambda(
  algebra: Pick<Algebra, 'ridge'>,
  data: Factor,
  roughness: Float64Array,
  rows: number,
  near?: number,
): number {
  return greatestEvidence(algebra, data, roughness, rows, near).lambda;
}

/** The best λ and ln p(y|λ) there, which says how well a basis explains the same labels as another. */
export function greatestEvidence(
  { ridge }: Pick<Algebra, 'ridge'>,
  data: Factor,
  roughness: Float64Array,
  rows: number,
  near?: number,
): { readonly lambda: number; readonly evidence: number } {
  const unit = largestColumn(data, roughness);
  if (unit === 0) return { lambda: 1, evidence: Number.NEGATIVE_INFINITY };
  const shape = roughness.reduce((sum, g) => sum + Math.log(g), 0);
  const at = (...decades: number[]): Point[] => {
    const lambdas = decades.map((decade) => unit * 10 ** decade);
    return ridge(lambdas.map((lambda) => ({ data, roughness, lambda }))).map(
      ({ objective, logVolume }, k) => {
        const volume = (roughness.length / 2) * Math.log(lambdas[k]) + shape - logVolume;
        return {
          decade: decades[k],
          evidence: volume - (rows / 2) * Math.log(objective + Number.MIN_VALUE),
        };
      },
    );
  };
  const bracket = (near !== undefined && vicinity(at, Math.log10(near / unit))) || everywhere(at);
  const { decade, evidence } = summit(at, bracket);
  return { lambda: unit * 10 ** decade, evidence };
}

type Evaluate = (...decades: number[]) => Point[];
/** In ascending order, the middle no lower than the others. */
type Bracket = readonly [Point, Point, Point];

/** Uphill in steps that double. Undefined where the summit lies farther away. */
function vicinity(at: Evaluate, middle: number): Bracket | undefined {
  let { step } = VICINITY;
  let [low, mid, high] = at(middle - step, middle, middle + step);
  while (Math.abs(mid.decade - middle) <= VICINITY.reach) {
    if (mid.evidence >= low.evidence && mid.evidence >= high.evidence) return [low, mid, high];
    step *= 2;
    if (high.evidence > low.evidence) [low, mid, high] = [mid, high, ...at(high.decade + step)];
    else [low, mid, high] = [...at(low.decade - step), low, mid];
  }
  return undefined;
}

function everywhere(at: Evaluate): Bracket {
  const { from, to, step } = SEARCH;
  const points = at(...Array.from({ length: (to - from) / step + 1 }, (_, k) => from + k * step));
  const best = points.reduce((most, p, k) => (p.evidence > points[most].evidence ? k : most), 0);
  const beyond = (decade: number) => at(decade)[0];
  return [points[best - 1] ?? beyond(from - step), points[best], points[best + 1] ?? beyond(to + step)];
}

/** Most parabolas; a handful does. */
const PATIENCE = 20;

/** The summit by successive parabolas. */
function summit(at: Evaluate, [low, mid, high]: Bracket): Point {
  for (let k = 0; k < PATIENCE; k++) {
    const next = vertex(low, mid, high);
    if (!(Math.abs(next - mid.decade) > SETTLED / 2) || next <= low.decade || next >= high.decade) break;
    const [found] = at(next);
    const [left, right] = next < mid.decade ? [found, mid] : [mid, found];
    if (left.evidence > right.evidence) [mid, high] = [left, right];
    else [low, mid] = [left, right];
  }
  return mid;
}

/** Of the parabola through three points; NaN where they lie on a line. */
function vertex(a: Point, b: Point, c: Point): number {
  const p = (b.decade - a.decade) * (b.evidence - c.evidence);
  const q = (b.decade - c.decade) * (b.evidence - a.evidence);
  return b.decade - ((b.decade - a.decade) * p - (b.decade - c.decade) * q) / (2 * (p - q));
}

/** Largest squared column of RΓ⁻¹: the scale of λ. */
function largestColumn({ width, r }: Factor, roughness: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < roughness.length; j++) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += (r[j * width + i] / roughness[j]) ** 2;
    largest = Math.max(largest, sum);
  }
  return largest;
}
