import { describe, expect, it } from 'vitest';
import { coreFunction } from '../../potentials/ace/core.ts';
import { EMBEDDING_FORMS, embed } from '../../potentials/ace/embedding.ts';
import { harmonics, lmCount, lmIndex } from '../../potentials/ace/harmonics.ts';
import type { AceBond, AceModel } from '../../potentials/ace/model.ts';
import { radialBase, smoothStep } from '../../potentials/ace/radial.ts';
import type { RadialFunction } from '../../potentials/radial.ts';

const K = 6;
const BOND: AceBond = {
  base: 'SBessel',
  cutoff: 5,
  taper: 1.2,
  radparameters: [2.4],
  nradbase: K,
  nradmax: 0,
  lmax: 0,
  radcoefficients: [],
  coreRepulsion: [0, 0],
  innerCutoff: 'distance',
  rIn: 1.5,
  deltaIn: 0.6,
};

/** Central differences of f at x; the error must quarter when h is halved. */
function expectSlope(f: (x: number) => readonly [number, number], x: number): void {
  const error = (h: number) => Math.abs((f(x + h)[0] - f(x - h)[0]) / (2 * h) - f(x)[1]);
  const scale = 1 + Math.abs(f(x)[1]);
  expect(error(1e-3)).toBeLessThan(1e-3 * scale);
  if (error(1e-3) > 1e-8 * scale) expect(error(1e-3) / error(5e-4)).toBeGreaterThan(3.5);
  else expect(error(5e-4)).toBeLessThan(1e-8 * scale);
}

function evaluate(bond: AceBond, r: number): readonly [Float64Array, Float64Array] {
  const [g, dg] = [new Float64Array(bond.nradbase), new Float64Array(bond.nradbase)];
  radialBase(bond)(r, g, dg);
  return [g, dg];
}

describe.each(['ChebExpCos', 'ChebPow', 'ChebLinear', 'SBessel'])('radial base %s', (base) => {
  const bond = { ...BOND, base };

  it('has the slopes it says, through both switching zones', () => {
    for (const r of [1.1, 1.3, 1.45, 2.2, 3.1, 4.2, 4.9])
      for (let k = 0; k < K; k++) {
        expect(Math.abs(evaluate(bond, r)[1][k])).toBeGreaterThan(0);
        expectSlope((x) => {
          const [g, dg] = evaluate(bond, x);
          return [g[k], dg[k]];
        }, r);
      }
  });

  it('is nothing from the cutoff on and where the inner cutoff has taken over', () => {
    for (const r of [0.3, 0.9, 5, 5.2]) expect([...evaluate(bond, r)[0]]).toEqual(new Array(K).fill(0));
    if (base === 'ChebLinear') return;
    for (const g of evaluate(bond, 5 - 1e-7)[0]) expect(Math.abs(g)).toBeLessThan(1e-5);
  });
});

describe('the other rules of radial bases', () => {
  it('SBessel is orthonormal under dr r² within the cutoff', () => {
    const bond = { ...BOND, innerCutoff: 'density', rIn: 0, deltaIn: 0 } as const;
    const steps = 20000;
    const overlap = new Float64Array(K * K);
    for (let t = 0; t < steps; t++) {
      const r = (5 * (t + 0.5)) / steps;
      const [g] = evaluate(bond, r);
      for (let p = 0; p < K; p++)
        for (let q = 0; q < K; q++) overlap[p * K + q] += (g[p] * g[q] * r * r * 5) / steps;
    }
    for (let p = 0; p < K; p++)
      for (let q = 0; q < K; q++) expect(overlap[p * K + q]).toBeCloseTo(p === q ? 1 : 0, 5);
  });

  it('a zbl bond is cut below 1 Å only when delta_in is zero', () => {
    const bond = { ...BOND, innerCutoff: 'zbl' } as const;
    expect(evaluate(bond, 0.8)[0][0]).not.toBe(0);
    expect(evaluate({ ...bond, deltaIn: 0 }, 0.8)[0][0]).toBe(0);
    expect(evaluate({ ...bond, deltaIn: 0 }, 1.1)[0][0]).not.toBe(0);
  });

  it('the smooth step falls from 1 to 0 with value ½ in the middle', () => {
    const at = (x: number): readonly [number, number] => {
      const out = new Float64Array(2);
      smoothStep(x, 2, 0.5, out);
      return [out[0], out[1]];
    };
    expect([at(1.5)[0], at(1.75)[0], at(2)[0]]).toEqual([1, 0.5, 0]);
    for (const x of [1.55, 1.7, 1.9]) expectSlope(at, x);
  });

  it('an unknown name is refused, TEST_ bases are zero', () => {
    expect(() => radialBase({ ...BOND, base: 'Bessel' })).toThrow(/must be one of/);
    expect([...evaluate({ ...BOND, base: 'TEST_x' }, 2)[0]]).toEqual(new Array(K).fill(0));
  });
});

