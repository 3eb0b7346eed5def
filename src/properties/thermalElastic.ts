/**
 * Isothermal elastic constants at a temperature: the cell is first strained until its mean stress vanishes; then
 * C_j = [⟨σ⟩(+δ) − ⟨σ⟩(−δ)]/2δ of canonical averages, fitted to the tensors the point group allows, block by block: the blocks'
 * scatter gives the error. The stress is that of Cauchy, kinetic part included, so C is dσ/dε about the stress-free state.
 * Clavier et al., Mol. Simul. 43, 1413 (2017), explicit deformation.
 */
import { integrators } from '../../integrators/registry.ts';
import type { Backend } from '../backend/backend.ts';
import { heights } from '../core/cell.ts';
import type { MdState } from '../core/mdState.ts';
import type { Potential } from '../core/potential.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import { GPA } from '../core/units.ts';
import { maxwellBoltzmann } from '../core/velocities.ts';
import { allowedFit, elasticTensor } from './elasticTensor.ts';
import { plainly } from './evaluates.ts';
import { allowedTensors, strainsNeeded, symmetrisedStrain } from './mandel.ts';
import { compliance } from './moduli.ts';
import { strained, unitStrain } from './strain.ts';
import type { Symmetry } from './symmetry.ts';

export interface ThermalOptions {
  /** K. */
  readonly temperature: number;
  /** fs, sampled for each strain after a fifth as long of settling, 1 ps at least. */
  readonly time: number;
  /** fs. */
  readonly timestep?: number;
  /** Strain of each ± pair; default 1 %. */
  readonly amplitude?: number;
  /** Å, least height of the cell; default 10. */
  readonly size?: number;
  readonly blocks?: number;
  readonly seed?: number;
}

export interface ThermalElastic {
  readonly temperature: number;
  readonly atoms: number;
  /** Strain of the cell against the one it started from, Voigt. */
  readonly expansion: Float64Array;
  /** GPa, 6×6. */
  readonly C: Float64Array;
  /** GPa, 6×6, standard error of the mean over blocks. */
  readonly error: Float64Array;
  /** GPa, Voigt: stress left in the mean cell. */
  readonly residual: Float64Array;
}

/** How the dynamics of one structure are run. */
interface Dynamics {
  readonly backend: Backend;
  readonly potential: Potential;
  readonly options: Required<ThermalOptions>;
  readonly signal: AbortSignal;
}

/** Steps to the cell free of stress. */
const NEWTON = 3;
/** fs between two samples. */
const STRIDE = 20;
/** fs at least before the first. */
const SETTLING = 1000;

/** `crystal` should be relaxed. Throws the signal's reason, and an Error where the dynamics became unstable. */
export async function thermalElastic(
  backend: Backend,
  potential: Potential,
  crystal: Structure,
  { rotations }: Pick<Symmetry, 'rotations'>,
  given: ThermalOptions,
  signal: AbortSignal,
): Promise<ThermalElastic> {
  const options = { timestep: 2, amplitude: 0.01, size: 10, blocks: 10, seed: 1, ...given };
  const dynamics: Dynamics = { backend, potential, options, signal };
  const [a, b, c] = heights(crystal.cell).map((h) => Math.ceil(options.size / h));
  const large = supercell(crystal, [a, b, c]);
  const expansion = await freeStrain(dynamics, large, crystal, { rotations });
  const there = strained(large, expansion);
  const basis = allowedTensors(rotations);
  const { amplitude, blocks } = options;
  const slopes = new Map<number, readonly Float64Array[]>();
  const residual = new Float64Array(6);
  const needed = strainsNeeded(basis);
  for (const component of needed) {
    const [up, down] = [
      await blockStresses(dynamics, strained(there, unitStrain(component, amplitude))),
      await blockStresses(dynamics, strained(there, unitStrain(component, -amplitude))),
    ];
    slopes.set(
      component,
      up.map((s, k) => s.map((x, i) => (x - down[k][i]) / (2 * amplitude))),
    );
    for (const block of [...up, ...down])
      for (let i = 0; i < 6; i++) residual[i] += block[i] / (2 * blocks * needed.length);
  }
  const tensors = Array.from({ length: blocks }, (_, k) =>
    allowedFit(basis, new Map(needed.map((j) => [j, slopes.get(j)![k]]))),
  );
  const { temperature } = options;
  return { temperature, atoms: atomCount(there), expansion, residual, ...meanAndError(tensors) };
}

