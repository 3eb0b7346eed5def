/**
 * Quasi-harmonic: F(V, T) = E(V) + Σ_qν [ħω/2 + k_B T ln(1 − e^{−ħω/k_B T})] per cell, ω of the crystal at that volume, and V(T) where F is
 * least (p = 0); C_p = C_V + α_V² B V T. Born and Huang, Dynamical Theory of Crystal Lattices (1954).
 * Vibrations are harmonic at every volume, so it holds well below melting, and not where a phonon is imaginary: the expansion of two
 * potentials of copper at 300 K comes out 5 and 15 % below that of molecular dynamics.
 */
import { volume } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { BOLTZMANN, GPA, HBAR } from '../core/units.ts';
import { type EquationOfState, fitBirchMurnaghan, type VolumePoint } from './equationOfState.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { forceConstants, phononFrequencies, reciprocalCell } from './phonons.ts';
import { relax } from './relax.ts';
import { strained } from './strain.ts';

export interface QuasiHarmonic {
  /** Linear strain against the crystal at rest without vibrations. */
  readonly strain: number;
  /** 1/K, linear. */
  readonly expansion: number;
  /** k_B/atom at constant volume and at constant pressure. */
  readonly heatV: number;
  readonly heatP: number;
  /** GPa, isothermal. */
  readonly bulk: number;
}

export interface QuasiHarmonicOptions {
  /** Å, least height of the supercell of the force constants; default 10. */
  readonly size?: number;
  /** Wavevectors along each reciprocal vector; default 8. */
  readonly mesh?: number;
  /** Linear strains of the volumes; default −0.5 to 2.5 % in steps of 0.5. */
  readonly strains?: readonly number[];
  /** As molecular dynamics has it, k_B T for each vibration, instead of Bose and Einstein's; default false. */
  readonly classical?: boolean;
}

const STRAINS = [-0.005, 0, 0.005, 0.01, 0.015, 0.02, 0.025];
/** Volumes without which the fit is not one. */
const FEWEST = 5;

/** A crystal at one volume. */
export interface VibratingVolume {
  /** Å³/atom. */
  readonly volume: number;
  /** eV/atom, at rest. */
  readonly energy: number;
  /** 1/fs, of all wavevectors of the mesh. */
  readonly frequencies: Float64Array;
}

/** Of a relaxed crystal, best in its smallest cell, whose shape is fixed by symmetry, at several volumes. */
export async function vibratingVolumes(
  evaluates: Evaluates,
  relaxed: Structure,
  { size = 10, mesh = 8, strains = STRAINS }: QuasiHarmonicOptions = {},
): Promise<Outcome<VibratingVolume[]>> {
  const volumes: VibratingVolume[] = [];
  const n = atomCount(relaxed);
  for (const e of strains) {
    const scaled = strained(relaxed, [e, e, e, 0, 0, 0]);
    const { structure, converged, failure, energy } = await relax(evaluates, scaled, {
      cell: false,
      force: 1e-5,
    });
    if (!converged) return failed(`at ${(100 * e).toFixed(1)} % strain: ${failure}`);
    const constants = await forceConstants(evaluates, structure, { size });
    const frequencies = onMesh(structure.cell, mesh, (q) => phononFrequencies(constants, q));
    if (frequencies.some((w) => w <= 0)) {
      // Wider crystals are softer still.
      if (volumes.length >= FEWEST) break;
      return failed(`at ${(100 * e).toFixed(1)} % strain: a phonon is imaginary`);
    }
    volumes.push({ volume: volume(scaled.cell) / n, energy: energy / n, frequencies });
  }
  return found(volumes);
}

/** Moved off Γ by half a step. */
function onMesh(cell: Float64Array, mesh: number, at: (q: readonly number[]) => Float64Array): Float64Array {
  const b = reciprocalCell(cell);
  const all: number[] = [];
  const part = (k: number) => (k + 0.5) / mesh;
  // ω(−q) = ω(q): half of the first direction is enough.
  for (let i = 0; i < mesh / 2; i++)
    for (let j = 0; j < mesh; j++)
      for (let k = 0; k < mesh; k++)
        all.push(...at([0, 1, 2].map((x) => part(i) * b[x] + part(j) * b[3 + x] + part(k) * b[6 + x])));
  return Float64Array.from(all);
}

/** K, to either side, for the derivative of the volume. */
const SIDE = 5;

/** At a temperature (K), `volumes` those of {@link vibratingVolumes}. */
export function quasiHarmonic(
  volumes: readonly VibratingVolume[],
  temperature: number,
  classical = false,
): Outcome<QuasiHarmonic> {
  const at = (T: number) =>
    leastOf(
      volumes.map((v) => ({ volume: v.volume, energy: v.energy + freeEnergy(v.frequencies, T, classical) })),
    );
  const [colder, here, warmer] = [temperature - SIDE, temperature, temperature + SIDE].map(at);
  const rest = leastOf(volumes);
  for (const fit of [colder, here, warmer, rest]) if (fit.failure !== undefined) return fit;
  const { V0, B0 } = here.value!;
  const expansion = Math.log(warmer.value!.V0 / colder.value!.V0) / (6 * SIDE);
  const heats = volumes.map((v) => heatCapacity(v.frequencies, temperature, classical));
  const heatV = interpolated(
    volumes.map((v) => v.volume),
    heats,
    V0,
  );
  const gained = ((9 * expansion ** 2 * B0) / GPA) * V0 * temperature;
  return found({
    strain: Math.cbrt(V0 / rest.value!.V0) - 1,
    expansion,
    heatV,
    heatP: heatV + gained / BOLTZMANN,
    bulk: B0,
  });
}

/** eV/atom by which a fit may miss its points: splined potentials may have kinks that hot atoms do not feel. */
const ROUGHEST = 5e-5;

/** The fit about the least energy: far from it a potential may bend as no equation of state does. */
function leastOf(points: readonly VolumePoint[]): Outcome<EquationOfState> {
  const rough = fitBirchMurnaghan(points);
  if (rough.failure !== undefined) return rough;
  if (rough.value.misfit > ROUGHEST)
    return failed(
      `the free energy is not smooth in volume: its fit is off by ${(1e3 * rough.value.misfit).toFixed(2)} meV/atom; only molecular dynamics can tell`,
    );
  const away = (p: VolumePoint) => Math.abs(p.volume - rough.value.V0);
  return fitBirchMurnaghan([...points].sort((p, q) => away(p) - away(q)).slice(0, FEWEST));
}

/** eV/atom. */
function freeEnergy(frequencies: Float64Array, T: number, classical: boolean): number {
  const kT = BOLTZMANN * T;
  let sum = 0;
  for (const w of frequencies) {
    const x = (HBAR * w) / kT;
    sum += classical ? kT * Math.log(x) : (HBAR * w) / 2 + kT * Math.log1p(-Math.exp(-x));
  }
  return (3 * sum) / frequencies.length;
}

/** k_B/atom at constant volume. */
function heatCapacity(frequencies: Float64Array, T: number, classical: boolean): number {
  if (classical) return 3;
  let sum = 0;
  for (const w of frequencies) {
    const half = (HBAR * w) / (2 * BOLTZMANN * T);
    sum += (half / Math.sinh(half)) ** 2;
  }
  return (3 * sum) / frequencies.length;
}

function interpolated(x: readonly number[], y: readonly number[], at: number): number {
  const k = Math.max(
    1,
    Math.min(
      x.length - 1,
      x.findIndex((v) => v > at),
    ),
  );
  return y[k - 1] + ((at - x[k - 1]) / (x[k] - x[k - 1])) * (y[k] - y[k - 1]);
}
