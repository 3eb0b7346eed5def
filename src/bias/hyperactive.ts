/**
 * Hyperactive bias: E_b = E − τσ with σ = rms_m (E_m − Ē), the committee's spread of the total energy over its M members, so that
 * F_b = F + τ∇σ, ∇σ = Σ_m (E_m − Ē) ∇E_m / (Mσ). No atom's share grows with the size of the system: ‖∇_i σ‖ ≤ rms_m ‖∇_i (E_m − Ē)‖.
 * τ = τ_r ⟨|F|⟩/⟨|∇σ|⟩, means over atoms and running over time, or given. Where τ|∇_i σ| would exceed the cap on some atom, τ is
 * lowered for all of them, so that the bias never pushes the system as a whole.
 * van der Oord, Sachs, Kovács, Ortner, Csányi, npj Comput. Mater. 9, 168 (2023).
 */
import { z } from 'zod';
import type { Evaluation } from '../core/potential.ts';
import { positive } from '../core/quantity.ts';
import { entry } from '../core/registry.ts';
import type { Bias } from './bias.ts';

const schema = z.object({
  strength: z.number().positive().default(0.4).meta({
    description:
      'τ, or as a share of the mean force: 0.4 leaves known ground soon, 0.1 can hardly be told from no bias',
  }),
  scale: z.enum(['relative', 'absolute']).default('relative').meta({
    description: 'relative: strength is the mean bias force over the mean force; absolute: it is τ',
  }),
  memory: z
    .int()
    .positive()
    .default(100)
    .meta({ description: 'steps over which mean forces run; only of a relative strength' }),
  cap: positive('force')
    .prefault('1 eV/Å')
    .meta({ description: 'of the bias force on any atom; beyond it the whole bias is lowered' }),
});
export type HyperactiveOptions = z.output<typeof schema>;

export const hyperactive = entry<Bias, typeof schema>({
  kind: 'hyperactive',
  schema,
  create({ strength, scale, memory: window, cap }) {
    const spread = { value: 0, forces: new Float64Array(0), virial: new Float64Array(9) };
    return {
      kind: 'hyperactive',
      memory: scale === 'relative' ? 2 : 0,
      needs: ['memberEnergies', 'memberForces', 'memberVirials'],
      term(e, memory, moved) {
        if (spread.forces.length !== e.forces.length) spread.forces = new Float64Array(e.forces.length);
        slopeOfSpread(e, spread);
        const { mean, most } = lengths(spread.forces);
        const wanted =
          scale === 'absolute'
            ? strength
            : strength * ratio(memory, lengths(e.forces).mean, mean, moved, window);
        const tau = most * wanted > cap ? cap / most : wanted;
        for (let k = 0; k < spread.forces.length; k++) spread.forces[k] *= tau;
        for (let k = 0; k < 9; k++) spread.virial[k] *= tau;
        return { strength: tau, ...spread };
      },
    };
  },
});

/** σ, +∇σ in place of forces and +∂σ/∂ε in place of the virial. */
function slopeOfSpread(
  { memberEnergies, memberForces, memberVirials, energies }: Evaluation,
  out: { value: number; readonly forces: Float64Array; readonly virial: Float64Array },
): void {
  const { forces, virial } = out;
  const n = energies.length;
  const M = memberEnergies.length / n;
  const total = Array.from({ length: M }, (_, m) => sum(memberEnergies, m * n, n));
  const mean = sum(total, 0, M) / M;
  const sigma = Math.sqrt(total.reduce((s, E) => s + (E - mean) ** 2, 0) / M);
  out.value = sigma;
  forces.fill(0);
  virial.fill(0);
  if (sigma === 0) return;
  for (let m = 0; m < M; m++) {
    const w = (total[m] - mean) / (M * sigma);
    for (let k = 0; k < forces.length; k++) forces[k] -= w * memberForces[m * forces.length + k];
    for (let k = 0; k < 9; k++) virial[k] -= w * memberVirials[9 * m + k];
  }
}

/** ⟨|F|⟩/⟨|∇σ|⟩ by the running means in `memory` [2]; 0 where nothing disagrees. Both begin with what is seen first. */
function ratio(memory: Float64Array, force: number, slope: number, moved: boolean, window: number): number {
  if (memory[0] === 0 && memory[1] === 0) memory.set([force, slope]);
  else if (moved) {
    memory[0] += (force - memory[0]) / window;
    memory[1] += (slope - memory[1]) / window;
  }
  return memory[1] > 0 ? memory[0] / memory[1] : 0;
}

function lengths(vectors: Float64Array): { readonly mean: number; readonly most: number } {
  let [all, most] = [0, 0];
  for (let k = 0; k < vectors.length; k += 3) {
    const length = Math.hypot(vectors[k], vectors[k + 1], vectors[k + 2]);
    all += length;
    most = Math.max(most, length);
  }
  return { mean: all / (vectors.length / 3), most };
}

function sum(values: ArrayLike<number>, from: number, count: number): number {
  let total = 0;
  for (let k = from; k < from + count; k++) total += values[k];
  return total;
}
