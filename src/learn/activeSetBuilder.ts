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
import type { Algebra, Lender } from './algebra.ts';
import { rowGrade } from './maxvol.ts';
import { plainAlgebra } from './plainAlgebra.ts';
import { orthonormalBasis } from './span.ts';

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
  /** Running numbers, from 0, of the environments that are in a slot, rising. */
  readonly chosen: readonly number[];
  /** A copy of the set as it is now. */
  snapshot(): ElementActiveSet;
  /** As if nothing had been offered yet; takes no new memory. */
  forget(): void;
}

/** A row of the pool and the running number it was offered under. */
interface Picked {
  readonly row: Float64Array;
  readonly number: number;
}

/** Environments offered to the swaps at a time. */
const CHUNK = 512;
/** Rows kept in reserve, in multiples of K: four instead of none enlarge the volume after 28 frames of copper by 2 % a slot. */
const RESERVE = 1;
/** A column whose magnitude is below this fraction of the largest is rounding noise. */
const SILENT = 1e-10;
/** Magnitude of a column when none has been seen to differ from zero. */
const NOTHING = 1e-20;
/** Rounding error of Â Â⁻¹, probed in one direction, beyond which the inverse is polished. */
const WORN = 1e-11;
/** In a slot that data hold. */
const DATA = -1;

