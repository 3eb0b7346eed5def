/**
 * H = ½ ln det(2πe Σ) of responses that the members give, taken as normal. They are in units of `scale`, so that H does not
 * depend on theirs. With M members the sample covariance S has rank M − 1 at most, so it is shrunk by the oracle-approximating
 * amount: Σ = (1 − ρ) S + ρ (tr S/q) 1.
 * Chen, Wiesel, Eldar, Hero, IEEE Trans. Signal Process. 58, 5016 (2010), eq. 23.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Variance below which a response counts as certain, in units of its scale: H stays finite. */
const CERTAIN = 1e-16;

/** `responses` [members × q], `scale` [q] > 0. With q = 1: ½ ln(2πe σ²). */
export function vectorEntropy(responses: Float64Array, members: number, scale: Float64Array): number {
  const covariance = shrunkCovariance(responses, members, scale);
  const { lowerTriangularMatrix: L } = new CholeskyDecomposition(covariance);
  let logDet = 0;
  for (let k = 0; k < scale.length; k++) logDet += 2 * Math.log(L.get(k, k));
  return 0.5 * (scale.length * Math.log(2 * Math.PI * Math.E) + logDet);
}

/** Σ in units of `scale`, positive definite. */
function shrunkCovariance(responses: Float64Array, members: number, scale: Float64Array): Matrix {
  const q = scale.length;
  const y = new Matrix(members, q);
  for (let m = 0; m < members; m++) for (let k = 0; k < q; k++) y.set(m, k, responses[m * q + k] / scale[k]);
  y.center('column');
  const sample = y.transpose().mmul(y).div(members);
  const mean = sample.trace() / q;
  const squares = sample.norm('frobenius') ** 2;
  const uneven = squares - q * mean ** 2;
  const wanted = ((1 - 2 / q) * squares + (q * mean) ** 2) / ((members + 1 - 2 / q) * uneven);
  // A single response, or several that vary alike, have nothing to be shrunk.
  const rho = uneven > 1e-12 * squares ? Math.min(1, wanted) : 1;
  return sample.mul(1 - rho).add(Matrix.eye(q, q, rho * mean + CERTAIN));
}
