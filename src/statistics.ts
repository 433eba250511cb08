/** Quantile of sorted values, linear between them; NaN without values. */
export function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  const rest = place - Math.floor(place);
  return rest === 0 || below === above ? below : below + rest * (above - below);
}
