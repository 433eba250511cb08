/** Quantile of sorted values, linear between them; NaN without values. */
export function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  const rest = place - Math.floor(place);
  return rest === 0 || below === above ? below : below + rest * (above - below);
}

/** Sum of the products of the entries of two vectors. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Euclidean norm. */
export function normOf(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** NaN without values. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum / values.length);
}

/** Uniform numbers in [0, 1) from a seed: mulberry32, good enough for draws of studies and tests. */
export function uniformFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers: polar method. */
export function normalFrom(uniform: () => number): () => number {
  return () => {
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const s = x * x + y * y;
      if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
    }
  };
}

/** Of a normal distribution: its standard deviation by the median of absolute values. */
export const DEVIATION_BY_MEDIAN = 1.4826;

/** The upper median; leaves the values in another order (Hoare's selection, in a third of the time of sorting). */
export function upperMedian(values: Float64Array): number {
  const middle = values.length >> 1;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let k = high;
    while (i <= k) {
      while (values[i] < pivot) i++;
      while (values[k] > pivot) k--;
      if (i > k) break;
      const value = values[i];
      values[i++] = values[k];
      values[k--] = value;
    }
    if (middle <= k) high = k;
    else if (middle >= i) low = i;
    else break;
  }
  return values[middle];
}
