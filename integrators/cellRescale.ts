import { multiply3, volume } from '../src/core/cell.ts';
import { normals, STREAM } from '../src/core/philox.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { valueAt } from './schedule.ts';
import type { CellRescale, Integrator } from './substeps.ts';
import { pressureVolume, type System } from './system.ts';
import type { WorkLedger } from './work.ts';

/**
 * Stochastic cell rescaling, with B the bulk modulus and P the internal pressure tensor:
 * isotropic    dε = (P̄ − P₀)/(Bτ) dt + √(2kT/(VBτ)) dW,  X = ε/3,  P̄ = tr P/3
 * otherwise    dX = (P − P₀)/(3Bτ) dt + √(2kT/(3VBτ)) dW, W symmetric,  r → r·exp X,  p → p·exp −X.
 * Bernetti and Bussi, J. Chem. Phys. 153, 114107 (2020); Del Tatto et al., Appl. Sci. 12, 1139 (2022).
 * The exponential brings the Itô term kT/V of their equation for the cell; a symmetric X leaves out mere rotations.
 */
export function cellRescale(
  s: CellRescale,
  { timestep, seed }: Integrator,
  system: System,
  work: WorkLedger,
): () => void {
  const x = new Float64Array(9);
  const pv = new Float64Array(9);
  const gauss = new Float64Array(8);
  const f = new Float64Array(9);
  const inverse = new Float64Array(9);
  const rate = timestep / (s.bulkModulus * s.relaxation);
  return () => {
    const time = (system.step + 1) * timestep;
    const kT = BOLTZMANN * valueAt(s.temperature, time);
    const target = valueAt(s.pressure, time);
    const v = volume(system.cell);
    pressureVolume(system, pv);
    normals(seed, STREAM.barostat, system.step, 0, gauss);
    normals(seed, STREAM.barostat, system.step, 1, gauss.subarray(4));
    x.fill(0);
    if (s.freedom === 'isotropic') {
      const mean = (pv[0] + pv[4] + pv[8]) / (3 * v);
      const epsilon = rate * (mean - target) + Math.sqrt((2 * kT * rate) / v) * gauss[0];
      x[0] = x[4] = x[8] = epsilon / 3;
    } else {
      const width = Math.sqrt((2 * kT * rate) / (3 * v));
      for (let a = 0; a < 3; a++)
        if (s.axes[a]) x[4 * a] = (rate / 3) * (pv[4 * a] / v - target) + width * gauss[a];
      if (s.freedom === 'full')
        for (const [k, [a, b]] of SHEARS.entries())
          x[3 * a + b] = x[3 * b + a] =
            (rate / 3) * (pv[3 * a + b] / v) + width * Math.SQRT1_2 * gauss[3 + k];
    }
    work.strain(x, exponential(x, 1, f), exponential(x, -1, inverse));
  };
}

const SHEARS: readonly (readonly [number, number])[] = [
  [1, 2],
  [0, 2],
  [0, 1],
];

const product = new Float64Array(9);

/** exp(sign·X) by Horner's scheme to eighth order: exact to rounding for |X| < 0.05. */
function exponential(x: Float64Array, sign: number, out: Float64Array): Float64Array {
  out.set(IDENTITY);
  for (let order = 8; order > 0; order--) {
    multiply3(x, out, product);
    for (let k = 0; k < 9; k++) out[k] = IDENTITY[k] + (sign / order) * product[k];
  }
  return out;
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
