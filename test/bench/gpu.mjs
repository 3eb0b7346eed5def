/**
 * The backend webgpu on the adapter at hand: `node test/bench/gpu.mjs [--atoms 1e3,1e4] [--steps 100] [--repeats 5] [--intervals 1,10,100]
 * [--ace model.yaml]… [--only LJ,EAM] [--seconds 2] [--unchecked] [--checked] [--peak TFLOP/s,GB/s] [--adapter name] [--json file]`, after
 * `npm run build`.
 *
 * LJ, EAM and expansions: those given, else the copper ones of the reference data beside the checkout, where they are. Steps are encoded and
 * submitted as the engine does it, in its batches; every so many are checked, which is grading, where there are grades, and the recorder.
 * What is measured of a system is measured in turn in every repeat; numbers are medians. `advance` is the engine itself, which brings the
 * state home at the end. `--seconds` cuts every run to about as long, and leaves out checks that would come less than once. `--unchecked`
 * is without the checks of bounds that Dawn adds, `--checked` is with those of commands too. The file is written again after every system. `--counts` prints what kernels
 * do for an atom, and needs no adapter.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const load = (path, ...names) => Promise.all(names.map((name) => from(`${path}/${name}`)));
const [
  { LEAN, openGpu, UNCHECKED },
  { forceFieldFor },
  { deviceForces, submit, settle },
  { batchOf, steps: stepsOf, submitSteps },
] = await load('src/backend/webgpu', 'device', 'forceField', 'deviceForces', 'steps');
const [{ deviceRecorder }, { screenFor }, control, { profile }, { CARD, deviceBytes, requireRoomFor }] =
  await load('src/backend/webgpu', 'deviceRecorder', 'screen', 'control', 'profile', 'memory');
const [{ kernelCosts }, { webgpuBackend }] = await load('src/backend/webgpu', 'kernelCosts', 'webgpuBackend');
const [{ crystal }, { supercell }, { maxwellBoltzmann }, { buildNeighbours }] = await load(
  'src/core',
  'prototypes',
  'structure',
  'velocities',
  'neighbours',
);
const { extrapolationGrade } = await from('src/uncertainty/extrapolationGrade');
const { potentials } = await from('potentials/registry');
const { integrators } = await from('integrators/registry');

const { values: options } = parseArgs({
  options: {
    atoms: { type: 'string' },
    steps: { type: 'string' },
    repeats: { type: 'string' },
    intervals: { type: 'string' },
    ace: { type: 'string', multiple: true },
    peak: { type: 'string' },
    adapter: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string' },
    unchecked: { type: 'boolean', default: false },
    checked: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
  },
});
const list = (text) => text.split(',').map(Number);
const gpu = options.counts
  ? { ...CARD, dispose() {} }
  : await openGpu(options.adapter, options.unchecked ? UNCHECKED : options.checked ? [] : LEAN);
/** Correctness only: sizes that are done in about a minute. */
const software = /swiftshader|llvmpipe|lavapipe|basic render/i.test(gpu.name);
const sizes = list(options.atoms ?? (software ? '108' : '1e3,1e4,1e5,1e6,1e7'));
const allSteps = Number(options.steps ?? (software ? 5 : 100));
const repeats = Number(options.repeats ?? (software ? 2 : 5));
const longest = Number(options.seconds ?? Number.POSITIVE_INFINITY);
const allIntervals = list(options.intervals ?? (software ? '1,5' : '1,10,100'));
const [peakFlops, peakBytes] = options.peak ? list(options.peak).map((x, k) => x * [1e12, 1e9][k]) : [];

const REFERENCE = new URL('../../../shared/reference/ace/', import.meta.url);
const files =
  options.ace ??
  ['Cu-I.yaml', 'Cu.pbe.in.yaml'].map((f) => fileURLToPath(new URL(f, REFERENCE))).filter(existsSync);
