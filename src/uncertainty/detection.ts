/** How well a score of uncertainty finds what is wrong, or new. */

/** Share of the worst `worst` of the errors that is among the `budget` of highest score; 0 to 1, `budget` by chance. NaN without errors. */
export function recallOfWorst(
  scores: ArrayLike<number>,
  errors: ArrayLike<number>,
  worst = 0.1,
  budget = 0.1,
): number {
  const most = (values: ArrayLike<number>, share: number) =>
    Array.from({ length: values.length }, (_, k) => k)
      .sort((a, b) => values[b] - values[a] || a - b)
      .slice(0, Math.round(share * values.length));
  const looked = new Set(most(scores, budget));
  const bad = most(errors, worst);
  return bad.filter((k) => looked.has(k)).length / bad.length;
}

/**
 * Chance that a score from `novel` is above one from `known`, ties by half: the area under the receiver operating characteristic. ½ tells
 * nothing, 1 everything. NaN where one of the two is empty.
 */
export function areaUnderCurve(known: ArrayLike<number>, novel: ArrayLike<number>): number {
  const sorted = Float64Array.from(known).sort();
  const below = (x: number, orEqual: boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < x || (orEqual && sorted[middle] === x)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let sum = 0;
  for (let k = 0; k < novel.length; k++) sum += (below(novel[k], false) + below(novel[k], true)) / 2;
  return sum / (known.length * novel.length);
}

/** Share of the scores above `level`. */
export function flagRate(scores: ArrayLike<number>, level: number): number {
  let count = 0;
  for (let k = 0; k < scores.length; k++) if (scores[k] > level) count++;
  return count / scores.length;
}
