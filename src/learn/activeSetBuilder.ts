/**
 * The active set of one element, grown environment by environment.
 *
 * Every column v has a stand-in row δ·s_v·e_v, with s_v the largest magnitude seen in that column. The stand-ins hold the
 * slots until data replace them and stay in the pool for good, so that |Â⁻¹_vj| ≤ tol/(δ s_v): directions in which the data
 * reach less than δ count as unseen, the inverse exists for any number of environments of any rank, and an
 * error ε in b (relative to s) changes γ by at most Kε/δ. s_v only grows, hence the volume never falls.
 *
 * Kept are the chosen rows and a reserve of those that came closest to being chosen; the rest can be forgotten.
 */
import type { ElementActiveSet } from './activeSet.ts';
import { coordinates, makeDominant, polishInverse, rowGrade } from './maxvol.ts';

export interface ActiveSetOptions {
  /** A swap must enlarge the volume by this factor. */
  readonly tolerance: number;
  /** δ: the reach below which a direction counts as unseen, relative to the largest magnitude of each function. */
  readonly unseen: number;
}

export interface ActiveSetBuilder {
  /** Functions of the element, K. */
  readonly size: number;
  /** Offers environments, row-major [count × K], all finite. */
  offer(rows: Float64Array, count: number): void;
  /** Environments offered so far. */
  readonly environments: number;
  /** ln |det Â|; never falls. */
  readonly logVolume: number;
  /** A copy of the set as it is now. */
  snapshot(): ElementActiveSet;
}

/** Environments offered to the swaps at a time. */
const CHUNK = 512;
/** Rows kept in reserve, in multiples of K. */
const RESERVE = 4;
/** A column whose magnitude is below this fraction of the largest is rounding noise. */
const SILENT = 1e-10;
/** Magnitude of a column when none has been seen to differ from zero. */
const NOTHING = 1e-20;

