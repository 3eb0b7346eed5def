/**
 * The environments that an active set was chosen from, as far as the set holds them: the rows of Â, from Â⁻¹. A row of Â⁻¹ has the
 * size of 1/B_v, so rows are brought to one scale first.
 */
import { inverse, Matrix } from 'ml-matrix';
import { UserError } from '../core/errors.ts';

/** Largest |Â Â⁻¹ − 1| for which the rows of Â still mean something. */
const EXACT = 1e-6;

/** Rows of Â, row-major [size × size]. Throws a UserError where Â⁻¹ is too near to singular; `place` names the set. */
export function knownEnvironments(size: number, inverseRows: Float64Array, place: string): Float64Array {
  const scale = Float64Array.from({ length: size }, (_, v) => {
    const row = inverseRows.subarray(v * size, (v + 1) * size);
    return 1 / (row.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1);
  });
  const M = Matrix.from1DArray(
    size,
    size,
    inverseRows.map((x, k) => x * scale[Math.floor(k / size)]),
  );
  let A: Matrix;
  try {
    A = inverse(M);
  } catch {
    throw refused(place, Number.POSITIVE_INFINITY);
  }
  const error = Matrix.sub(A.mmul(M), Matrix.eye(size)).abs().max();
  if (!(error <= EXACT)) throw refused(place, error);
  return Float64Array.from(A.to1DArray(), (x, k) => x * scale[k % size]);
}

function refused(place: string, error: number): UserError {
  return new UserError(
    `${place}: its environments can be told to ${error.toPrecision(2)} only, must be ${EXACT}; leave it out and give the data it comes from as start.dataset`,
  );
}