function meanAndError(tensors: readonly Float64Array[]): Pick<ThermalElastic, 'C' | 'error'> {
  const n = tensors.length;
  const C = Float64Array.from(tensors[0], (_, k) => tensors.reduce((sum, t) => sum + t[k] / n, 0));
  const error = C.map((mean, k) =>
    Math.sqrt(tensors.reduce((sum, t) => sum + (t[k] - mean) ** 2, 0) / (n * (n - 1))),
  );
  return { C, error };
}

/** Strain at which the mean stress vanishes, Voigt: Newton's steps with the stiffness at rest. */
async function freeStrain(
  dynamics: Dynamics,
  large: Structure,
  crystal: Structure,
  symmetry: Pick<Symmetry, 'rotations'>,
): Promise<Float64Array> {
  const rest = await elasticTensor(plainly(dynamics.potential), crystal, symmetry);
  const S = compliance(rest.C);
  let strain = new Float64Array(6);
  for (let step = 0; step < NEWTON; step++) {
    const blocks = await blockStresses(dynamics, strained(large, strain));
    const stress = blocks[0].map((_, i) => blocks.reduce((sum, b) => sum + b[i] / blocks.length, 0));
    const back = strain.map((_, i) => stress.reduce((sum, x, j) => sum + S[6 * i + j] * x, 0));
    const allowed = symmetrisedStrain(back, symmetry.rotations);
    strain = strain.map((e, i) => e - allowed[i]);
  }
  return strain;
}

/** GPa, Voigt, mean stress of each block. */
async function blockStresses(dynamics: Dynamics, start: Structure): Promise<Float64Array[]> {
  const { temperature, timestep, seed, blocks } = dynamics.options;
  const integrator = integrators.create(
    integrators.schema.parse({
      kind: 'csvr',
      timestep: `${timestep} fs`,
      temperature: `${temperature} K`,
      relaxation: '100 fs',
      seed,
    }),
  );
  const stresses: number[][] = [];
  await sampled(dynamics, integrator, start, (engine) => {
    stresses.push(engine.observe().stress.map((x) => x * GPA));
  });
  const size = Math.floor(stresses.length / blocks);
  return Array.from({ length: blocks }, (_, k) => {
    const block = stresses.slice(k * size, (k + 1) * size);
    return Float64Array.from({ length: 6 }, (_, i) => block.reduce((sum, s) => sum + s[i] / size, 0));
  });
}

type Engine = Awaited<ReturnType<Backend['prepare']>>;

/** Calls `look` every stride after the settling time. */
async function sampled(
  { backend, potential, options, signal }: Dynamics,
  integrator: Parameters<Backend['prepare']>[1],
  structure: Structure,
  look: (engine: Engine) => void,
): Promise<void> {
  const { temperature, time, timestep, seed } = options;
  const velocities = maxwellBoltzmann(structure, temperature, seed);
  const state: MdState = { step: 0, structure, velocities, extended: new Float64Array(0) };
  const engine = await backend.prepare(potential, integrator, state);
  const stride = Math.max(1, Math.round(STRIDE / timestep));
  const advance = async (steps: number) => {
    const stop = await engine.advance(steps, { interval: 1_000_000, measures: [] }, signal);
    signal.throwIfAborted();
    if (stop.reason === 'unstable') throw new Error(`elastic constants at ${temperature} K: ${stop.detail}`);
  };
  try {
    await advance(Math.round(Math.max(time / 5, SETTLING) / timestep));
    for (let step = 0; step < time / timestep; step += stride) {
      await advance(stride);
      look(engine);
    }
  } finally {
    engine.dispose();
  }
}
