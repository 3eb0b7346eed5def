/**
 * Melting point by coexistence: a crystal lies against its liquid at zero pressure; it grows below the melting point and shrinks above, and
 * temperatures are bisected between. J. R. Morris et al., PRB 49, 3109 (1994).
 */
import { integrators } from '../../integrators/registry.ts';
import { localStructure } from '../analysis/localStructure.ts';
import type { Backend } from '../backend/backend.ts';
import { inverse3, transformRows } from '../core/cell.ts';
import type { Potential } from '../core/potential.ts';
import { atomCount, type Structure, structureFrom, supercell, symbolsOf } from '../core/structure.ts';
import { maxwellBoltzmann } from '../core/velocities.ts';
import { plainly } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { relax } from './relax.ts';
import { strained } from './strain.ts';

export interface CoexistenceOptions {
  /** K: between these the melting point is sought. */
  readonly low: number;
  readonly high: number;
  /** K, width of the last bracket; default 50. */
  readonly tolerance?: number;
  /** Cells across and along the normal of the interface; half of these are molten. Default 4 4 12. */
  readonly repeat?: readonly [number, number, number];
  /** fs, of a trial, thrice as long where it is undecided; default 20 ps. */
  readonly time?: number;
  /** fs. */
  readonly timestep?: number;
  readonly seed?: number;
}

export interface MeltingTrial {
  /** K. */
  readonly temperature: number;
  /** Share of atoms whose neighbours lie as in the crystal, at the beginning and at the end. */
  readonly shares: readonly [number, number];
  readonly outcome: 'grew' | 'shrank' | 'undecided';
}

export interface MeltingPoint {
  /** K, the middle of the last bracket. */
  readonly temperature: number;
  /** K, half of it. */
  readonly bar: number;
  readonly trials: readonly MeltingTrial[];
}

/** What dynamics are run by. */
export interface Dynamics {
  readonly backend: Backend;
  readonly potential: Potential;
  readonly signal: AbortSignal;
}

/** By how much the crystal's share must change. */
const DECIDED = 0.3;
/** Å between crystal and liquid when they are put together. */
const GAP = 1;
/** The liquid's cell is longer by this part, room in which to melt. */
const ROOM = 0.06;

/** `crystal` is relaxed, in an orthogonal cell. Throws the signal's reason. */
export async function meltingPoint(
  dynamics: Dynamics,
  crystal: Structure,
  options: CoexistenceOptions,
): Promise<Outcome<MeltingPoint>> {
  const { tolerance = 50 } = options;
  const start = await halfMolten(dynamics, crystal, options);
  const trials: MeltingTrial[] = [];
  const tried = async (temperature: number) => {
    const trial = await coexist(dynamics, start, crystal, temperature, options);
    trials.push(trial);
    return trial.outcome;
  };
  let { low, high } = options;
  while (high - low > tolerance) {
    const middle = (low + high) / 2;
    const outcome = await tried(middle);
    if (outcome === 'undecided') break;
    if (outcome === 'grew') low = middle;
    else high = middle;
  }
  if (low === options.low && (await tried(low)) !== 'grew')
    return failed(`the crystal did not grow even at ${low} K; seek lower, or longer`);
  if (high === options.high && (await tried(high)) !== 'shrank')
    return failed(`the crystal did not shrink even at ${high} K; seek higher, or longer`);
  return found({ temperature: (low + high) / 2, bar: (high - low) / 2, trials });
}

/** Crystal below, liquid above, along the third cell vector. */
export async function halfMolten(
  dynamics: Dynamics,
  crystal: Structure,
  { high, repeat: [na, nb, nc] = [4, 4, 12], timestep = 2, seed = 1, time = 20_000 }: CoexistenceOptions,
): Promise<Structure> {
  const half = supercell(crystal, [na, nb, Math.ceil(nc / 2)]);
  const roomy = strained(half, [0, 0, ROOM, 0, 0, 0]);
  const hot = await advanced(dynamics, roomy, canonical(2 * high, timestep, seed), 2 * high, seed, time / 5);
  const liquid = await advanced(dynamics, hot, canonical(high, timestep, seed), high, seed, time / 10);
  const [bottom, top] = [half.cell[8], liquid.cell[8]];
  const cell = half.cell.slice();
  cell[8] = bottom + top + 2 * GAP;
  const home = broughtHome(liquid).map((x, k) => (k % 3 === 2 ? x + bottom + GAP : x));
  const both = structureFrom([...symbolsOf(half), ...symbolsOf(liquid)], [...half.positions, ...home], cell);
  // Only to part what overlaps.
  return (await relax(plainly(dynamics.potential), both, { cell: false, force: 0.5, steps: 50 })).structure;
}

/** Positions inside the cell, Å, [3n]. */
function broughtHome({ positions, cell }: Structure): Float64Array {
  const f = transformRows(positions, inverse3(cell), new Float64Array(positions.length));
  return transformRows(
    f.map((x) => x - Math.floor(x)),
    cell,
    f,
  );
}

async function coexist(
  dynamics: Dynamics,
  start: Structure,
  crystal: Structure,
  temperature: number,
  { time = 20_000, timestep = 2, seed = 1 }: CoexistenceOptions,
): Promise<MeltingTrial> {
  const kind = localStructure(supercell(crystal, [3, 3, 3]))[0];
  const share = (s: Structure) =>
    localStructure(s).reduce((sum, code) => sum + (code === kind ? 1 : 0), 0) / atomCount(s);
  const integrator = integrators.create(
    integrators.schema.parse({
      kind: 'npt',
      timestep: `${timestep} fs`,
      temperature: `${temperature} K`,
      pressure: '0 GPa',
      cell: 'anisotropic',
      seed,
    }),
  );
  // A tenth of the time for the crystal to warm up and the interface to form.
  let now = await advanced(dynamics, start, integrator, temperature, seed, time / 10);
  const begun = share(now);
  let outcome: MeltingTrial['outcome'] = 'undecided';
  let ended = begun;
  for (let round = 0; round < 3 && outcome === 'undecided'; round++) {
    now = await advanced(dynamics, now, integrator, temperature, seed + round + 1, time);
    ended = share(now);
    if (ended > (1 + DECIDED) * begun) outcome = 'grew';
    if (ended < (1 - DECIDED) * begun) outcome = 'shrank';
  }
  return { temperature, shares: [begun, ended], outcome };
}

function canonical(temperature: number, timestep: number, seed: number) {
  return integrators.create(
    integrators.schema.parse({
      kind: 'langevin',
      timestep: `${timestep} fs`,
      temperature: `${temperature} K`,
      seed,
    }),
  );
}

/** Where it is after `time` (fs), begun with velocities drawn anew. */
async function advanced(
  { backend, potential, signal }: Dynamics,
  structure: Structure,
  integrator: Parameters<Backend['prepare']>[1],
  temperature: number,
  seed: number,
  time: number,
): Promise<Structure> {
  const velocities = maxwellBoltzmann(structure, temperature, seed);
  const state = { step: 0, structure, velocities, extended: new Float64Array(0) };
  const engine = await backend.prepare(potential, integrator, state);
  try {
    const steps = Math.round(time / integrator.timestep);
    const stop = await engine.advance(steps, { interval: 1_000_000, measures: [] }, signal);
    signal.throwIfAborted();
    if (stop.reason === 'unstable') throw new Error(`coexistence at ${temperature} K: ${stop.detail}`);
    return stop.state.structure;
  } finally {
    engine.dispose();
  }
}
