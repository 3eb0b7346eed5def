import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { farthestPoint } from '../../src/cluster/farthestPoint.ts';
import { kMeans, nearestCentre } from '../../src/cluster/kMeans.ts';
import { place, principalAxes } from '../../src/cluster/principalAxes.ts';
import { type Rows, rowsOf } from '../../src/cluster/rows.ts';
import { rowsFile } from '../../src/cluster/rowsFile.ts';
import { normals, STREAM } from '../../src/core/philox.ts';

const four = new Float64Array(4);
const gauss = (topic: number, k: number) => normals(4, STREAM.rattle, topic, k, four)[0];
const WIDTH = 5;

/** `count` rows around `blobs` far centres in turn. */
function blobs(topic: number, count: number, blobs: number): Float64Array {
  return Float64Array.from({ length: count * WIDTH }, (_, k) => {
    const blob = Math.floor(k / WIDTH) % blobs;
    return 40 * gauss(99, blob * WIDTH + (k % WIDTH)) + gauss(topic, k);
  });
}

/** Rows that are made when they are read, and the most that were read at a time. */
function passing(data: Float64Array) {
  const seen = { most: 0 };
  const rows: Rows = {
    count: data.length / WIDTH,
    width: WIDTH,
    read(from, to) {
      seen.most = Math.max(seen.most, to - from);
      return data.slice(from * WIDTH, to * WIDTH);
    },
  };
  return { rows, seen };
}

describe('k-means', () => {
  it('finds blobs, and centres that are the means of what is nearest to them', () => {
    const data = blobs(1, 300, 4);
    const { centres, cluster, sizes } = kMeans(rowsOf(data, WIDTH), { clusters: 4, seed: 3 });
    expect(sizes).toEqual([75, 75, 75, 75]);
    for (let row = 0; row < 300; row++) {
      expect(cluster[row]).toBe(cluster[row % 4]);
      expect(nearestCentre(data, row * WIDTH, centres, WIDTH).k).toBe(cluster[row]);
    }
    const own = Array.from({ length: 75 }, (_, k) => data[4 * k * WIDTH]);
    const mean = own.reduce((a, b) => a + b, 0) / 75;
    expect(centres[cluster[0] * WIDTH]).toBeCloseTo(mean, 10);
  });

  it('is the same for a seed, and another for another', () => {
    const rows = rowsOf(blobs(2, 400, 40), WIDTH);
    const found = (seed: number) => kMeans(rows, { clusters: 7, seed });
    expect(found(1)).toEqual(found(1));
    expect(found(1).centres).not.toEqual(found(2).centres);
  });

  it('goes through many rows in blocks, as well as in one piece', () => {
    const { rows, seen } = passing(blobs(3, 9000, 6));
    const told: number[] = [];
    const { sizes, spread } = kMeans(rows, { clusters: 6, seed: 1 }, (share) => told.push(share));
    expect(sizes).toEqual(new Array(6).fill(1500));
    expect(spread).toBeCloseTo(WIDTH, 0);
    expect(seen.most).toBeLessThan(1000);
    expect(told.at(-1)).toBe(1);
    expect(told.every((share, k) => k === 0 || share >= told[k - 1])).toBe(true);
  });

  it('makes no more clusters than there are different rows', () => {
    const data = Float64Array.from({ length: 30 * WIDTH }, (_, k) => Math.floor(k / WIDTH) % 3);
    expect(kMeans(rowsOf(data, WIDTH), { clusters: 8, seed: 1 }).sizes).toEqual([10, 10, 10]);
    expect(kMeans(rowsOf(new Float64Array(0), WIDTH), { clusters: 8, seed: 1 }).sizes).toEqual([]);
  });
});

