/**
 * The racing community's files: a centre line with room to both sides (x_m, y_m, w_tr_right_m, w_tr_left_m), or a
 * racing line with speeds (s_m; x_m; y_m; psi_rad; kappa_radpm; vx_mps; ax_mps2). Comments begin with #; the last of
 * them that names columns says what they are.
 */
import { UserError } from "../errors.js";
import { shortened } from "../output.js";
import type { RawTrack } from "./track.js";

type Column = "x" | "y" | "right" | "left" | "speed";

/** Names of columns, in lower case. */
const NAMES: Readonly<Record<string, Column>> = {
  x_m: "x",
  x: "x",
  y_m: "y",
  y: "y",
  w_tr_right_m: "right",
  w_right_m: "right",
  right_m: "right",
  w_tr_left_m: "left",
  w_left_m: "left",
  left_m: "left",
  vx_mps: "speed",
  v_mps: "speed",
  speed_mps: "speed",
};
/** Columns of files that do not name them, by how many there are. */
const CENTRE_LINE: readonly (Column | undefined)[] = ["x", "y", "right", "left"];
const RACING_LINE: readonly (Column | undefined)[] = [undefined, "x", "y", undefined, undefined, "speed"];

export function readCsv(name: string, text: string): RawTrack {
  const separator = separatorOf(text);
  const rows: { readonly line: number; readonly cells: readonly string[] }[] = [];
  let header: (Column | undefined)[] | undefined;
  for (const [i, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim();
    const cells = cellsOf(line.replace(/^[#%]+/, ""), separator);
    const isComment = /^[#%]/.test(line);
    const columns = cells.map((cell) => NAMES[cell.toLowerCase().replace(/\s*[[(].*$/, "")]);
    const isTitle = rows.length === 0 && cells.every((cell) => /[a-z]/i.test(cell) && Number.isNaN(Number(cell)));
    if (columns.includes("x") && columns.includes("y")) header = columns;
    else if (isTitle) continue;
    else if (line !== "" && !isComment) rows.push({ line: i + 1, cells });
  }
  if (rows.length === 0) throw new UserError(`${name} holds no points; ${EXPECTED}`);
  const columns = header ?? (separator === ";" && rows[0].cells.length >= 6 ? RACING_LINE : CENTRE_LINE);
  const valuesOf = (column: Column): number[] | undefined => {
    const at = columns.indexOf(column);
    if (at < 0 || rows.every(({ cells }) => isMissing(cells[at]))) return undefined;
    return rows.map(({ line, cells }) => numberIn(name, line, column, cells[at]));
  };
  const [x, y, right, left, speed] = (["x", "y", "right", "left", "speed"] as const).map(valuesOf);
  if (!x || !y) throw new UserError(`${name} has no columns for x and y; ${EXPECTED}`);
  return { name, x, y, ...(right && { right }), ...(left && { left }), ...(speed && { speed }) };
}

const EXPECTED =
  "allowed are lines x_m, y_m, w_tr_right_m, w_tr_left_m, or s_m; x_m; y_m; psi_rad; kappa_radpm; vx_mps; ax_mps2";

/** What stands between the numbers. */
function separatorOf(text: string): string {
  const line = text.split(/\r\n|\r|\n/).find((one) => /^\s*[-+.\d]/.test(one)) ?? "";
  return [";", "\t", ","].find((one) => line.includes(one)) ?? " ";
}

function cellsOf(line: string, separator: string): string[] {
  const cells = separator === " " ? line.trim().split(/\s+/) : line.split(separator);
  // a comma in a number is a decimal point where it does not separate
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")).map((cell) => cell.replace(",", "."));
}

function isMissing(cell: string | undefined): boolean {
  return cell === undefined || cell === "" || /^(nan|none|null)$/i.test(cell);
}

function numberIn(name: string, line: number, column: Column, cell: string | undefined): number {
  const value = isMissing(cell) ? Number.NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new UserError(
    `${name}, line ${line}: ${column} is ${cell === undefined || cell === "" ? "missing" : shortened(cell)}; ` +
      "allowed is a finite number: mend the line, or remove it",
  );
}