const potential = (o) => potentials.create(potentials.schema.parse(o));
const copper = { element: 'Cu', a: 3.64, temperature: 600 };
const cases = [
  {
    name: 'LJ',
    element: 'Ar',
    a: 5.35,
    temperature: 40,
    potential: potential({ kind: 'lennardJones', set: 'argon' }),
  },
  { name: 'EAM', ...copper, potential: potential({ kind: 'eam', set: 'zhou', elements: ['Cu'] }) },
  ...files.map((file) => {
    const ace = potential({ kind: 'ace', file });
    return { name: basename(file), ...copper, element: ace.elements[0], potential: ace };
  }),
].filter(({ name }) => options.only === undefined || options.only.split(',').includes(name));
const verlet = integrators.create(integrators.schema.parse({ kind: 'velocityVerlet', timestep: '1 fs' }));

function crystalOf({ element, a }, atoms) {
  const repeat = Math.max(2, Math.round(Math.cbrt(atoms / 4)));
  return supercell(crystal('fcc', [element], a), [repeat, repeat, repeat]);
}

/** γ by an active set of the right size, which costs what any costs: the largest coordinates of the crystal itself, on a diagonal. */
function watchFor(c, interval) {
  const { projectionWidth: K, elements } = c.potential;
  if (K === 0 || c.potential.apart?.includes('projections')) return { interval, measures: [] };
  const s = crystalOf(c, 32);
  const { projections } = c.potential.evaluate(s, buildNeighbours(s, c.potential.cutoff), ['projections']);
  const inverse = new Float64Array(K * K);
  for (let v = 0; v < K; v++) inverse[v * K + v] = 1 / Math.max(1e-3, Math.abs(projections[v]));
  const activeSet = [{ element: c.element, size: K, inverse }];
  const measure = extrapolationGrade.create({})({ activeSet });
  if (elements.length > 1) throw new Error(`${c.name}: got ${elements.length} elements, must be one`);
  return { interval, measures: [{ measure, select: 1e6, pause: 1e9 }] };
}

const median = (values) => values.toSorted((p, q) => p - q)[values.length >> 1];
/** Of a promise, µs. */
async function time(work) {
  const start = performance.now();
  await work();
  return 1000 * (performance.now() - start);
}

/** A system as the engine has it, and what is done with it. */
function subject(c, s) {
  const field = forceFieldFor(gpu, c.potential, s);
  const forces = deviceForces(gpu, c.potential, field, s);
  const { system } = forces;
  const steps = stepsOf(gpu, verlet, forces);
  const recorder = deviceRecorder(system);
  const screen = screenFor(gpu, forces, s, c.potential.projectionWidth, watchFor(c, 1));
  system.upload(s.positions, maxwellBoltzmann(s, c.temperature, 1));
  const check = (pass) => {
    screen?.encode(pass);
    recorder.encode(pass);
  };
  /** The words of control. */
  async function done() {
    const { words, fault } = await settle(gpu, forces);
    if (fault !== 0 || words[control.HALT] !== 0) throw new Error(`halted: ${words}, ${fault}`);
    return words;
  }
  return {
    forces,
    steps,
    check,
    done,
    async begin() {
      do submit(gpu, forces.encode);
      while ((await settle(gpu, forces)).again);
    },
    /** `many` steps, of which every `interval`-th is checked; how often one found that its list no longer held. */
    async go(many, interval = Number.POSITIVE_INFINITY) {
      const encode = (pass, step) => {
        steps.encode(pass, step);
        if (step % interval === 0) check(pass);
      };
      let late = 0;
      let [step] = (await done()).slice(control.STEP);
      for (const goal = step + many; step < goal; ) {
        const to = Math.min(goal, step + batchOf(s.species.length));
        submitSteps(gpu, step + 1, to, encode);
        for (;;) {
          const { words, again, fault } = await settle(gpu, forces);
          step = words[control.STEP];
          if (fault !== 0 || (words[control.HALT] !== 0 && !again))
            throw new Error(`halted: ${words}, ${fault}`);
          if (!again) break;
          late++;
          submit(gpu, steps.encodeRest);
          submitSteps(gpu, step + 2, to, encode);
        }
      }
      return late;
    },
    dispose() {
      screen?.dispose();
      forces.dispose();
      field.dispose();
    },
  };
}

/** Every array made through this is given back with `dispose`. */
function lent() {
  const arrays = [];
  const dispose = () => {
    for (const a of arrays) a.destroy();
  };
  return { ...gpu, keep: (array) => arrays.push(array), dispose };
}