export function activeSetBuilder(
  element: string,
  K: number,
  options: ActiveSetOptions,
  algebra: Algebra = plainAlgebra,
): ActiveSetBuilder {
  const { tolerance, unseen } = options;
  const magnitude = new Float64Array(K);
  const standIn = new Float64Array(K);
  /** Function whose stand-in holds the slot, or DATA. */
  const holder = new Int32Array(K);
  /** Â, row-major [slot × function], and its inverse. */
  const chosen = algebra.doubles(K * K);
  const inverse = algebra.doubles(K * K);
  const reserve = algebra.doubles(RESERVE * K * K);
  let reserved = 0;
  /** Running numbers of the rows in slots and in reserve. */
  const numbers = new Int32Array(K);
  const reservedNumbers = new Int32Array(RESERVE * K);
  /** Row of the pool in each slot. */
  const slots = algebra.integers(K);
  let environments = 0;
  let logVolume = 0;
  forget();
  const view = (data: Float64Array) => ({ data, row: K, column: 1 });

  function forget(): void {
    magnitude.fill(0);
    standIn.fill(unseen * NOTHING);
    chosen.fill(0);
    inverse.fill(0);
    for (let k = 0; k < K; k++) {
      holder[k] = k;
      chosen[k * K + k] = standIn[k];
      inverse[k * K + k] = 1 / standIn[k];
    }
    reserved = 0;
    environments = 0;
    logVolume = standIn.reduce((sum, x) => sum + Math.log(x), 0);
  }

  /** A stand-in that grows by f and holds slot k divides column k of the inverse by f. */
  function growStandIns(rows: Float64Array, count: number): void {
    for (let k = 0; k < count * K; k++) magnitude[k % K] = Math.max(magnitude[k % K], Math.abs(rows[k]));
    const floor = Math.max(SILENT * magnitude.reduce((a, b) => Math.max(a, b), 0), NOTHING);
    for (let v = 0; v < K; v++) {
      const grown = unseen * Math.max(magnitude[v], floor);
      const factor = grown / standIn[v];
      standIn[v] = grown;
      const slot = holder.indexOf(v);
      if (slot < 0 || factor === 1) continue;
      for (let k = 0; k < K; k++) inverse[k * K + slot] /= factor;
      chosen[slot * K + v] = grown;
      logVolume += Math.log(factor);
    }
  }

  /**
   * The pool in coordinates of the chosen rows: stand-ins, candidates, data in the slots they hold. Rows of zeros stand where a
   * slot is not held by data.
   */
  function fillCoordinates(candidates: Float64Array, count: number, c: Float64Array): void {
    for (let v = 0; v < K; v++) for (let j = 0; j < K; j++) c[v * K + j] = standIn[v] * inverse[v * K + j];
    algebra.multiply(count, K, K, 1, view(candidates), view(inverse), c.subarray(K * K));
    holder.forEach((v, slot) => {
      if (v !== DATA) c.fill(0, v * K, (v + 1) * K);
      c[(v === DATA ? K + count + slot : v) * K + slot] = 1;
    });
  }

  /** `first`: the running number of the first of `rows`. */
  function offerChunk(rows: Float64Array, fresh: number, first: number): void {
    growStandIns(rows, fresh);
    algebra.lend((lender) => {
      const count = fresh + reserved;
      const candidates = lender(count * K);
      candidates.set(rows);
      candidates.set(reserve.subarray(0, reserved * K), fresh * K);
      const c = lender((2 * K + count) * K);
      fillCoordinates(candidates, count, c);
      holder.forEach((v, slot) => {
        slots[slot] = v === DATA ? K + count + slot : v;
      });
      const before = slots.slice();
      logVolume += algebra.makeDominant(c, 2 * K + count, K, slots, tolerance);
      const old = chosen.slice();
      const oldNumbers = [numbers.slice(), reservedNumbers.slice()];
      const pick = (row: number): Picked =>
        row < K + count
          ? {
              row: candidates.subarray((row - K) * K, (row - K + 1) * K),
              number: row < K + fresh ? first + row - K : oldNumbers[1][row - K - fresh],
            }
          : {
              row: old.subarray((row - K - count) * K, (row - K - count + 1) * K),
              number: oldNumbers[0][row - K - count],
            };
      const left = [...Array.from({ length: count }, (_, k) => K + k), ...before.filter((row) => row >= K)];
      keepInReserve(left, c, pick);
      if (slots.every((row, slot) => row === before[slot])) return;
      choose(before, pick);
      for (let v = 0; v < K; v++) for (let j = 0; j < K; j++) inverse[v * K + j] = c[v * K + j] / standIn[v];
      if (wear() > WORN) polish(lender);
    });
  }

  /** Of the rows that are in no slot those of the highest grades. */
  function keepInReserve(rows: readonly number[], c: Float64Array, pick: (row: number) => Picked): void {
    const taken = new Set(slots);
    const best = rows
      .filter((row) => !taken.has(row))
      .map((row) => ({ row, grade: rowGrade(c, row, K) }))
      .sort((p, q) => q.grade - p.grade || p.row - q.row)
      .slice(0, RESERVE * K);
    best.forEach(({ row }, k) => {
      const picked = pick(row);
      reserve.set(picked.row, k * K);
      reservedNumbers[k] = picked.number;
    });
    reserved = best.length;
  }

  /** Rows of Â by the slots as they are now. */
  function choose(before: Int32Array, pick: (row: number) => Picked): void {
    slots.forEach((row, slot) => {
      if (row === before[slot]) return;
      const to = slot * K;
      holder[slot] = row < K ? row : DATA;
      if (row < K) {
        chosen.fill(0, to, to + K)[to + row] = standIn[row];
        return;
      }
      const picked = pick(row);
      chosen.set(picked.row, to);
      numbers[slot] = picked.number;
    });
  }

  /** Largest |Â Â⁻¹ z − z| for one z of signs. */
  function wear(): number {
    const sign = (j: number) => (((j * 0x9e3779b1) >>> 16) & 1 ? 1 : -1);
    const y = Float64Array.from({ length: K }, (_, v) => {
      let sum = 0;
      for (let j = 0; j < K; j++) sum += sign(j) * inverse[v * K + j];
      return sum;
    });
    let worst = 0;
    for (let i = 0; i < K; i++) {
      let sum = -sign(i);
      for (let v = 0; v < K; v++) sum += chosen[i * K + v] * y[v];
      worst = Math.max(worst, Math.abs(sum));
    }
    return worst;
  }

  /** One Newton-Schulz step X ← X(2 − ÂX): squares the rounding error that many swaps leave in the inverse. */
  function polish(lender: Lender): void {
    const product = lender(K * K);
    algebra.multiply(K, K, K, -1, view(chosen), view(inverse), product);
    for (let k = 0; k < K; k++) product[k * (K + 1)] += 2;
    const polished = lender(K * K);
    algebra.multiply(K, K, K, 1, view(inverse), view(product), polished);
    inverse.set(polished);
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
        offerChunk(rows.subarray(from * K, to * K), to - from, environments + from);
      }
      environments += count;
    },
    get chosen() {
      return Array.from(numbers)
        .filter((_, slot) => holder[slot] === DATA)
        .sort((p, q) => p - q);
    },
    forget,
    snapshot() {
      const scale = standIn.map((x) => x / unseen);
      const data = Array.from(holder.keys()).filter((slot) => holder[slot] === DATA);
      const rows = data.map((slot) => chosen.subarray(slot * K, (slot + 1) * K).map((x, v) => x / scale[v]));
      const span = orthonormalBasis(rows, K, algebra);
      return { element, size: K, inverse: new Float64Array(inverse), span, rank: span.length / K, scale };
    },
  };
}
