/**
 * Wall time from a new label of 108 atoms to the new ensemble, by number of functions and frames already learned.
 * node test/bench/retrain.mjs [--plain] [--threads 2] [--functions 100,700] [--frames 10,100] [--json file]; needs a build.
 * Frames before the last ones have synthetic rows, random but for the smooth decay of a spectrum: what they hold is all the same
 * to the time. Best of three; CPU seconds are those of all threads, of use where the machine is shared.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { aceRequestSchema, createAce } from '../../dist/potentials/ace/createAce.js';
import { buildNeighbours } from '../../dist/src/core/neighbours.js';
import { normals, STREAM } from '../../dist/src/core/philox.js';
import { structureFrom, supercell } from '../../dist/src/core/structure.js';
import { trainSchema } from '../../dist/src/learn/schema.js';
import { createTrainer } from '../../dist/src/learn/trainer.js';

const { values: args } = parseArgs({
  options: {
    plain: { type: 'boolean', default: false },
    threads: { type: 'string' },
    functions: { type: 'string', default: '100,200,400,700,1000' },
    frames: { type: 'string', default: '10,100' },
    json: { type: 'string' },
  },
});
const numbers = (list) => list.split(',').map(Number);
const four = new Float64Array(4);
const gauss = (a, b) => normals(1, STREAM.rattle, a, b, four)[0];

function copper(k) {
  const a = 3.6 + 0.02 * (k % 5);
  const unit = structureFrom(
    ['Cu', 'Cu', 'Cu', 'Cu'],
    [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  const s = supercell(unit, [3, 3, 3]);
  return { ...s, positions: s.positions.map((x, q) => x + (0.05 + 0.02 * (k % 8)) * gauss(k, q)) };
}

/** Labels of a pair potential, so that fits converge. */
function labelled(k, ace) {
  const structure = copper(k);
  const list = buildNeighbours(structure, ace.cutoff);
  const n = structure.species.length;
  const forces = new Float64Array(3 * n);
  let energy = 0;
  for (let i = 0; i < n; i++)
    for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++) {
      const j = list.indices[p];
      const d = [0, 1, 2].map((x) => {
        const shift = [0, 1, 2].reduce(
          (sum, c) => sum + list.shifts[3 * p + c] * structure.cell[3 * c + x],
          0,
        );
        return structure.positions[3 * j + x] + shift - structure.positions[3 * i + x];
      });
      const r = Math.hypot(...d);
      const e = Math.exp(-1.4 * (r - 2.6));
      energy += 0.5 * 0.3 * (e * e - 2 * e);
      for (let x = 0; x < 3; x++) forces[3 * i + x] += (0.3 * -2.8 * (e * e - e) * d[x]) / r;
    }
  const core = new Uint8Array(n).fill(1);
  return { structure, label: { energy, forces }, core, faithful: true, group: 'any', generation: 1 };
}

/** The rows of one frame turned by a different random sign pattern each: cheap, and never twice the same. */
function withSyntheticRows(ace, isSynthetic) {
  let model;
  let calls = 0;
  const projections = new WeakMap();
  return {
    ...ace,
    rows(s, list, crew) {
      if (!isSynthetic()) return ace.rows(s, list, crew);
      model ??= ace.rows(s, list, crew);
      const flip = (rows) => rows.map((x, k) => (((k * 2654435761 + calls * 40503) >>> 7) & 1 ? x : 0.9 * x));
      calls++;
      return { ...model, energy: flip(model.energy), forces: flip(model.forces), strain: flip(model.strain) };
    },
    evaluate(s, list, want) {
      if (!isSynthetic()) return ace.evaluate(s, list, want);
      const key = want.join();
      if (!projections.has(ace)) projections.set(ace, new Map());
      const known = projections.get(ace);
      if (!known.has(key)) known.set(key, ace.evaluate(s, list, want));
      return known.get(key);
    },
    withParameters: (p) => ace.withParameters(p),
  };
}

const table = [];
for (const wanted of numbers(args.functions)) {
  const request = { elements: ['Cu'], cutoff: '5.5 Å', nradmax: [20, 14, 7, 4], lmax: [0, 6, 4, 3] };
  const ace = createAce(aceRequestSchema.parse({ ...request, functionsPerElement: wanted }));
  let synthetic = false;
  const kernels = {
    kernels: args.plain ? 'plain' : 'wasm',
    ...(args.threads && { threads: Number(args.threads) }),
  };
  const trainer = createTrainer(
    trainSchema.parse({}),
    withSyntheticRows(ace, () => synthetic),
    [],
    kernels,
  );
  trainer.learn([0, 1, 2, 3, 4].map((k) => labelled(k, ace)));
  let learned = 5;
  for (const frames of numbers(args.frames)) {
    synthetic = true;
    for (const template = labelled(5, ace); learned < frames - 3; ) {
      const count = Math.min(20, frames - 3 - learned);
      trainer.learn(Array(count).fill(template));
      learned += count;
    }
    synthetic = false;
    const times = [0, 1, 2].map((k) => {
      const frame = labelled(100 + learned + k, ace);
      const began = performance.now();
      const used = process.cpuUsage();
      trainer.learn([frame]);
      const { user, system } = process.cpuUsage(used);
      return { wall: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
    });
    learned += 3;
    const { wall, cpu } = times.sort((a, b) => a.wall - b.wall)[0];
    table.push({
      functions: ace.functionCount,
      frames: learned,
      wallSeconds: Number(wall.toFixed(3)),
      cpuSeconds: Number(cpu.toFixed(3)),
      mebibytes: Math.round(trainer.bytes / 2 ** 20),
    });
    console.log(table.at(-1));
  }
  trainer.dispose();
}
console.table(table);
if (args.json)
  writeFileSync(args.json, JSON.stringify({ cpu: cpus()[0].model, node: process.version, ...args, table }));
