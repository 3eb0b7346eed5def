/**
 * A function of distance: writes f(r) to `out[0]` and df/dr to `out[1]`; r in Å.
 * Two numbers into a caller's array, so that a pair loop allocates nothing.
 */
export type RadialFunction = (r: number, out: Float64Array) => void;
