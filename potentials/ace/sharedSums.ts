/** Rows through compiled kernels: sites are laid out batch by batch in shared memory, their functions dealt out to threads. */
import type { Arena } from '../../src/core/arena.ts';
import type { Crew } from '../../src/core/crew.ts';
import { ACE_ROWS } from '../../src/core/crewLayout.ts';
import { gradientOfA, type NewSums } from './designRows.ts';
import * as at from './designRowsLayout.ts';
import type { FunctionGraph } from './functionGraphs.ts';
import type { Site } from './siteArrays.ts';
import type { CentreTables } from './tables.ts';

/** Tasks that the functions are dealt out to. */
const PARTS = 8;
/** Bytes of sites laid out before they are worked off. */
const BATCH_BYTES = 16 * 2 ** 20;

export const sharedSums =
  ({ arena, run }: Crew): NewSums =>
  (site, graphs, offsets, n) => {
    const beginning = arena.mark();
    const { centres } = site.tables;
    const K = offsets[centres.length];
    const forces = arena.f64(3 * n * K);
    const strain = arena.f64(6 * K);
    const graphAt = centres.map((c, k) => layGraph(arena, c, graphs[k]));
    const batch = arena.i32(at.BATCH_WORDS);
    const bytes = Math.max(...centres.map((c, k) => 16 * (c.valueCount + partLeaves(graphs[k])))) + 64;
    batch.set([0, 0, K, forces.byteOffset, strain.byteOffset]);
    batch[at.PART_BYTES] = bytes;
    batch[at.PART_SCRATCH] = arena.f64((PARTS * bytes) / 8).byteOffset;
    const start = arena.mark();
    let blocks: number[] = [];

    const workOff = () => {
      batch[at.SITES] = blocks.length / at.SITE_WORDS;
      batch[at.SITE_BLOCKS] = arena.i32(blocks).byteOffset;
      run(Array.from({ length: PARTS }, (_, k) => ({ kind: ACE_ROWS, words: [batch.byteOffset, k, PARTS] })));
      arena.release(start);
      blocks = [];
    };

    return {
      add(i) {
        blocks.push(...laySite(arena, site, i, graphAt[site.centre], offsets[site.centre]));
        if (arena.mark() - start > BATCH_BYTES) workOff();
      },
      finish() {
        workOff();
        const out = { forces: forces.slice(), strain: strain.slice() };
        arena.release(beginning);
        return out;
      },
    };
  };

/** Leaves of the longest part. */
function partLeaves(graphs: readonly FunctionGraph[]): number {
  const part = Array.from({ length: PARTS + 1 }, (_, k) => Math.floor((graphs.length * k) / PARTS));
  const leaves = (from: number, to: number) =>
    graphs.slice(from, to).reduce((sum, g) => sum + g.leaves.length, 0);
  return Math.max(...part.slice(1).map((to, k) => leaves(part[k], to)));
}

function layGraph(arena: Arena, c: CentreTables, graphs: readonly FunctionGraph[]): number {
  const words = arena.i32(at.GRAPH_WORDS);
  const i32 = (values: ArrayLike<number>) => arena.i32(values).byteOffset;
  const f64 = (values: ArrayLike<number>) => arena.f64(values).byteOffset;
  const lists = (key: keyof FunctionGraph) => {
    const start = new Int32Array(graphs.length + 1);
    graphs.forEach((g, v) => {
      start[v + 1] = start[v] + g[key].length;
    });
    const all = new Int32Array(start[graphs.length]);
    graphs.forEach((g, v) => {
      all.set(g[key], start[v]);
    });
    return [i32(start), i32(all)];
  };
  words.set([
    c.functionCount,
    c.valueCount,
    c.basisSize,
    c.basisSize + 1 + c.mirrorOf.length,
    i32(c.functionStart),
    i32(c.functionTerm),
    f64(c.functionWeight),
    i32(c.termLeft),
    i32(c.termRight),
    i32(c.left),
    i32(c.right),
    i32(c.mirrorOf),
    f64(c.mirrorSign),
    ...lists('inner'),
    ...lists('mirrors'),
    ...lists('leaves'),
  ]);
  return words.byteOffset;
}

function laySite(arena: Arena, site: Site, i: number, graph: number, first: number): number[] {
  const { re, im, u, r, count } = site;
  const { valueCount, basisSize } = site.tables.centres[site.centre];
  const values = arena.f64(2 * valueCount);
  for (let k = 0; k < valueCount; k++) {
    values[2 * k] = re[k];
    values[2 * k + 1] = im[k];
  }
  const blocks = Math.ceil(count / 4);
  const gradients = arena.f64(blocks * (basisSize + 1) * 24);
  const bonds = arena.f64(12 * blocks);
  const dRe = new Float64Array(3 * (basisSize + 1));
  const dIm = new Float64Array(3 * (basisSize + 1));
  for (let j = 0; j < count; j++) {
    gradientOfA(site, j, dRe, dIm);
    const block = j >> 2;
    const lane = j & 3;
    const to = 24 * block * (basisSize + 1) + lane;
    for (let k = 3; k < dRe.length; k++) {
      gradients[to + 8 * k] = dRe[k];
      gradients[to + 8 * k + 4] = dIm[k];
    }
    for (let x = 0; x < 3; x++) bonds[12 * block + 4 * x + lane] = u[3 * j + x] * r[j];
  }
  const others = arena.i32(site.atom.subarray(0, count));
  return [
    graph,
    count,
    i,
    first,
    values.byteOffset,
    gradients.byteOffset,
    others.byteOffset,
    bonds.byteOffset,
  ];
}
