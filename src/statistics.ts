/** Quantile of sorted values, linear between them; NaN without values. */
export function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  const rest = place - Math.floor(place);
  return rest === 0 || below === above ? below : below + rest * (above - below);
}

/** Euclidean norm. */
export function normOf(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
