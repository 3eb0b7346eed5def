/**
 * Drift of the energy on a device against f64: `node test/bench/drift.mjs [--ace model.yaml] [--repeat 10] [--steps 100000] [--temperature 600]
 * [--timestep 2] [--seeds 1] [--only webgpu] [--threads 8] [--adapter name] [--json file]`, after `npm run build`. A perfect copper crystal of 4·repeat³ atoms starts with
 * velocities of twice the temperature and is left to itself, on `wasm` and on `webgpu`, from each seed. Drift is the slope of a line through
 * the conserved quantity times the length of the run; the ratio is of the root mean squares over the seeds.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const { backends } = await from('src/backend/registry');
const { crystal } = await from('src/core/prototypes');
const { supercell } = await from('src/core/structure');
const { maxwellBoltzmann } = await from('src/core/velocities');
const { potentials } = await from('potentials/registry');
const { integrators } = await from('integrators/registry');

const { values: options } = parseArgs({
  options: {
    ace: { type: 'string' },
    repeat: { type: 'string', default: '10' },
    steps: { type: 'string', default: '100000' },
    temperature: { type: 'string', default: '600' },
    timestep: { type: 'string', default: '2' },
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    threads: { type: 'string' },
    adapter: { type: 'string' },
    json: { type: 'string' },
  },
});
const [repeat, steps, temperature, seeds] = ['repeat', 'steps', 'temperature', 'seeds'].map((k) =>
  Number(options[k]),
);
const potential = potentials.create(
  potentials.schema.parse(
    options.ace ? { kind: 'ace', file: options.ace } : { kind: 'eam', set: 'zhou', elements: ['Cu'] },
  ),
);
const integrator = integrators.create(
  integrators.schema.parse({ kind: 'velocityVerlet', timestep: `${options.timestep} fs` }),
);
const structure = supercell(crystal('fcc', ['Cu'], 3.64), [repeat, repeat, repeat]);
const atoms = structure.species.length;
const every = Math.max(1, Math.round(steps / 1000));

async function run(backend, seed) {
  const velocities = maxwellBoltzmann(structure, 2 * temperature, seed, true);
  const start = { step: 0, structure, velocities, extended: new Float64Array(0) };
  const engine = await backend.prepare(potential, integrator, start);
  const watch = { interval: every, measures: [] };
  const energies = [];
  const began = performance.now();
  try {
    for (let done = 0; done < steps; done += every) {
      const stop = await engine.advance(every, watch, new AbortController().signal);
      if (stop.reason !== 'finished') throw new Error(stop.detail);
      energies.push(engine.observe().conserved / atoms);
    }
    return {
      drift: slope(energies) * energies.length,
      wobble: Math.max(...energies) - Math.min(...energies),
      temperature: engine.observe().temperature,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    engine.dispose();
  }
}

function slope(values) {
  const middle = (values.length - 1) / 2;
  let over = 0;
  let under = 0;
  values.forEach((e, k) => {
    over += (k - middle) * (e - values[0]);
    under += (k - middle) ** 2;
  });
  return over / under;
}

const rows = [];
const all = [
  { kind: 'wasm', ...(options.threads && { threads: Number(options.threads) }) },
  { kind: 'webgpu', ...(options.adapter && { adapter: options.adapter }) },
];
for (const options_ of all.filter(({ kind }) => (options.only ?? kind) === kind)) {
  const backend = backends.create(options_);
  for (let seed = 1; seed <= seeds; seed++)
    rows.push({
      backend: await backend.describe(),
      kind: options_.kind,
      seed,
      ...(await run(backend, seed)),
    });
}
const rms = (kind) => {
  const drifts = rows.filter((r) => r.kind === kind).map((r) => r.drift);
  return Math.sqrt(drifts.reduce((sum, d) => sum + d * d, 0) / drifts.length);
};
console.log(
  `${options.ace ?? 'EAM'}, ${atoms} Cu, ${steps} steps of ${options.timestep} fs, ${new Date().toISOString().slice(0, 10)}`,
);
console.table(
  rows.map(({ kind: _, ...r }) => ({
    ...r,
    drift: `${r.drift.toExponential(2)} eV/atom`,
    wobble: `${r.wobble.toExponential(2)} eV/atom`,
    temperature: Math.round(r.temperature),
    seconds: Number(r.seconds.toPrecision(3)),
  })),
);
const ratio = options.only ? undefined : rms('webgpu') / rms('wasm');
if (ratio !== undefined)
  console.log(
    `webgpu ${rms('webgpu').toExponential(2)}, wasm ${rms('wasm').toExponential(2)}: ratio ${ratio.toFixed(2)}`,
  );
if (options.json) writeFileSync(options.json, `${JSON.stringify({ atoms, steps, ratio, rows }, null, 2)}\n`);
