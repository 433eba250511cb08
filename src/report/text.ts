/** What stands where a number is missing. */
export const MISSING = "–";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text safe as HTML content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A number for people with so many significant digits; a dash if it is missing. */
export function formatNumber(value: number | undefined, digits = 3): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -3 || exponent > 6) return minus(value.toExponential(digits - 1));
  return formatFixed(value, Math.max(0, digits - 1 - exponent));
}

/** A number with so many decimals; a dash if it is missing. */
export function formatFixed(value: number | undefined, decimals: number): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? (0).toFixed(decimals) : text);
}

/** Decimals that give the typical value of a column four significant digits, so that its points stand in one line. */
export function columnDecimals(values: readonly (number | undefined)[]): number {
  const sizes = values
    .filter((value) => value !== undefined && Number.isFinite(value) && value !== 0)
    .map((value) => Math.abs(value ?? 0))
    .sort((a, b) => a - b);
  if (sizes.length === 0) return 0;
  return Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(sizes[sizes.length >> 1]))));
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
