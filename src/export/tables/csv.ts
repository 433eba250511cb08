/** A row per lap, or rollout, below a heading: what spreadsheets and data frames read. RFC 4180, with line feeds. */
import type { RunNumbers } from "./numbers.js";

/** What is not known, or not finite, is an empty cell; what was noticed is one cell. */
export function csvOf({ rollouts }: RunNumbers): string {
  const names = [...new Set(rollouts.flatMap((one) => Object.keys(one)))].filter((name) => name !== "noticed");
  const rows = rollouts.map((one) => [
    ...names.map((name) => (Number.isFinite(one[name]) ? `${one[name]}` : "")),
    quoted(one.noticed.join("; ")),
  ]);
  return [[...names.map(quoted), "noticed"], ...rows].map((row) => `${row.join(",")}\n`).join("");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
