/**
 * The radial base of greatest evidence. A family with a stretch λ is searched along ln λ by golden sections: the evidence has one summit,
 * where the functions are as dense as the forces are rough.
 */

/** Families that are compared; those with a stretch are searched along it. */
const FAMILIES = [
  { radialBase: 'SBessel', stretched: false },
  { radialBase: 'ChebExpCos', stretched: true },
  { radialBase: 'ChebPow', stretched: true },
] as const;

export interface RadialChoice {
  readonly radialBase: (typeof FAMILIES)[number]['radialBase'];
  /** Of families that have one. */
  readonly lambda: number;
}

/** Stretches that are searched. */
const LOW = Math.log(0.7);
const HIGH = Math.log(12);
/** Searched until ln λ is known to this. */
const SETTLED = 0.25;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** `evidenceOf`: ln p(labels | a model with this base). */
export function chooseRadial(evidenceOf: (choice: RadialChoice) => number): RadialChoice {
  const known = FAMILIES.map(({ radialBase, stretched }) => {
    const at = (log: number) => {
      const choice: RadialChoice = { radialBase, lambda: Math.exp(log) };
      return { choice, evidence: evidenceOf(choice) };
    };
    return stretched ? summit(at) : at(Math.log(5.25));
  });
  return known.reduce((a, b) => (b.evidence > a.evidence ? b : a)).choice;
}

function summit<T extends { readonly evidence: number }>(at: (log: number) => T): T {
  let [low, high] = [LOW, HIGH];
  let [p, q] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [left, right] = [at(p), at(q)];
  while (high - low > SETTLED)
    if (left.evidence > right.evidence) {
      [high, q, right] = [q, p, left];
      p = high - GOLDEN * (high - low);
      left = at(p);
    } else {
      [low, p, left] = [p, q, right];
      q = low + GOLDEN * (high - low);
      right = at(q);
    }
  return left.evidence > right.evidence ? left : right;
}
