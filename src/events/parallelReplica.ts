/**
 * Parallel-replica dynamics: R replicas in one basin escape R times as often as one, so that the clock advances by the time of all of
 * them together; it is exact where escapes are of first order, once τ_c has passed without one. A trajectory that has stayed for τ_c
 * goes on as the first replica; the others start from it with velocities and noise of their own and are dephased for τ_d, again where
 * they leave meanwhile. The first to be seen elsewhere is the trajectory from then on: by itself for τ_c, whatever it does, then anew.
 * Replicas take turns of `every` steps, so that "first" is by simulated time, ties by order, and what follows a first escape is never
 * computed: the clock is that of one long trajectory looked at every `every` steps.
 * Voter, Phys. Rev. B 57, R13985 (1998); Perez, Uberuaga, Voter, Comput. Mater. Sci. 100, 90 (2015).
 */
import { extendedLength, type Integrator, targetTemperature } from '../../integrators/substeps.ts';
import type { Backend, Engine, Stop, Watch } from '../backend/backend.ts';
import { UserError } from '../core/errors.ts';
import type { MdState } from '../core/mdState.ts';
import { STREAM, uniforms } from '../core/philox.ts';
import type { Potential } from '../core/potential.ts';
import { maxwellBoltzmann } from '../core/velocities.ts';
import { carriedLength, packed, type Replica, type Replicas, unpacked } from './replicas.ts';

/** Tells basins apart; the steps of the states it is shown are those of the clock. */
export interface Basins {
  /** The basin is that of `state` from now on. */
  enter(state: MdState): Promise<void>;
  /** Whether `state` lies in another one. */
  changed(state: MdState): Promise<boolean>;
  dispose?(): void;
}

/** In steps. */
export interface ReplicaTimes {
  readonly replicas: number;
  /** Without a change of basin, before replicas are made. */
  readonly decorrelation: number;
  /** Of each replica, before its time counts. */
  readonly dephasing: number;
  /** Between two looks. */
  readonly every: number;
}

/** What has been done for how much. */
export type Account = Pick<Replicas, 'clock' | 'work' | 'wall' | 'escapes'> & {
  /** Replicas at work; 1 while a basin is being come to know. */
  readonly replicas: number;
};

export interface ReplicaEngine extends Engine {
  account(): Account;
}

/** A backend whose steps are those of the replicas together; basins are told apart by what `basinsUnder` makes of the potential. */
export function parallelReplica(
  backend: Backend,
  basinsUnder: (potential: Potential) => Promise<Basins>,
  times: ReplicaTimes,
): Backend {
  return {
    ...backend,
    describe: async () =>
      `${(await backend.describe?.()) ?? backend.kind}, ${times.replicas} parallel replicas`,
    async prepare(potential, integrator, start, bias) {
      if (bias)
        throw new UserError(
          `md.acceleration: got a bias (${bias.kind}), must be unbiased for the clock to be right; remove md.bias`,
        );
      return replicaEngine(backend, potential, integrator, start, await basinsUnder(potential), times);
    },
  };
}

/** Replicas that are thrown away before a basin counts as too short-lived for them. */
const ATTEMPTS = 10;