export function activeSetBuilder(element: string, K: number, options: ActiveSetOptions): ActiveSetBuilder {
  const { tolerance, unseen } = options;
  const magnitude = new Float64Array(K);
  const standIn = new Float64Array(K).fill(unseen * NOTHING);
  /** Pool row in each slot: v < K is a stand-in, K + h a held row. */
  let slots = Int32Array.from({ length: K }, (_, k) => k);
  let held: Float64Array = new Float64Array(0);
  let heldCount = 0;
  let inverse: Float64Array = new Float64Array(K * K);
  for (let k = 0; k < K; k++) inverse[k * K + k] = 1 / standIn[k];
  let environments = 0;
  let logVolume = standIn.reduce((sum, x) => sum + Math.log(x), 0);

  /** A stand-in that grows by f and holds slot k divides column k of the inverse by f. */
  function growStandIns(rows: Float64Array, count: number): void {
    for (let k = 0; k < count * K; k++) magnitude[k % K] = Math.max(magnitude[k % K], Math.abs(rows[k]));
    const floor = Math.max(SILENT * magnitude.reduce((a, b) => Math.max(a, b), 0), NOTHING);
    for (let v = 0; v < K; v++) {
      const grown = unseen * Math.max(magnitude[v], floor);
      const factor = grown / standIn[v];
      standIn[v] = grown;
      const slot = slots.indexOf(v);
      if (slot < 0 || factor === 1) continue;
      for (let k = 0; k < K; k++) inverse[k * K + slot] /= factor;
      logVolume += Math.log(factor);
    }
  }

  /** The pool in coordinates of the chosen rows: stand-ins, held rows, newcomers. */
  function poolCoordinates(pool: Float64Array, count: number): Float64Array {
    const c = new Float64Array((K + count) * K);
    for (let v = 0; v < K; v++) for (let j = 0; j < K; j++) c[v * K + j] = standIn[v] * inverse[v * K + j];
    coordinates(pool, count, K, inverse, c.subarray(K * K));
    slots.forEach((row, slot) => {
      c.fill(0, row * K, (row + 1) * K);
      c[row * K + slot] = 1;
    });
    return c;
  }

  function offerChunk(rows: Float64Array, count: number): void {
    growStandIns(rows, count);
    const pool = new Float64Array((heldCount + count) * K);
    pool.set(held.subarray(0, heldCount * K));
    pool.set(rows, heldCount * K);
    const total = heldCount + count;
    const c = poolCoordinates(pool, total);
    const before = slots.slice();
    logVolume += makeDominant(c, K + total, K, slots, tolerance);
    if (slots.some((row, k) => row !== before[k])) {
      for (let v = 0; v < K; v++) for (let j = 0; j < K; j++) inverse[v * K + j] = c[v * K + j] / standIn[v];
      inverse = polishInverse(chosenRows(pool), inverse, K);
    }
    keepBest(pool, total, c);
  }

  function chosenRows(pool: Float64Array): Float64Array {
    const chosen = new Float64Array(K * K);
    slots.forEach((row, slot) => {
      if (row < K) chosen[slot * K + row] = standIn[row];
      else chosen.set(pool.subarray((row - K) * K, (row - K + 1) * K), slot * K);
    });
    return chosen;
  }

  /** Chosen data rows first, in the order of their slots, then the reserve by grade. */
  function keepBest(pool: Float64Array, total: number, c: Float64Array): void {
    const chosen = Array.from(slots).filter((row) => row >= K);
    const taken = new Set(chosen);
    const reserve = Array.from({ length: total }, (_, h) => ({ row: K + h, grade: rowGrade(c, K + h, K) }))
      .filter(({ row }) => !taken.has(row))
      .sort((p, q) => q.grade - p.grade || p.row - q.row)
      .slice(0, RESERVE * K);
    const keep = [...chosen, ...reserve.map(({ row }) => row)];
    const place = new Map(keep.map((row, h) => [row, K + h]));
    held = new Float64Array(keep.length * K);
    for (const [h, row] of keep.entries()) held.set(pool.subarray((row - K) * K, (row - K + 1) * K), h * K);
    heldCount = keep.length;
    slots = slots.map((row) => place.get(row) ?? row);
  }

  return {
    size: K,
    get environments() {
      return environments;
    },
    get logVolume() {
      return logVolume;
    },
    offer(rows, count) {
      for (let from = 0; from < count; from += CHUNK) {
        const to = Math.min(count, from + CHUNK);
        offerChunk(rows.subarray(from * K, to * K), to - from);
      }
      environments += count;
    },
    snapshot() {
      const chosen = Array.from(slots).filter((row) => row >= K);
      const scale = standIn.map((x) => x / unseen);
      const data = chosen.map((row) => held.subarray((row - K) * K, (row - K + 1) * K));
      const span = orthonormalBasis(data, scale);
      return { element, size: K, inverse: inverse.slice(), span, rank: span.length / K, scale };
    },
  };
}

/** A row left with less than this fraction of its length adds no direction. */
const DEPENDENT = 1e-12;

/** Gram-Schmidt, twice for orthogonality to rounding, of the rows divided by `scale`. Row-major [rank × K]. */
function orthonormalBasis(rows: readonly Float64Array[], scale: Float64Array): Float64Array {
  const basis: Float64Array[] = [];
  for (const row of rows) {
    const b = row.map((x, v) => x / scale[v]);
    const length = norm(b);
    for (let pass = 0; pass < 2; pass++)
      for (const q of basis) {
        let dot = 0;
        for (let v = 0; v < b.length; v++) dot += q[v] * b[v];
        for (let v = 0; v < b.length; v++) b[v] -= dot * q[v];
      }
    const rest = norm(b);
    if (rest > DEPENDENT * length) basis.push(b.map((x) => x / rest));
  }
  const K = scale.length;
  const out = new Float64Array(basis.length * K);
  for (const [k, q] of basis.entries()) out.set(q, k * K);
  return out;
}

function norm(b: Float64Array): number {
  return Math.sqrt(b.reduce((sum, x) => sum + x * x, 0));
}
