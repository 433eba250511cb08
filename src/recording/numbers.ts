/**
 * Float64 to JSON and back without the loss of a bit (of a NaN only that it is one). JSON's decimals name every finite
 * double exactly; what JSON has no number for becomes a string: "NaN", "Infinity", "-Infinity".
 */

const NAMED: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** JSON of one number. */
export function numberText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return Number.isFinite(value) ? `${value}` : `"${value}"`;
}

/** JSON of an array of numbers. */
export function rowText(row: ArrayLike<number>): string {
  if (row.length === 0) return "[]";
  let text = `[${numberText(row[0])}`;
  for (let i = 1; i < row.length; i++) text += `,${numberText(row[i])}`;
  return `${text}]`;
}

/** The number that {@link numberText} wrote, from parsed JSON; undefined if it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && Object.hasOwn(NAMED, value) ? NAMED[value] : undefined;
}

/** The numbers that {@link rowText} wrote, from parsed JSON; undefined unless there are `width` of them. */
export function rowOf(value: unknown, width: number): number[] | undefined {
  if (!Array.isArray(value) || value.length !== width) return undefined;
  const row: number[] = [];
  for (const item of value) {
    const number = numberOf(item);
    if (number === undefined) return undefined;
    row.push(number);
  }
  return row;
}