/** Steps count on the clock. Throws a UserError for an integrator under which replicas are not equal. */
export async function replicaEngine(
  backend: Backend,
  potential: Potential,
  integrator: Integrator,
  start: MdState,
  basins: Basins,
  times: ReplicaTimes,
): Promise<ReplicaEngine> {
  const temperature = steadyTemperature(integrator);
  const { every } = times;
  let now = begin(start, integrator, times);
  let engines = new Map<number, Engine>();
  await basins.enter({ ...now.replicas[0].state, structure: now.basin, step: now.clock });

  const engineOf = async (k: number): Promise<Engine> => {
    const { seed, state } = now.replicas[k];
    const engine = engines.get(k) ?? (await backend.prepare(potential, { ...integrator, seed }, state));
    engines.set(k, engine);
    return engine;
  };
  const disposeBut = (kept?: Engine) => {
    for (const engine of engines.values()) if (engine !== kept) engine.dispose();
  };
  let current = await engineOf(now.turn);

  /** As it would be if the replica whose turn it is were where `own` says. */
  const at = (own: MdState): MdState => {
    const back = current.observe().step - own.step;
    const replicas = now.replicas.map(({ seed, state }, k) => {
      if (k === now.turn) return { seed, state: own };
      return { seed, state: engines.get(k)?.state() ?? state };
    });
    return packed({ ...now, clock: now.clock - back, into: now.into - back, replicas }, times.replicas);
  };
  /** A replica's stop as one of all. */
  const outward = (stop: Stop, engine: Engine, state: MdState): Stop => {
    if (stop.reason === 'finished' || stop.reason === 'aborted') return { ...stop, state };
    const ahead = now.clock - engine.observe().step;
    const frames = stop.frames.map((frame) => ({ ...frame, step: frame.step + ahead }));
    return { ...stop, state, step: stop.step + ahead, frames };
  };

  const look = async () => {
    const state = current.state();
    if (await basins.changed({ ...state, step: now.clock })) {
      disposeBut(current);
      const replica = { seed: now.replicas[now.turn].seed, state };
      engines = new Map([[0, current]]);
      now = {
        ...now,
        turn: 0,
        into: 0,
        quiet: 0,
        escapes: now.escapes + 1,
        basin: state.structure,
        replicas: [replica],
      };
      await basins.enter({ ...state, step: now.clock });
      return;
    }
    const alone = now.replicas.length === 1;
    now = {
      ...now,
      into: 0,
      quiet: now.quiet + (alone ? every : 0),
      turn: (now.turn + 1) % now.replicas.length,
    };
    current = await engineOf(now.turn);
  };

  /** Makes the other replicas; comes back with what stops one of them. */
  const dephase = async (watch: Watch, signal: AbortSignal): Promise<Stop | undefined> => {
    const origin = current.state();
    const made: { readonly replica: Replica; readonly engine: Engine }[] = [];
    let { drawn, work } = now;
    let longest = 0;
    const giveUp = () => {
      for (const { engine } of made) engine.dispose();
    };
    while (made.length < times.replicas - 1) {
      let found: Engine | undefined;
      const before = work;
      for (let attempt = 0; attempt < ATTEMPTS && !found; attempt++) {
        const replica = drawReplica(origin, integrator.seed, drawn++, temperature);
        const engine = await backend.prepare(potential, { ...integrator, seed: replica.seed }, replica.state);
        const outcome = await stay(engine, basins, times, watch, signal);
        work += engine.observe().step;
        if (outcome === 'stayed') {
          made.push({ replica, engine });
          found = engine;
          continue;
        }
        const stop = outcome !== 'left' && outward(outcome, engine, at(origin));
        engine.dispose();
        if (!stop) continue;
        giveUp();
        return stop;
      }
      longest = Math.max(longest, work - before);
      if (found) continue;
      giveUp();
      now = { ...now, drawn, work, wall: now.wall + longest, quiet: 0 };
      return undefined;
    }
    const first = { seed: now.replicas[0].seed, state: origin };
    now = { ...now, drawn, work, wall: now.wall + longest, replicas: [first, ...made.map((m) => m.replica)] };
    for (const [k, { engine }] of made.entries()) engines.set(k + 1, engine);
    return undefined;
  };
  const isReady = () => now.replicas.length === 1 && times.replicas > 1 && now.quiet >= times.decorrelation;

  return {
    async advance(steps, watch, signal) {
      for (let left = steps; ; ) {
        const stopped = left > 0 && isReady() ? await dephase(watch, signal) : undefined;
        if (stopped) return stopped;
        const before = current.observe().step;
        const stop = await current.advance(Math.min(left, every - now.into), watch, signal);
        const done = current.observe().step - before;
        // Replicas take turns here; the first of each round stands for the others.
        const wall = now.wall + (now.turn === 0 ? done : 0);
        now = { ...now, clock: now.clock + done, into: now.into + done, work: now.work + done, wall };
        left -= done;
        if (stop.reason !== 'finished') return outward(stop, current, at(stop.state));
        if (now.into >= every) await look();
        if (left <= 0) return { reason: 'finished', state: at(current.state()) };
      }
    },
    observe: () => ({ ...current.observe(), step: now.clock, time: now.clock * integrator.timestep }),
    state: () => at(current.state()),
    trusted: () => at(current.trusted()),
    checks: () => current.checks(),
    account() {
      const { clock, work, wall, escapes, replicas } = now;
      return { clock, work, wall, escapes, replicas: replicas.length };
    },
    dispose() {
      disposeBut();
      basins.dispose?.();
    },
  };
}

/** Dephases one replica. */
async function stay(
  engine: Engine,
  basins: Basins,
  { dephasing, every }: ReplicaTimes,
  watch: Watch,
  signal: AbortSignal,
): Promise<'stayed' | 'left' | Stop> {
  for (let done = 0; done < dephasing; done += every) {
    const stop = await engine.advance(Math.min(every, dephasing - done), watch, signal);
    if (stop.reason !== 'finished') return stop;
    if (await basins.changed(engine.state())) return 'left';
  }
  return 'stayed';
}

/** The `k`th replica of all that were ever drawn. */
function drawReplica({ structure }: MdState, base: number, k: number, temperature: number): Replica {
  const seed = Math.floor(uniforms(base, STREAM.replicas, k, 0, four)[0] * 2 ** 31);
  const velocities = maxwellBoltzmann(structure, temperature, seed);
  return { seed, state: { step: 0, structure, velocities, extended: new Float64Array(0) } };
}

const four = new Float64Array(4);

function begin(start: MdState, integrator: Integrator, { replicas: most }: ReplicaTimes): Replicas {
  const own = extendedLength(integrator);
  const { extended, step, structure } = start;
  const length = own + carriedLength(structure.species.length, most, own);
  if (extended.length === length) return unpacked(start, own);
  if (extended.length !== 0 && extended.length !== own)
    throw new UserError(
      `md.acceleration: got a state with ${extended.length} extended variables, must be ${length} for ${most} replicas; go on with the number of replicas that made it`,
    );
  const replicas = [{ seed: integrator.seed, state: start }];
  return {
    clock: step,
    turn: 0,
    into: 0,
    quiet: 0,
    drawn: 0,
    work: 0,
    wall: 0,
    escapes: 0,
    basin: structure,
    replicas,
  };
}

/** K. Throws a UserError where time or a changing cell would tell replicas apart. */
export function steadyTemperature(integrator: Integrator): number {
  const temperature = targetTemperature(integrator, 0);
  const schedules = integrator.substeps.flatMap((s) => ('temperature' in s ? [s.temperature] : []));
  const deformed = integrator.substeps.some(({ kind }) => kind === 'deform');
  if (
    temperature === undefined ||
    deformed ||
    schedules.some(({ values }) => values.some((T) => T !== temperature))
  )
    throw new UserError(
      `md.acceleration: got integrator ${integrator.kind}, must hold one temperature and strain nothing for parallel replicas; use langevin with a constant temperature`,
    );
  return temperature;
}
