/** What a command prints: for people, or with --json one object on stdout and everything else on stderr. */

export interface Output {
  /** where lines for people go, if that is a terminal */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** a line for people */
  say(line: string): void;
  /** a line as it is said here: what can be typed as it is typed here, prose broken at spaces on a terminal */
  format(line: string): string;
  /** a text as it is, for a file or another program; nothing with --json */
  print(text: string): void;
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
  const format = (line: string) => {
    const [shown, typed] = [printable(line), asTyped(printable(line))];
    // a command stays on its line: it may be copied
    return stream.isTTY && stream.columns > 0 && typed === shown ? proseLines(shown, stream.columns) : typed;
  };
  return {
    terminal: stream.isTTY ? stream : undefined,
    say: (line) => {
      stream.write(`${format(line)}\n`);
    },
    format,
    print: (text) => {
      if (!json) process.stdout.write(text);
    },
    result: (value) => {
      if (json) process.stdout.write(`${jsonOf(value)}\n`);
    },
  };
}

/** Columns that there are for lines: those of a terminal that knows them. */
export function roomOf({ terminal }: Output): number {
  return terminal && terminal.columns > 0 ? terminal.columns : Number.POSITIVE_INFINITY;
}

/** A text whose lines of prose, which have single spaces only, are broken at spaces. */
function proseLines(text: string, width: number): string {
  const lines = text.split("\n");
  return lines.flatMap((line) => (/^ | {2}/.test(line) ? [line] : wordLines(line, width))).join("\n");
}

/** Between two columns of a table. */
const GAP = "  ";

/**
 * Columns padded to the widest cell; rows of as many cells as the first, numbers given as text. Where that is wider
 * than `room`, headings are broken at spaces, and then the columns stand in blocks below each other, the first in each.
 */
export function formatTable(rows: readonly (readonly string[])[], room = Number.POSITIVE_INFINITY): string {
  const widthOf = (lines: readonly string[]) => Math.max(...lines.map(({ length }) => length));
  const whole = rows[0].map((_, i) => widthOf(rows.map((row) => row[i])));
  const lineLength = (widths: readonly number[]) =>
    widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  if (lineLength(whole) <= room) return linesOf(rows, whole);
  const [headings, ...body] = rows;
  const narrow = headings.map((heading, i) => widthOf([...heading.split(" "), ...body.map((row) => row[i])]));
  const broken = narrow.map((width, i) => wordLines(headings[i], width));
  const height = Math.max(...broken.map(({ length }) => length));
  const heads = Array.from({ length: height }, (_, line) =>
    broken.map((lines) => lines[line - height + lines.length] ?? ""),
  );
  const blocks: number[][] = [];
  for (let i = 1; i < narrow.length; i++) {
    const wider = [...(blocks.at(-1) ?? [0]), i];
    if (blocks.length > 0 && lineLength(wider.map((column) => narrow[column])) > room) blocks.push([0, i]);
    else blocks.splice(Math.max(0, blocks.length - 1), 1, wider);
  }
  return blocks
    .map((columns) => {
      const block = [...heads, ...body].map((row) => columns.map((column) => row[column]));
      const widths = columns.map((column) => narrow[column]);
      return lineLength(widths) <= room ? linesOf(block, widths) : pairLines(rows, columns[1], room);
    })
    .join("\n\n");
}

/** Name and value of each row, where they do not fit beside each other: prose that goes on below, indented. */
function pairLines(rows: readonly (readonly string[])[], column: number, room: number): string {
  return rows
    .filter((row) => row[column] !== "")
    .flatMap((row) => wordLines(`${row[0]}: ${row[column]}`, room - 2).map((line, i) => (i === 0 ? line : `  ${line}`)))
    .join("\n");
}

function linesOf(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const cells = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  return rows.map((row) => cells(row).join(GAP)).join("\n");
}

/** A text broken at spaces into lines of at most `width`, or a word each. */
export function wordLines(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
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