describe('core repulsion of the files', () => {
  const model = (bond: AceBond): AceModel => ({
    form: 'B',
    elements: ['Al'],
    tableSpacing: 0.001,
    centres: [],
    bonds: [bond],
    metadata: new Map(),
    auxdata: new Map(),
  });
  const set = {
    cutoff: 5,
    xl: 0.3,
    xr: 3,
    pl: 2,
    pr: 0,
    r0: 2.5,
    p: 2,
    A: [1, 2, 1.5],
    B: [0, -0.5, 0.2],
    C: [0, 0, -0.6],
  };
  const kinds: Record<string, AceBond> = {
    density: { ...BOND, coreRepulsion: [9, 0.4], innerCutoff: 'density' },
    distance: { ...BOND, coreRepulsion: [9, 0.4], rIn: 4, deltaIn: 2.5 },
    zbl: { ...BOND, coreRepulsion: [1, 1], innerCutoff: 'zbl' },
    'ACE.jl': {
      ...BOND,
      polynomial: {
        ...set,
        pair: { ...set, coefficients: [0.4, -0.2, 0.1] },
        repulsion: { ri: 1.3, e0: -0.5, A: 3, B: 2 },
      },
    },
  };

  it.each(Object.keys(kinds))('%s has the slope it says and ends at the cutoff', (kind) => {
    const v = coreFunction(model(kinds[kind]), 0, 0) as RadialFunction;
    const at = (r: number): readonly [number, number] => {
      const out = new Float64Array(2);
      v(r, out);
      return [out[0], out[1]];
    };
    for (const r of [0.7, 1.2, 2, 3.3, 4.3]) expectSlope(at, r);
    expect(Math.abs(at(1)[0])).toBeGreaterThan(0.1);
    if (kind !== 'ACE.jl') expect(at(5)).toEqual([0, 0]);
  });

  it('of type distance without an inner cutoff there is none', () => {
    const out = new Float64Array(2);
    coreFunction(model({ ...BOND, coreRepulsion: [9, 0.4], rIn: 0, deltaIn: 0 }), 0, 0)!(1, out);
    expect(out[0]).toBe(0);
  });
});

describe('embedding', () => {
  const at =
    (form: (typeof EMBEDDING_FORMS)[number], m: number) =>
    (x: number): readonly [number, number] => {
      const out = new Float64Array(2);
      embed(form, x, m, out);
      return [out[0], out[1]];
    };

  it.each(EMBEDDING_FORMS)('%s is odd, differentiable and tends to sign(x)|x|^m', (form) => {
    for (const m of [0.5, 0.8, 2]) {
      const f = at(form, m);
      for (const x of [0.02, 0.7, 3]) {
        if (x > 0.1) expectSlope(f, x);
        expect(f(-x)[0]).toBe(-f(x)[0]);
        expect(f(-x)[1]).toBe(f(x)[1]);
      }
      expect(f(40)[0]).toBeCloseTo(40 ** m, 8);
    }
  });

  it('passes through zero with finite slope, and is exactly linear for m = 1', () => {
    expect(at('FinnisSinclair', 0.5)(0)).toEqual([0, 1e3]);
    expect(at('FinnisSinclairShiftedScaled', 0.5)(0)[1]).toBeCloseTo(1.25, 14);
    expect(at('FinnisSinclairShiftedScaled', 1)(-0.37)).toEqual([-0.37, 1]);
  });
});

describe('spherical harmonics', () => {
  const lmax = 7;
  const { legendre } = harmonics(lmax);
  const at = (z: number) => {
    const [q, dq] = [new Float64Array(lmCount(lmax)), new Float64Array(lmCount(lmax))];
    legendre(z, q, dq, 0);
    return { q, dq };
  };

  it('obey the addition theorem: Σ_m |Y_lm|² = 2l + 1', () => {
    for (const z of [-0.9, 0.1, 0.64]) {
      const { q } = at(z);
      for (let l = 0; l <= lmax; l++) {
        let sum = q[lmIndex(l, 0)] ** 2;
        for (let m = 1; m <= l; m++) sum += 2 * q[lmIndex(l, m)] ** 2 * (1 - z * z) ** m;
        expect(sum).toBeCloseTo(2 * l + 1, 11);
      }
    }
  });

  it('have the Condon-Shortley phase and the slopes they say', () => {
    const { q } = at(0.6);
    expect(q[lmIndex(1, 1)]).toBeCloseTo(-Math.sqrt(1.5), 14);
    expect(q[lmIndex(1, 0)]).toBeCloseTo(0.6 * Math.sqrt(3), 14);
    expect(q[lmIndex(2, 0)]).toBeCloseTo((Math.sqrt(5) / 2) * (3 * 0.36 - 1), 14);
    for (let k = 0; k < lmCount(lmax); k++) expectSlope((z) => [at(z).q[k], at(z).dq[k]], 0.37);
  });
});
