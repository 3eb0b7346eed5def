/**
 * With x = r/r_e:
 *   f = f_e e^(−β(x−1)) / [1 + (x−λ)²⁰]
 *   φ = A e^(−α(x−1)) / [1 + (x−κ)²⁰] − B e^(−β(x−1)) / [1 + (x−λ)²⁰],   φ_ab = ½ (f_b/f_a φ_aa + f_a/f_b φ_bb)
 *   F = Σ_k F_nk (ρ/ρ_n − 1)^k below ρ_n,   Σ_k F_k (ρ/ρ_e − 1)^k up to 1.15 ρ_e,   F_e [1 − η ln(ρ/ρ_s)] (ρ/ρ_s)^η above
 *
 * X. W. Zhou, R. A. Johnson, H. N. G. Wadley, Phys. Rev. B 69, 144113 (2004).
 *
 * The published functions never end; f and φ are tapered to zero from 0.9 to 1 of the cutoff, √5 times the largest r_e by
 * default. In a perfect crystal the taper then begins beyond the fourth shell (fcc) and the fifth (bcc).
 */
import { UserError } from '../../src/core/errors.ts';
import { pairTable } from '../pairPotential.ts';
import { type RadialFunction, TAPER_FROM, taper } from '../radial.ts';
import type { EamFunctions } from './embeddedAtom.ts';
import { ZHOU, type ZhouElement } from './zhouParameters.ts';

/** `cutoff` in Å. */
export function zhou(elements: readonly string[], cutoff?: number): EamFunctions {
  const metals = elements.map((symbol) => {
    const found = ZHOU.get(symbol);
    if (!found)
      throw new UserError(
        `eam.elements: got ${symbol}, must be one of ${[...ZHOU.keys()].join(', ')} in set zhou; give a setfl file`,
      );
    return found;
  });
  const end = cutoff ?? Math.sqrt(5) * Math.max(...metals.map((metal) => metal.re));
  const inner = TAPER_FROM * end;
  return {
    elements,
    cutoff: end,
    embedding: metals.map(embedding),
    density: metals.flatMap((from) => metals.map(() => taper(density(from), inner, end))),
    pair: pairTable(metals.length, (a, b) =>
      taper(a === b ? pair(metals[a]) : mixedPair(metals[a], metals[b]), inner, end),
    ),
    shape: { breaks: [0, inner, end] },
  };
}

/** c e^(−k(x−1)) / [1 + (x−x₀)²⁰]. */
function decay(c: number, k: number, x0: number, re: number): RadialFunction {
  return (r, out) => {
    const x = r / re;
    const y = x - x0;
    const y2 = y * y;
    const y4 = y2 * y2;
    const y19 = y4 * y4 * y4 * y4 * y2 * y;
    const denominator = 1 + y19 * y;
    out[0] = (c * Math.exp(-k * (x - 1))) / denominator;
    out[1] = (-out[0] * (k + (20 * y19) / denominator)) / re;
  };
}

function density(p: ZhouElement): RadialFunction {
  return decay(p.fe, p.beta, p.lambda, p.re);
}

function pair(p: ZhouElement): RadialFunction {
  const repulsion = decay(p.A, p.alpha, p.kappa, p.re);
  const attraction = decay(p.B, p.beta, p.lambda, p.re);
  return (r, out) => {
    attraction(r, out);
    const e = out[0];
    const de = out[1];
    repulsion(r, out);
    out[0] -= e;
    out[1] -= de;
  };
}

function mixedPair(p: ZhouElement, q: ZhouElement): RadialFunction {
  const [fp, fq, phiP, phiQ] = [density(p), density(q), pair(p), pair(q)];
  const half = (f: RadialFunction, other: RadialFunction, phi: RadialFunction): RadialFunction => {
    return (r, out) => {
      f(r, out);
      const e = out[0];
      const de = out[1];
      other(r, out);
      const ratio = out[0] / e;
      const dratio = (out[1] - ratio * de) / e;
      phi(r, out);
      out[1] = (ratio * out[1] + dratio * out[0]) / 2;
      out[0] = (ratio * out[0]) / 2;
    };
  };
  const [first, second] = [half(fp, fq, phiP), half(fq, fp, phiQ)];
  return (r, out) => {
    first(r, out);
    const e = out[0];
    const de = out[1];
    second(r, out);
    out[0] += e;
    out[1] += de;
  };
}

function embedding(p: ZhouElement): RadialFunction {
  const rhoN = p.lowEnd * p.rhoE;
  const rhoO = 1.15 * p.rhoE;
  return (rho, out) => {
    if (rho < rhoN) cubic(p.low, rho, rhoN, out);
    else if (rho < rhoO) cubic(p.middle, rho, p.rhoE, out);
    else {
      const log = Math.log(rho / p.rhoS);
      const power = Math.exp(p.eta * log);
      out[0] = p.Fe * (1 - p.eta * log) * power;
      out[1] = (-p.Fe * p.eta * p.eta * log * power) / rho;
    }
  };
}

function cubic(c: readonly number[], rho: number, unit: number, out: Float64Array): void {
  const x = rho / unit - 1;
  out[0] = c[0] + x * (c[1] + x * (c[2] + x * c[3]));
  out[1] = (c[1] + x * (2 * c[2] + 3 * x * c[3])) / unit;
}
