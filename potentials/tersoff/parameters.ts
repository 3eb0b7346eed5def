/**
 * Published Tersoff parameters. A, B in eV; lambda, mu, lambda3 in 1/Å; R, S in Å: the cutoff falls from 1 at R to 0 at S.
 */
export interface TersoffAtom {
  readonly A: number;
  readonly B: number;
  readonly lambda: number;
  readonly mu: number;
  readonly lambda3: number;
  readonly beta: number;
  readonly n: number;
  readonly c: number;
  readonly d: number;
  readonly h: number;
  readonly R: number;
  readonly S: number;
}

export interface TersoffSet {
  readonly atoms: Readonly<Record<string, TersoffAtom>>;
  /** Strengthening χ of unlike bonds, by their elements in alphabetical order; absent where nobody published one. */
  readonly chi: Readonly<Record<string, number>>;
}

/** J. Tersoff, Phys. Rev. B 37, 6991 (1988). */
const Si1988: TersoffSet = {
  atoms: {
    Si: {
      A: 3264.7,
      B: 95.373,
      lambda: 3.2394,
      mu: 1.3258,
      lambda3: 1.3258,
      beta: 0.33675,
      n: 22.956,
      c: 4.8381,
      d: 2.0417,
      h: 0,
      R: 2.8,
      S: 3.2,
    },
  },
  chi: {},
};

/**
 * J. Tersoff, Phys. Rev. B 39, 5566 (1989), with the erratum 41, 3248 (1990); carbon is that of Phys. Rev. Lett. 61,
 * 2879 (1988).
 */
const CSiGe1989: TersoffSet = {
  atoms: {
    C: {
      A: 1393.6,
      B: 346.74,
      lambda: 3.4879,
      mu: 2.2119,
      lambda3: 0,
      beta: 1.5724e-7,
      n: 0.72751,
      c: 38049,
      d: 4.3484,
      h: -0.57058,
      R: 1.8,
      S: 2.1,
    },
    Si: {
      A: 1830.8,
      B: 471.18,
      lambda: 2.4799,
      mu: 1.7322,
      lambda3: 0,
      beta: 1.1e-6,
      n: 0.78734,
      c: 100390,
      d: 16.217,
      h: -0.59825,
      R: 2.7,
      S: 3,
    },
    Ge: {
      A: 1769,
      B: 419.23,
      lambda: 2.4451,
      mu: 1.7047,
      lambda3: 0,
      beta: 9.0166e-7,
      n: 0.75627,
      c: 106430,
      d: 15.652,
      h: -0.43884,
      R: 2.8,
      S: 3.1,
    },
  },
  chi: { 'C-Si': 0.9776, 'Ge-Si': 1.00061 },
};

export const TERSOFF_SETS = { Si1988, CSiGe1989 } as const;
