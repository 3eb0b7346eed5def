/**
 * Events found where there are none: `node test/bench/falseEvents.mjs [--repeat 10] [--atomsteps 1e7] [--temperature 680] [--timestep 2]
 * [--a 3.653] [--seed 1] [--backend wasm] [--adapter name] [--json file]`, after `npm run build`. A perfect copper crystal of 4·repeat³ atoms,
 * half as hot as where it melts, is watched with the defaults. Fails where an event is found. Detection's share is of the time of both.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const { backends } = await from('src/backend/registry');
const { crystal } = await from('src/core/prototypes');
const { supercell } = await from('src/core/structure');
const { maxwellBoltzmann } = await from('src/core/velocities');
const { createDetector } = await from('src/events/detector');
const { detectionSchema } = await from('src/events/options');
const { titleOf } = await from('src/events/title');
const { potentials } = await from('potentials/registry');
const { integrators } = await from('integrators/registry');

const { values: given } = parseArgs({
  options: {
    repeat: { type: 'string', default: '10' },
    atomsteps: { type: 'string', default: '1e7' },
    temperature: { type: 'string', default: '680' },
    timestep: { type: 'string', default: '2' },
    a: { type: 'string', default: '3.653' },
    seed: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'wasm' },
    adapter: { type: 'string' },
    json: { type: 'string' },
  },
});
const [repeat, atomSteps, temperature, a, seed] = ['repeat', 'atomsteps', 'temperature', 'a', 'seed'].map(
  (k) => Number(given[k]),
);
const potential = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
const integrator = integrators.create(
  integrators.schema.parse({
    kind: 'langevin',
    timestep: `${given.timestep} fs`,
    temperature: `${temperature} K`,
    friction: '1 1/ps',
    seed,
  }),
);
const structure = supercell(crystal('fcc', ['Cu'], a), [repeat, repeat, repeat]);
const atoms = structure.species.length;
const velocities = maxwellBoltzmann(structure, 2 * temperature, seed, true);
const start = { step: 0, structure, velocities, extended: new Float64Array(0) };
const backend = backends.create({ kind: given.backend, ...(given.adapter && { adapter: given.adapter }) });
const engine = await backend.prepare(potential, integrator, start);
const evaluator = await backend.evaluator(potential);
const options = detectionSchema.parse({});
const detector = createDetector(options, { ...evaluator, cutoff: potential.cutoff }, start);
const never = new AbortController().signal;
const watch = { interval: options.every, measures: [] };
const steps = Math.ceil(atomSteps / atoms / options.every) * options.every;

let [moving, looking, heat] = [0, 0, 0];
const events = [];
try {
  for (let step = options.every; step <= steps; step += options.every) {
    const began = performance.now();
    const stop = await engine.advance(options.every, watch, never);
    if (stop.reason !== 'finished') throw new Error(stop.detail);
    const moved = performance.now();
    events.push(...(await detector.look(engine.state())));
    moving += moved - began;
    looking += performance.now() - moved;
    heat += engine.observe().temperature / (steps / options.every);
  }
} finally {
  engine.dispose();
  evaluator.dispose();
}
const result = {
  backend: await backend.describe(),
  atoms,
  steps,
  atomSteps: atoms * steps,
  temperature: heat,
  quenches: detector.quenches,
  events: events.length,
  seconds: (moving + looking) / 1000,
  share: looking / (moving + looking),
};
console.log(
  `${result.backend}: ${atoms} Cu, ${steps} steps, ${result.atomSteps.toExponential(2)} atom-steps at ${heat.toFixed(0)} K; ` +
    `${detector.quenches.whole} whole and ${detector.quenches.local} local quenches, ${events.length} events; ` +
    `detection took ${(100 * result.share).toFixed(1)} % of ${result.seconds.toFixed(1)} s`,
);
for (const e of events) console.log(`  false: ${e.between.join('–')} ${titleOf(e)}`);
if (given.json) writeFileSync(given.json, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = events.length > 0 ? 1 : 0;