async function measure(c, atoms) {
  const s = crystalOf(c, atoms);
  const n = s.species.length;
  await requireRoomFor(gpu, c.potential, verlet, s);
  const at = subject(c, s);
  try {
    await at.begin();
    const { count, intervals } = await shorter(at);
    await at.go(count, 1);
    const before = (await at.done())[control.BUILDS];
    const runs = { plain: [], checked: intervals.map(() => []) };
    let late = 0;
    for (let k = 0; k < repeats; k++) {
      runs.plain.push(
        await time(async () => {
          late += await at.go(count);
        }),
      );
      for (const [q, interval] of intervals.entries()) {
        // At least one check, where they are rare.
        const many = Math.max(count, interval);
        runs.checked[q].push((await time(() => at.go(many, interval))) * (count / many));
      }
    }
    const words = await at.done();
    const stepsDone = repeats * intervals.reduce((sum, i) => sum + Math.max(count, i), count);
    const perStep = (words[control.BUILDS] - before) / stepsDone;
    const step = median(runs.plain) / count;
    const kernels = await byKernel(c, s, at);
    at.forces.system.set(control.HALT, control.UNSTABLE);
    const halted = await time(async () => {
      submitSteps(gpu, 1, count, at.steps.encode);
      await settle(gpu, at.forces);
    });
    const encoding = await encodingTime(at.steps, count);
    const of = (when) => kernels.filter((k) => k.when === when).reduce((sum, k) => sum + k.microseconds, 0);
    const lists = perStep * of('list');
    return {
      potential: c.name,
      atoms: n,
      steps: count,
      'pairs an atom': words[control.PAIRS] / n,
      MiB: deviceBytes(gpu, c.potential, verlet, s) / 2 ** 20,
      'Ma/s': n / step,
      slowest: (n * count) / Math.max(...runs.plain),
      'step µs': step,
      ...Object.fromEntries(
        intervals.map((interval, q) => [
          `check/${interval} %`,
          100 * (median(runs.checked[q].map((t, k) => t / runs.plain[k])) - 1),
        ]),
      ),
      'lists a step': perStep,
      ...(kernels.length > 0 && { 'list %': (100 * lists) / (lists + of('step')) }),
      'late lists': late,
      'launch µs': halted / count,
      'encode µs': encoding,
      kernels,
    };
  } finally {
    at.dispose();
  }
}

/** µs that the CPU takes to encode a step and hand it over. */
async function encodingTime(steps, count) {
  const began = performance.now();
  submitSteps(gpu, 1, count, steps.encode);
  const took = performance.now() - began;
  await gpu.device.queue.onSubmittedWorkDone();
  return (1000 * took) / count;
}

/** As many steps as there is time for, and the intervals that they hold. */
async function shorter(at) {
  if (longest === Number.POSITIVE_INFINITY) return { count: allSteps, intervals: allIntervals };
  // The first one compiles.
  await at.go(1, 1);
  const one = (await time(() => at.go(4, 1))) / 4;
  const most = Math.max(2, Math.floor((1e6 * longest) / one));
  return { count: Math.min(allSteps, most), intervals: allIntervals.filter((interval) => interval <= most) };
}

/** Times that every kernel is timed. */
const TIMED = software ? 1 : 5;

/** What each kernel takes in a step, a list made anew, a check: µs; and what it does meanwhile. */
async function byKernel(c, s, { forces, steps, check, done }) {
  const timed = async (when, encode, prepare) => {
    const found = new Map();
    for (let k = 0; k < TIMED; k++) {
      prepare?.();
      for (const { kernel, microseconds } of await profile(gpu, encode))
        found.set(kernel, [...(found.get(kernel) ?? []), microseconds]);
      await done();
    }
    return Array.from(found, ([kernel, each]) => ({ kernel, when, microseconds: median(each) }));
  };
  try {
    const renew = (pass) => forces.list().renew(pass);
    const lists = await timed('list', renew, () => forces.system.set(control.STALE, 1));
    const inStep = ({ kernel }) => kernel === 'displacements';
    return [
      ...(await timed(
        'step',
        (pass) => steps.encode(pass, 1),
        () => submit(gpu, forces.encode),
      )),
      ...lists.filter((k) => !inStep(k)),
      ...(await timed('check', check)),
    ].map((k) => ({ ...k, ...achieved(c, s, k) }));
  } catch (error) {
    console.log(error.message);
    return [];
  }
}

