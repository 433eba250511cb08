/** What a command prints: for people, or with --json one object on stdout and everything else on stderr. */

export interface Output {
  /** where lines for people go, if that is a terminal */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** a line for people */
  say(line: string): void;
  /** the command's result, once; printed only with --json */
  result(value: unknown): void;
}

/**
 * Control characters and those that turn the direction of writing: a name in a file, or what somebody says on a socket,
 * must not do anything to the terminal that it is shown on.
 */
const CONTROL = /[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text as it may be shown on a terminal: every control character but line feed and tab as �. */
export function printable(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}

/** The same on one line of at most `most` characters. */
export function printableLine(text: string, most: number): string {
  const line = printable(text.replace(/\s+/g, " ")).trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** More of a text is of no help in a message. */
const MOST_SHOWN = 80;

/** The beginning, on one line, of a text that may be anything, for messages. */
export function shortened(text: string): string {
  return printableLine(text, MOST_SHOWN);
}

/** A value as JSON, in which such characters are escaped. */
function jsonOf(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(CONTROL, escaped);
}

/** `asTyped`: what becomes of the commands in a line. */
export function outputFor(json: boolean, asTyped: (line: string) => string): Output {
  const stream = json ? process.stderr : process.stdout;
  return {
    terminal: stream.isTTY ? stream : undefined,
    say: (line) => {
      stream.write(`${asTyped(printable(line))}\n`);
    },
    result: (value) => {
      if (json) process.stdout.write(`${jsonOf(value)}\n`);
    },
  };
}

/** Columns padded to the widest cell; rows of as many cells as the first, numbers given as text. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "))
    .join("\n");
}

/** A number with so many significant digits, without exponent for everyday sizes; "-" if there is none. */
export function digits(value: number | undefined, count = 4): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(count - 1);
  const text = value.toPrecision(count);
  return text.includes("e") ? value.toFixed(0) : text;
}

/** rmsRadialError -> radial error, meanSpeed -> mean speed: what a table calls a task's metric. */
export function metricWords(name: string): string {
  return name
    .replace(/^rms(?=[A-Z])/, "")
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

/** 2026-11-20-14-03-59, local time. */
export function timestamp(date: Date): string {
  const part = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), part(date.getMonth() + 1), part(date.getDate())];
  return [...day, part(date.getHours()), part(date.getMinutes()), part(date.getSeconds())].join("-");
}
