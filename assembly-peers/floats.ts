/** Sizes of float32 arrays, in bytes, and of the vectors that hold four of them. */

// @ts-ignore: decorator
@inline
export const FLOAT: usize = 4;

/** log2 of {@link FLOAT}. */
// @ts-ignore: decorator
@inline
const FLOAT_SHIFT: usize = 2;

/** Bytes of a vector of four floats. */
// @ts-ignore: decorator
@inline
export const QUAD: usize = 16;

/** Bytes of `count` floats. */
// @ts-ignore: decorator
@inline
export function floats(count: i32): usize {
  return usize(count) << FLOAT_SHIFT;
}

/** Bytes of those of `count` floats that fill vectors; the rest is worked on one by one. */
// @ts-ignore: decorator
@inline
export function quads(count: i32): usize {
  return usize(count & ~3) << FLOAT_SHIFT;
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}