function achieved(c, s, { kernel, microseconds }) {
  const counted = countsOf(c, s).find((k) => k.kernel === kernel);
  if (!counted || microseconds === 0) return {};
  const rate = s.species.length / microseconds / 1000;
  const [flops, bytes] = [counted.flops * rate, counted.memoryBytes * rate];
  return {
    'op an atom': counted.flops,
    'B an atom': counted.memoryBytes,
    'Gop/s': flops,
    'GB/s': bytes,
    ...(peakFlops && { 'of peak op %': (1e11 * flops) / peakFlops }),
    ...(peakBytes && { 'of peak B %': (1e11 * bytes) / peakBytes }),
  };
}

const counted = new WeakMap();
function countsOf(c, s) {
  if (!counted.has(s)) counted.set(s, kernelCosts(c.potential, s));
  return counted.get(s);
}

/** The engine's own rate, with what it takes to bring the state home. */
async function measureEngine(c, atoms, count) {
  const structure = crystalOf(c, atoms);
  const velocities = maxwellBoltzmann(structure, c.temperature, 1);
  const start = { step: 0, structure, velocities, extended: new Float64Array(0) };
  const engine = await webgpuBackend(undefined, async () => lent()).prepare(c.potential, verlet, start);
  try {
    const { signal } = new AbortController();
    const go = () =>
      engine.advance(count, { interval: batchOf(structure.species.length), measures: [] }, signal);
    await go();
    const times = [];
    for (let k = 0; k < repeats; k++) times.push(await time(go));
    return (structure.species.length * count) / median(times);
  } finally {
    engine.dispose();
  }
}

const short = (rows) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([k, x]) => [k, typeof x === 'number' ? Number(x.toPrecision(3)) : x]),
    ),
  );

if (options.counts) {
  for (const c of cases) {
    const costs = kernelCosts(c.potential, crystalOf(c, 4000));
    const sum = (what) => costs.filter((k) => k.when === 'step').reduce((all, k) => all + k[what], 0);
    const all = {
      kernel: 'a step',
      flops: sum('flops'),
      cacheBytes: sum('cacheBytes'),
      memoryBytes: sum('memoryBytes'),
    };
    console.log(`${c.name}: what each kernel does for an atom`);
    console.table(short([...costs, all]));
  }
  process.exit(0);
}

const date = new Date().toISOString().slice(0, 10);
const rows = [];
function save() {
  const { name: device } = gpu;
  const found = {
    device,
    date,
    unchecked: options.unchecked,
    checked: options.checked,
    steps: allSteps,
    repeats,
    rows,
  };
  if (options.json) writeFileSync(options.json, `${JSON.stringify(found, null, 2)}\n`);
}
for (const c of cases)
  for (const atoms of sizes) {
    try {
      const row = await measure(c, atoms);
      rows.push({ ...row, 'advance Ma/s': await measureEngine(c, atoms, row.steps) });
    } catch (error) {
      rows.push({ potential: c.name, atoms, refused: error.message });
    }
    save();
    const { potential, atoms: n, refused, ...last } = rows.at(-1);
    console.log(`${potential}, ${n} atoms: ${refused ?? `${last['Ma/s'].toPrecision(3)} Ma/s`}`);
  }
console.log(
  `${gpu.name}, ${date}${options.unchecked ? ', unchecked' : options.checked ? ', checked' : ''}: ${allSteps} steps, median of ${repeats}${software ? '. A software adapter: right or wrong is all that its numbers say' : ''}`,
);
console.table(short(rows.map(({ kernels: _, ...row }) => row)));
for (const c of cases) {
  const largest = rows.findLast((row) => row.potential === c.name && row.kernels?.length > 0);
  if (!largest) continue;
  console.log(`${c.name}, ${largest.atoms} atoms: each kernel in a step, a list made anew, a check`);
  console.table(short(largest.kernels));
}
gpu.dispose();
