/**
 * Pair repulsion v(r) that every neighbour adds to its centre, beside the expansion:
 *
 *   exponential   A e^(−αr²)/r · (1 + cos(πr/r_c))/2, for `distance` times a step at r_in
 *   zbl           A · ½ · screened Coulomb, shifted to vanish with two derivatives at r_c, times a step over d_c
 *   ACE.jl        ½ Σ_n d_n P_n(r), replaced by ½(e₀ + B e^(−A(r/r_i−1)) r_i/r) below r_i
 *   baseline      ½ of the ZBL pair energy that lies under a learnable model
 *
 * Source: pacemaker; Ziegler, Biersack, Littmark (1985).
 */
import type { RadialFunction } from '../radial.ts';
import { zblPair } from '../zbl/zblPair.ts';
import { type AceBond, type AceModel, atomicNumber, type PolynomialBase } from './model.ts';
import { polynomials, smoothStep } from './radial.ts';

/** v and dv/dr of the ordered pair (a, b); undefined where it is zero throughout. eV, eV/Å. */
export function coreFunction(model: AceModel, a: number, b: number): RadialFunction | undefined {
  const index = a * model.elements.length + b;
  const range = model.baseline?.[index];
  const [za, zb] = [() => atomicNumber(model, a), () => atomicNumber(model, b)];
  if (range) return half(zblPair(za(), zb(), range.inner, range.outer));
  const bond = model.bonds[index];
  if (bond?.polynomial) return polynomialPair(bond.polynomial);
  if (!bond || bond.coreRepulsion[0] === 0) return undefined;
  return bond.innerCutoff === 'zbl' ? shiftedZbl(bond, za(), zb()) : exponential(bond);
}

function half(pair: RadialFunction): RadialFunction {
  return (r, out) => {
    pair(r, out);
    out[0] *= 0.5;
    out[1] *= 0.5;
  };
}

function exponential({ cutoff, coreRepulsion, innerCutoff, rIn, deltaIn }: AceBond): RadialFunction {
  const [A, alpha] = coreRepulsion.map(Math.abs);
  const wave = Math.PI / cutoff;
  const step = new Float64Array([1, 0]);
  return (r, out) => {
    out[0] = 0;
    out[1] = 0;
    if (r >= cutoff || alpha * r * r >= 50) return;
    const v = (A * Math.exp(-alpha * r * r)) / r;
    const dv = -v * (2 * alpha * r + 1 / r);
    const taper = 0.5 * (1 + Math.cos(wave * r));
    const dtaper = -0.5 * wave * Math.sin(wave * r);
    if (innerCutoff === 'distance') smoothStep(r, rIn, deltaIn, step);
    out[0] = v * taper * step[0];
    out[1] = (dv * taper + v * dtaper) * step[0] + v * taper * step[1];
  };
}

const AMPLITUDES = [0.18175, 0.50986, 0.28022, 0.02817] as const;
const RATES = [3.1998, 0.94229, 0.4029, 0.20162] as const;
/** pacemaker's value of e²/(4πε₀), eV Å. */
const CHARGE = 14.399645351950543;

function shiftedZbl({ cutoff, taper: w, coreRepulsion }: AceBond, za: number, zb: number): RadialFunction {
  const size = 0.4685 / (za ** 0.23 + zb ** 0.23);
  const screened = (r: number, out: Float64Array): void => {
    let [phi, dphi, d2phi] = [0, 0, 0];
    for (let k = 0; k < 4; k++) {
      const rate = RATES[k] / size;
      const term = AMPLITUDES[k] * Math.exp(-rate * r);
      phi += term;
      dphi -= rate * term;
      d2phi += rate * rate * term;
    }
    out[0] = phi / r;
    out[1] = (dphi - phi / r) / r;
    out[2] = (d2phi - (2 / r) * (dphi - phi / r)) / r;
  };
  const u = new Float64Array(3);
  screened(cutoff, u);
  const X = (-3 * u[1] + w * u[2]) / w ** 2;
  const Y = (2 * u[1] - w * u[2]) / w ** 3;
  const Q = -u[0] + (w * u[1]) / 2 - (w * w * u[2]) / 12;
  const scale = coreRepulsion[0] * (CHARGE / 2) * za * zb;
  const step = new Float64Array(2);
  return (r, out) => {
    out[0] = 0;
    out[1] = 0;
    if (r >= cutoff) return;
    screened(r, u);
    const t = Math.max(0, r - (cutoff - w));
    const v = u[0] + Q + t ** 3 * (X / 3 + (Y / 4) * t);
    const dv = u[1] + t * t * (X + Y * t);
    smoothStep(r, cutoff, w, step);
    out[0] = scale * v * step[0];
    out[1] = scale * (dv * step[0] + v * step[1]);
  };
}

function polynomialPair({ pair, repulsion }: PolynomialBase): RadialFunction | undefined {
  if (!pair && !repulsion) return undefined;
  const N = pair?.coefficients.length ?? 0;
  const P = new Float64Array(N);
  const dP = new Float64Array(N);
  const base = pair && polynomials(pair, N);
  return (r, out) => {
    out[0] = 0;
    out[1] = 0;
    if (repulsion && r <= repulsion.ri) {
      const { ri, e0, A, B } = repulsion;
      const tail = (B * Math.exp(-A * (r / ri - 1)) * ri) / r;
      out[0] = 0.5 * (e0 + tail);
      out[1] = -0.5 * tail * (A / ri + 1 / r);
      return;
    }
    base?.(r, P, dP);
    pair?.coefficients.forEach((d, n) => {
      out[0] += 0.5 * d * P[n];
      out[1] += 0.5 * d * dP[n];
    });
  };
}
