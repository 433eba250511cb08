/**
 * Two float64 lanes at a time. Every kernel also has a scalar form that performs the same operations in the same order.
 */

/** Bytes of a vector's two doubles. */
// @ts-ignore: decorator
@inline
export const PAIR: usize = 16;

/** a b + c; fused in the `release-fma` build, two roundings (and the same bits everywhere) in the strict one. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Lane 0 + lane 1. */
// @ts-ignore: decorator
@inline
export function sumLanes(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}
