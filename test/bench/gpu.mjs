/**
 * Throughput of the backend webgpu: `node test/bench/gpu.mjs [--atoms 1000,10000] [--steps 100] [--ace model.yaml]… [--adapter name] [--json file]`,
 * after `npm run build`. A table, and with --json the same numbers. µs are those of one step of all atoms; `idle` is a step that is
 * halted at once: what launching it costs.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const [
  { openGpu },
  { forceFieldFor },
  forcesModule,
  { steps: stepsOf },
  control,
  { read, storage },
  { slotsAtOnce },
] = await Promise.all([
  from('src/backend/webgpu/device'),
  from('src/backend/webgpu/forceField'),
  from('src/backend/webgpu/deviceForces'),
  from('src/backend/webgpu/steps'),
  from('src/backend/webgpu/control'),
  from('src/backend/webgpu/kernel'),
  from('src/backend/webgpu/extras'),
]);
const { deviceForces, submit, settle } = forcesModule;
const { structureFrom, supercell } = await from('src/core/structure');
const { maxwellBoltzmann } = await from('src/core/velocities');
const { potentials } = await from('potentials/registry');
const { integrators } = await from('integrators/registry');

const { values: options } = parseArgs({
  options: {
    atoms: { type: 'string', default: '1000,10000,100000,1000000' },
    steps: { type: 'string', default: '100' },
    ace: { type: 'string', multiple: true, default: [] },
    adapter: { type: 'string' },
    json: { type: 'string' },
  },
});
const count = Number(options.steps);
const potential = (o) => potentials.create(potentials.schema.parse(o));
const cases = [
  {
    name: 'LJ',
    element: 'Ar',
    a: 5.35,
    temperature: 40,
    potential: potential({ kind: 'lennardJones', set: 'argon' }),
  },
  {
    name: 'EAM',
    element: 'Cu',
    a: 3.615,
    temperature: 600,
    potential: potential({ kind: 'eam', set: 'zhou', elements: ['Cu'] }),
  },
  ...options.ace.map((file) => {
    const ace = potential({ kind: 'ace', file });
    return { name: basename(file), element: ace.elements[0], a: 3.64, temperature: 600, potential: ace };
  }),
];
const integrator = integrators.create(integrators.schema.parse({ kind: 'velocityVerlet', timestep: '1 fs' }));

function crystal({ element, a }, atoms) {
  const repeats = Math.max(2, Math.round(Math.cbrt(atoms / 4)));
  const h = a / 2;
  const cell = structureFrom(
    Array(4).fill(element),
    [0, 0, 0, 0, h, h, h, 0, h, h, h, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  return supercell(cell, [repeats, repeats, repeats]);
}

const gpu = await openGpu(options.adapter);

/** µs of one of `times` runs, after one that warms up. */
async function time(system, times, encode) {
  submit(gpu, encode);
  await read(gpu, system.control);
  const start = performance.now();
  submit(gpu, (pass) => {
    for (let k = 0; k < times; k++) encode(pass);
  });
  await read(gpu, system.control);
  return (1000 * (performance.now() - start)) / times;
}

/** µs of the projections of all atoms. */
async function timeProjections({ system, field }, width) {
  const { projections } = field().extras ?? {};
  if (!projections) return null;
  const n = system.atoms;
  const most = Math.min(n, slotsAtOnce(gpu, width));
  const slots = storage(
    gpu,
    'slots',
    Uint32Array.from({ length: n }, (_, i) => i),
  );
  const rows = storage(gpu, 'projections', 4 * most * width);
  const ranges = Array.from({ length: Math.ceil(n / most) }, (_, k) =>
    storage(gpu, 'range of slots', Uint32Array.of(k * most, (k + 1) * most, 0, 0)),
  );
  const encodes = ranges.map((range) => projections(slots, range, rows));
  const found = await time(system, count, (pass) => {
    for (const encode of encodes) encode(pass);
  });
  for (const b of [slots, rows, ...ranges]) b.destroy();
  return found;
}

async function measure(c, atoms) {
  const s = crystal(c, atoms);
  const n = s.species.length;
  const field = forceFieldFor(gpu, c.potential, s);
  const forces = deviceForces(gpu, c.potential, field, s);
  const { system } = forces;
  try {
    system.upload(s.positions, maxwellBoltzmann(s, c.temperature, 1));
    const steps = stepsOf(gpu, integrator, forces);
    do submit(gpu, forces.encode);
    while ((await settle(gpu, forces)).again);
    const before = (await settle(gpu, forces)).words;
    const step = await time(system, count, steps.encode);
    const { words, fault } = await settle(gpu, forces);
    if (fault !== 0 || words[control.HALT] !== 0) throw new Error(`halted: ${words}, ${fault}`);
    const builds = words[control.BUILDS] - before[control.BUILDS];
    const force = await time(system, count, (pass) => forces.field().encode(pass));
    const projections = await timeProjections(forces, c.potential.projectionWidth);
    // A stale list every time: what one rebuild costs.
    let list = 0;
    for (let k = 0; k < 4; k++) {
      system.set(control.STALE, 1);
      await read(gpu, system.control);
      const start = performance.now();
      submit(gpu, (pass) => forces.list().renew(pass));
      await read(gpu, system.control);
      list = 1000 * (performance.now() - start);
    }
    system.set(control.HALT, control.UNSTABLE);
    const idle = await time(system, count, steps.encode);
    return {
      potential: c.name,
      atoms: n,
      pairs: words[control.PAIRS],
      'Ma steps/s': n / step,
      'step µs': step,
      'forces µs': force,
      'projections µs': projections,
      'list µs': list,
      'lists a step': builds / (count + 1),
      'idle µs': idle,
    };
  } finally {
    forces.dispose();
    field.dispose();
  }
}

const rows = [];
for (const c of cases)
  for (const atoms of options.atoms.split(',').map(Number)) {
    try {
      rows.push(await measure(c, atoms));
    } catch (error) {
      rows.push({ potential: c.name, atoms, refused: error.message });
    }
  }
console.log(`${gpu.name}, ${count} steps, ${new Date().toISOString().slice(0, 10)}`);
console.table(
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([k, x]) => [k, typeof x === 'number' ? Number(x.toPrecision(4)) : x]),
    ),
  ),
);
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ device: gpu.name, steps: count, rows }, null, 2)}\n`);
gpu.dispose();
