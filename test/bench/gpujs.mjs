/**
 * The neighbour list as gpu.js can express it beside the one of this project, on the same adapter and system, with the same answer:
 * `node test/bench/gpujs.mjs [--atoms 500,2048] [--repeats 5] [--adapter name] [--json file]`, after `npm run build`.
 *
 * A kernel of gpu.js gathers: a thread gives one value, of an output whose size is fixed; it has no atomics, no workgroup memory, no
 * indirect dispatch. So thread (k, i) looks for the k-th neighbour of atom i, and bins, which need a scatter, come from the host with
 * every list (`cells`) or not at all (`all atoms`).
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { create, globals } from 'webgpu';

const { values: options } = parseArgs({
  options: {
    atoms: { type: 'string', default: '500,2048' },
    repeats: { type: 'string', default: '5' },
    adapter: { type: 'string' },
    json: { type: 'string' },
  },
});
const repeats = Number(options.repeats);
const CUTOFF = 6;
const SKIN = 0.6;
const REACH = CUTOFF + SKIN;

Object.assign(globalThis, globals);
const instance = create(options.adapter ? [`adapter=${options.adapter}`] : []);
Object.defineProperty(globalThis, 'navigator', { value: { gpu: instance }, configurable: true });
const { GPU } = createRequire(import.meta.url)('gpu.js');

const from = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const [{ openGpu }, { planBins }, { deviceList }, { deviceSystem }, { submit }, { read }, control] =
  await Promise.all(
    ['device', 'binPlan', 'deviceList', 'deviceSystem', 'deviceForces', 'kernel', 'control'].map((name) =>
      from(`src/backend/webgpu/${name}`),
    ),
  );
const { structureFrom, supercell } = await from('src/core/structure');

/** Rattled argon in an upright box: what gpu.js is given; the other list takes any cell. */
function argon(atoms) {
  const a = 5.35;
  const h = a / 2;
  const repeat = Math.max(4, Math.round(Math.cbrt(atoms / 4)));
  const cell = structureFrom(
    Array(4).fill('Ar'),
    [0, 0, 0, 0, h, h, h, 0, h, h, h, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  const s = supercell(cell, [repeat, repeat, repeat]);
  return { ...s, positions: s.positions.map((x, k) => x + 0.2 * Math.sin(12.9898 * k * k)) };
}

/** Median, ms, after one call that compiles. */
async function time(run) {
  await run();
  const times = [];
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((p, q) => p - q)[repeats >> 1];
}

/** Bins as wide as the cutoff, filled on the host. */
function binsOf({ positions }, side) {
  const n = positions.length / 3;
  const across = Math.floor(side / REACH);
  const of = new Float32Array(3 * n);
  const starts = new Float32Array(across ** 3 + 1);
  const home = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    for (let x = 0; x < 3; x++) {
      const f = positions[3 * i + x] / side;
      of[3 * i + x] = Math.min(across - 1, Math.floor((f - Math.floor(f)) * across));
    }
    home[i] = (of[3 * i] * across + of[3 * i + 1]) * across + of[3 * i + 2];
    starts[home[i] + 1]++;
  }
  for (let k = 0; k < across ** 3; k++) starts[k + 1] += starts[k];
  const next = starts.slice();
  const members = new Float32Array(n);
  for (let i = 0; i < n; i++) members[next[home[i]]++] = i;
  return { across, of, starts, members };
}

function byCells(x, of, starts, members) {
  const i = this.thread.y;
  const wanted = this.thread.x;
  const across = this.constants.across;
  const side = this.constants.side;
  let seen = 0;
  let found = -1;
  for (let a = -1; a <= 1; a++) {
    for (let b = -1; b <= 1; b++) {
      for (let c = -1; c <= 1; c++) {
        let ka = of[3 * i] + a;
        let kb = of[3 * i + 1] + b;
        let kc = of[3 * i + 2] + c;
        ka = ka - across * Math.floor(ka / across);
        kb = kb - across * Math.floor(kb / across);
        kc = kc - across * Math.floor(kc / across);
        const bin = (ka * across + kb) * across + kc;
        const first = starts[bin];
        const count = starts[bin + 1] - first;
        for (let p = 0; p < count; p++) {
          const j = members[first + p];
          let dx = x[3 * j] - x[3 * i];
          let dy = x[3 * j + 1] - x[3 * i + 1];
          let dz = x[3 * j + 2] - x[3 * i + 2];
          dx = dx - side * Math.floor(dx / side + 0.5);
          dy = dy - side * Math.floor(dy / side + 0.5);
          dz = dz - side * Math.floor(dz / side + 0.5);
          if (dx * dx + dy * dy + dz * dz < this.constants.limit && j !== i) {
            if (seen === wanted) {
              found = j;
            }
            seen = seen + 1;
          }
        }
      }
    }
  }
  return found;
}

function byAll(x) {
  const i = this.thread.y;
  const wanted = this.thread.x;
  const side = this.constants.side;
  let seen = 0;
  let found = -1;
  for (let j = 0; j < this.constants.n; j++) {
    let dx = x[3 * j] - x[3 * i];
    let dy = x[3 * j + 1] - x[3 * i + 1];
    let dz = x[3 * j + 2] - x[3 * i + 2];
    dx = dx - side * Math.floor(dx / side + 0.5);
    dy = dy - side * Math.floor(dy / side + 0.5);
    dz = dz - side * Math.floor(dz / side + 0.5);
    if (dx * dx + dy * dy + dz * dz < this.constants.limit && j !== i) {
      if (seen === wanted) {
        found = j;
      }
      seen = seen + 1;
    }
  }
  return found;
}

function firstOf(a) {
  return a[0];
}

const ours = await openGpu(options.adapter);
const theirs = new GPU({ mode: 'webgpu' });

/** Pairs in one answer and not in the other. */
function differences(list, rows) {
  let off = 0;
  for (let i = 0; i + 1 < list.offsets.length; i++) {
    const a = Array.from(list.indices.subarray(list.offsets[i], list.offsets[i + 1]));
    const b = Array.from(rows[i]).filter((j) => j >= 0);
    const both = new Set(a.filter((j) => b.includes(j)));
    off += a.length + b.length - 2 * both.size;
  }
  return off;
}

async function measureOurs(s) {
  const n = s.species.length;
  const system = deviceSystem(ours, s, new Int32Array(n));
  system.upload(s.positions);
  const plan = planBins(s, REACH);
  const options = { plan, skin: SKIN, reverse: false, density: 100, widths: { pair: 0, row: 0 } };
  const list = deviceList(system, options);
  const renew = async () => {
    system.set(control.STALE, 1);
    submit(ours, (pass) => list.renew(pass));
    const words = new Uint32Array((await read(ours, system.control))[0]);
    if (words[control.HALT] !== 0) throw new Error(`halted: ${words}`);
  };
  const inPlace = await time(renew);
  const fromHost = await time(async () => {
    system.upload(s.positions);
    await renew();
  });
  const made = await list.list();
  list.dispose();
  system.dispose();
  return { inPlace, fromHost, made };
}

async function measureTheirs(s, most, withCells) {
  const n = s.species.length;
  const side = s.cell[0];
  const x = Float32Array.from(s.positions);
  const constants = { n, side, limit: REACH * REACH, across: Math.floor(side / REACH) };
  const kernel = theirs.createKernel(withCells ? byCells : byAll, {
    output: [most, n],
    constants,
    pipeline: true,
    loopMaxIterations: n,
  });
  const run = async () => {
    if (!withCells) return kernel(x);
    const { of, starts, members } = binsOf(s, side);
    return kernel(x, of, starts, members);
  };
  // The list stays on the device; one more value, read after it, says that it is there.
  const fence = theirs.createKernel(firstOf, { output: [1] });
  const ms = await time(async () => {
    const result = await run();
    await fence(Float32Array.of(1));
    result.delete?.();
  });
  const result = await run();
  const rows = await result.toArray();
  return { ms, rows };
}

const rows = [];
for (const atoms of options.atoms.split(',').map(Number)) {
  const s = argon(atoms);
  const n = s.species.length;
  const { inPlace, fromHost, made } = await measureOurs(s);
  const most = Math.max(...Array.from({ length: n }, (_, i) => made.offsets[i + 1] - made.offsets[i]));
  const add = (method, ms, list) =>
    rows.push({
      atoms: n,
      pairs: made.indices.length,
      method,
      ms,
      'times ours': ms / inPlace,
      'pairs that differ': list ? differences(made, list) : 0,
    });
  add('ours, in place', inPlace);
  add('ours, positions from the host', fromHost);
  for (const [method, withCells] of [
    ['gpu.js, bins from the host', true],
    ['gpu.js, all atoms', false],
  ]) {
    const { ms, rows: list } = await measureTheirs(s, most, withCells);
    add(method, ms, list);
  }
}
const title = `gpu.js ${createRequire(import.meta.url)('gpu.js/package.json').version} in mode webgpu (WGSL kernels, f32) on ${ours.name}, ${new Date().toISOString().slice(0, 10)}`;
console.log(title);
console.table(
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([k, x]) => [k, typeof x === 'number' ? Number(x.toPrecision(4)) : x]),
    ),
  ),
);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ title, rows }, null, 2)}\n`);
ours.dispose();
await theirs.destroy();
process.exit(0);
