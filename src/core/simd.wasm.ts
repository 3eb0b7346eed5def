/** Two f64 at a time. Products are fused where the module is built for relaxed SIMD. */

/** a·b + c. */
// @ts-expect-error: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** c − a·b. */
// @ts-expect-error: decorator
@inline
export function fnma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, c);
  return f64x2.sub(c, f64x2.mul(a, b));
}

// @ts-expect-error: decorator
@inline
export function both(p: usize): v128 {
  return v128.load64_splat(p);
}

/** Sum of the two lanes. */
// @ts-expect-error: decorator
@inline
export function across(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** Word k of a block. */
// @ts-expect-error: decorator
@inline
export function word(block: usize, k: i32): i32 {
  return load<i32>(block + (<usize>k << 2));
}

/** The address that word k of a block holds. */
// @ts-expect-error: decorator
@inline
export function address(block: usize, k: i32): usize {
  return <usize>load<u32>(block + (<usize>k << 2));
}
