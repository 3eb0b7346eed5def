/**
 * Time and peak memory of choosing from a large pool that lies in a file: MaxVol, k-means, farthest points, principal axes.
 * node test/bench/pools.mjs [--rows 1e5] [--functions 700] [--clusters 50] [--points 50] [--threads 2] [--json file]; needs a build.
 * Rows are synthetic: twenty kinds, random within a kind, with the smooth decay of a spectrum from function to function.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { farthestPoint } from '../../dist/src/cluster/farthestPoint.js';
import { kMeans } from '../../dist/src/cluster/kMeans.js';
import { principalAxes } from '../../dist/src/cluster/principalAxes.js';
import { rowsFile } from '../../dist/src/cluster/rowsFile.js';
import { normals, STREAM } from '../../dist/src/core/philox.js';
import { createAlgebra } from '../../dist/src/learn/algebra.js';
import { maxvolRows } from '../../dist/src/learn/maxvolRows.js';

const { values: args } = parseArgs({
  options: {
    rows: { type: 'string', default: '1e5' },
    functions: { type: 'string', default: '700' },
    clusters: { type: 'string', default: '50' },
    points: { type: 'string', default: '50' },
    threads: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
});
const [count, width, clusters, points, threads] = ['rows', 'functions', 'clusters', 'points', 'threads'].map(
  (k) => Number(args[k]),
);
const KINDS = 20;
const BLOCK = 512;
const four = new Float64Array(4);

/** Normals by table: what they are is all the same, making 10⁸ of them is not what is measured. */
const table = Float64Array.from({ length: 65537 }, (_, k) => normals(1, STREAM.rattle, 0, k, four)[0]);
const gauss = (k) => table[(Math.imul(k, 0x9e3779b1) >>> 3) % table.length];

const folder = mkdtempSync(join(tmpdir(), 'serendip-pools-'));
const rows = rowsFile(join(folder, 'rows'), width);
const found = {};
let last = performance.now();

function done(name, more = {}) {
  const seconds = (performance.now() - last) / 1000;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  found[name] = { seconds, peakMiB, ...more };
  process.stderr.write('\r\x1b[K');
  console.log(
    `${name.padEnd(16)}${seconds.toFixed(1).padStart(8)} s${peakMiB.toFixed(0).padStart(7)} MiB so far  ${JSON.stringify(more)}`,
  );
  last = performance.now();
}

function telling(name) {
  let told = 0;
  return (share) => {
    if (performance.now() - told < 500) return;
    told = performance.now();
    process.stderr.write(`\r${name}: ${(100 * share).toFixed(0)} %`);
  };
}

try {
  console.log(`${count} rows of ${width}: ${((8 * count * width) / 2 ** 20).toFixed(0)} MiB in a file`);
  for (let from = 0; from < count; from += BLOCK) {
    const n = Math.min(BLOCK, count - from);
    const block = new Float64Array(n * width);
    for (let k = 0; k < block.length; k++) {
      const [row, v] = [from + Math.floor(k / width), k % width];
      const kind = row % KINDS;
      block[k] = (gauss(kind * width + v) + (0.05 + 0.05 * kind) * gauss(7919 * row + 31 * v)) / (1 + v / 20);
    }
    rows.append(block);
  }
  done('written');

  principalAxes(rows, 12);
  done('principal axes');

  const { chosen } = farthestPoint(rows, points, undefined, telling('farthest points'));
  done('farthest points', { points: chosen.length });

  const { sizes } = kMeans(rows, { clusters, seed: 1 }, telling('k-means'));
  done('k-means', { clusters: sizes.length });

  const algebra = createAlgebra('wasm', width + 1, threads);
  const options = { tolerance: 1.001, unseen: 1e-3 };
  const { chosen: taken, logVolumes, settled } = maxvolRows(rows, options, algebra, telling('MaxVol'));
  done('MaxVol', {
    taken: taken.length,
    logVolumes: logVolumes.map((x) => Number(x.toFixed(3))),
    settled,
    kernelsMiB: Math.round(algebra.bytes / 2 ** 20),
  });
  algebra.dispose();
  if (args.json) writeFileSync(args.json, `${JSON.stringify({ count, width, ...found }, null, 2)}\n`);
} finally {
  rows.close();
  rmSync(folder, { recursive: true });
}
