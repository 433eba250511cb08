/** Bytes of a double. */
// @ts-ignore: decorator
@inline
export const DOUBLE: usize = 8;

/** log2 of that: entry i of an array of doubles lies `usize(i) << DOUBLE_SHIFT` bytes behind its address. */
// @ts-ignore: decorator
@inline
export const DOUBLE_SHIFT: usize = 3;
