/**
 * Complex spherical harmonics with Condon-Shortley phase and Y_00 = 1, for a unit vector (x, y, z) and m ≥ 0:
 *
 *   Y_lm = Q_lm(z) (x + iy)^m,   dQ_lm/dz = −√((l−m)(l+m+1)) Q_l,m+1,   Y_l,−m = (−1)^m conj Y_lm
 *
 * Q_lm = (−1)^m √((2l+1)(l−m)!/(l+m)!) d^m P_l/dz^m. Source: Drautz, Phys. Rev. B 99, 014104 (2019), normalisation of pacemaker.
 */

/** Index of (l, m ≥ 0) in a triangular array. */
export const lmIndex = (l: number, m: number): number => (l * (l + 1)) / 2 + m;

/** Length of a triangular array up to `lmax`. */
export const lmCount = (lmax: number): number => lmIndex(lmax + 1, 0);

export interface Harmonics {
  readonly lmax: number;
  /** Writes Q_lm(z) and dQ_lm/dz at `[offset + lmIndex(l, m)]`. */
  legendre(z: number, q: Float64Array, dq: Float64Array, offset: number): void;
}

export function harmonics(lmax: number): Harmonics {
  const size = lmCount(lmax);
  const up = new Float64Array(size);
  const back = new Float64Array(size);
  const slope = new Float64Array(size);
  for (let l = 0; l <= lmax; l++)
    for (let m = 0; m <= l; m++) {
      const k = lmIndex(l, m);
      slope[k] = -Math.sqrt((l - m) * (l + m + 1));
      if (m > l - 2) continue;
      up[k] = Math.sqrt((4 * l * l - 1) / (l * l - m * m));
      back[k] = Math.sqrt(((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1));
    }
  const legendre = (z: number, q: Float64Array, dq: Float64Array, offset: number): void => {
    q[offset] = 1;
    dq[offset] = 0;
    for (let l = 1; l <= lmax; l++) {
      const row = offset + lmIndex(l, 0);
      const below = row - l;
      const second = below - l + 1;
      q[row + l] = -Math.sqrt(1 + 0.5 / l) * q[below + l - 1];
      q[row + l - 1] = Math.sqrt(2 * l + 1) * z * q[below + l - 1];
      for (let m = l - 2; m >= 0; m--)
        q[row + m] = up[row + m - offset] * (z * q[below + m] - back[row + m - offset] * q[second + m]);
      dq[row + l] = 0;
      for (let m = 0; m < l; m++) dq[row + m] = slope[row + m - offset] * q[row + m + 1];
    }
  };
  return { lmax, legendre };
}
