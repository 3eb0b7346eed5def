import * as at from '../core/crewLayout.ts';
import type { Algebra, Appendage, Lender, Merger, RidgeProblem } from './algebra.ts';
import { createCrew, defaultThreads } from './crew.ts';

/** Rows of a product that are worth a task. */
const SHARE = 64;

/** Everything lies in memory of its own; a 32-bit address ends at 4 GiB. */
export function wasmAlgebra(width: number, threads = defaultThreads()): Algebra {
  const crew = createCrew(threads);
  const { arena, kernels } = crew;
  const scratch = kernels.crewClearing() + 16 * width * width;
  crew.reserve(Math.ceil(scratch / 64) * 64);

  function lend<T>(use: (lender: Lender) => T): T {
    const mark = arena.mark();
    try {
      return use(arena.f64);
    } finally {
      arena.release(mark);
    }
  }

  function appendAll<T>(appendages: readonly Appendage[], meanwhile?: () => T): T {
    return lend((lender) => {
      const tasks = appendages
        .filter(({ rows }) => rows.count > 0)
        .map(({ into, rows: { count, values }, weight }) => {
          const block = lender(count * width);
          for (let v = 0; v < width; v++)
            for (let k = 0; k < count; k++) block[v * count + k] = weight * values[k * width + v];
          return { kind: at.CLEAR, words: [into.r.byteOffset, width, block.byteOffset, count, count] };
        });
      return crew.run(tasks, meanwhile);
    });
  }

  return {
    crew,
    doubles: arena.f64,
    integers: arena.i32,
    lend,
    append: (into, rows, weight) => appendAll([{ into, rows, weight }]),
    appendAll,
    merge: (mergers, meanwhile) => crew.run(mergers.map(mergeTask), meanwhile),
    ridge: (problems, meanwhile) =>
      lend((lender) => {
        const outs = problems.map(() => lender(width + 1));
        crew.run(
          problems.map((problem, k) => ridgeTask(problem, lender, outs[k])),
          meanwhile,
        );
        return outs.map((out) => ({
          coefficients: new Float64Array(out.subarray(0, width - 1)),
          objective: out[width - 1],
          logVolume: out[width],
        }));
      }),
    multiply(m, n, k, factor, a, b, c) {
      const tasks = Array.from({ length: Math.ceil(m / SHARE) }, (_, q) => ({
        kind: at.MULTIPLY,
        factor,
        words: [
          ...[Math.min(SHARE, m - q * SHARE), n, k],
          ...[a.data.byteOffset + 8 * q * SHARE * a.row, a.row, a.column],
          ...[b.data.byteOffset, b.row, b.column],
          ...[c.byteOffset + 8 * q * SHARE * n, n],
        ],
      }));
      crew.run(tasks);
    },
    makeDominant: (c, rows, K, slots, tolerance) =>
      lend((lender) =>
        kernels.makeDominant(
          c.byteOffset,
          rows,
          K,
          slots.byteOffset,
          tolerance,
          lender(rows).byteOffset,
          lender(K).byteOffset,
        ),
      ),
    get bytes() {
      return crew.memory.buffer.byteLength;
    },
    dispose: crew.dispose,
  };
}

function mergeTask({ into, from, scale }: Merger) {
  const words = [into.r.byteOffset, into.width, from.r.byteOffset];
  return { kind: at.MERGE, factor: scale, words };
}

function ridgeTask({ data, roughness, lambda, anchor }: RidgeProblem, lender: Lender, out: Float64Array) {
  const lay = (values: Float64Array) => {
    const copy = lender(values.length);
    copy.set(values);
    return copy.byteOffset;
  };
  const words = [data.r.byteOffset, data.width, lay(roughness), anchor ? lay(anchor) : 0, out.byteOffset];
  return { kind: at.RIDGE, factor: lambda, words };
}