describe('farthest points', () => {
  const data = blobs(4, 200, 200);
  const apart = (a: number, b: number) =>
    Math.hypot(...Array.from({ length: WIDTH }, (_, v) => data[a * WIDTH + v] - data[b * WIDTH + v]));

  it('are each the farthest from all before', () => {
    const { chosen, distances } = farthestPoint(rowsOf(data, WIDTH), 12);
    expect(distances[0]).toBe(Number.POSITIVE_INFINITY);
    for (let k = 1; k < 12; k++) {
      const before = chosen.slice(0, k);
      const farness = Array.from({ length: 200 }, (_, row) => Math.min(...before.map((c) => apart(c, row))));
      expect(farness[chosen[k]]).toBe(Math.max(...farness));
      expect(distances[k]).toBeCloseTo(farness[chosen[k]], 10);
    }
  });

  it('keep away from what is known, and end where nothing differs', () => {
    const known = data.slice(0, 190 * WIDTH);
    const { chosen } = farthestPoint(rowsOf(data, WIDTH), 50, known);
    expect(chosen.length).toBe(10);
    expect(Math.min(...chosen)).toBe(190);
  });
});

describe('principal axes', () => {
  it('span what the correlation matrix says', () => {
    const data = Float64Array.from({ length: 500 * WIDTH }, (_, k) => {
      const [row, v] = [Math.floor(k / WIDTH), k % WIDTH];
      return 7 + 10 ** v * (gauss(5, row) * (v + 1) + gauss(6, row) * (v - 2) + 0.3 * gauss(7, k));
    });
    const axes = principalAxes(rowsOf(data, WIDTH), 2);
    const z = Array.from({ length: 500 }, (_, row) =>
      Array.from(place(axes, data, row * WIDTH, new Float64Array(2))),
    );
    const placed = new Matrix(z);
    const spread = new EigenvalueDecomposition(placed.transpose().mmul(placed)).realEigenvalues;
    const mean = (v: number) =>
      z.length && data.reduce((sum, x, k) => sum + (k % WIDTH === v ? x : 0), 0) / 500;
    const means = Array.from({ length: WIDTH }, (_, v) => mean(v));
    const deviations = means.map((m, v) =>
      Math.sqrt(data.reduce((sum, x, k) => sum + (k % WIDTH === v ? (x - m) ** 2 : 0), 0) / 500),
    );
    const standard = new Matrix(
      Array.from({ length: 500 }, (_, row) =>
        means.map((m, v) => (data[row * WIDTH + v] - m) / deviations[v]),
      ),
    );
    const all = new EigenvalueDecomposition(standard.transpose().mmul(standard)).realEigenvalues;
    const sorted = (values: number[]) => [...values].sort((a, b) => b - a);
    sorted(spread).forEach((value, k) => {
      expect(value / sorted(all)[k]).toBeCloseTo(1, 9);
    });
  });

  it('leave columns alone that never change', () => {
    const data = Float64Array.from({ length: 40 * WIDTH }, (_, k) => (k % WIDTH === 2 ? 5 : gauss(8, k)));
    const { axes } = principalAxes(rowsOf(data, WIDTH), 3);
    expect([axes[2], axes[WIDTH + 2], axes[2 * WIDTH + 2]]).toEqual([0, 0, 0]);
    expect(Math.max(...axes)).toBeGreaterThan(0.1);
  });
});

it('rows in a file are those in memory', () => {
  const data = blobs(9, 1300, 3);
  const file = rowsFile(join(mkdtempSync(join(tmpdir(), 'serendip-rows-')), 'rows'), WIDTH);
  file.append(data.subarray(0, 700 * WIDTH));
  file.append(data.subarray(700 * WIDTH));
  expect(file.count).toBe(1300);
  expect(file.read(690, 710)).toEqual(data.slice(690 * WIDTH, 710 * WIDTH));
  const options = { clusters: 3, seed: 1 };
  expect(kMeans(file, options)).toEqual(kMeans(rowsOf(data, WIDTH), options));
  expect(farthestPoint(file, 5)).toEqual(farthestPoint(rowsOf(data, WIDTH), 5));
  expect(() => file.read(1299, 1301)).toThrow(/shorter than its rows/);
  file.close();
});
