/**
 * A policy's arithmetic as expressions over short rows of numbers, written once (src/export/parts) and printed as an
 * ONNX graph (onnx/graph.ts) or as C (c/print.ts). The order of operations is the core's, so that float64 gives its
 * bits where the printed functions are the core's too.
 */

/** Operations on one, two or three rows, component by component; a row of width 1 stands for all components. */
export type Operation =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "maximum"
  | "squareRoot"
  | "floor"
  | "sine"
  | "cosine"
  | "atan2"
  | "clamp"
  | "less"
  | "lessOrEqual"
  | "equal"
  | "and"
  | "or"
  | "not"
  | "where";

interface Shaped {
  /** numbers in the row */
  readonly width: number;
  readonly args: readonly Expression[];
  /** what it is called where it is printed */
  readonly label?: string;
}
export type Expression = Shaped &
  (
    | { readonly op: Operation }
    | { readonly op: "input"; readonly name: string }
    /** `single`: the value in single precision, where that is another */
    | { readonly op: "constant"; readonly values: readonly number[]; readonly single?: number }
    /** a constant condition per component */
    | { readonly op: "mask"; readonly truths: readonly boolean[] }
    | { readonly op: "pick"; readonly indices: readonly number[] }
    /** the row of a table whose number, a whole one, is given */
    | { readonly op: "lookup"; readonly table: Table }
    | { readonly op: "join" }
    /** of the components, from the first on */
    | { readonly op: "sum" }
    /** the tanh network, before the scale */
    | { readonly op: "network" }
  );

/** Constant rows of the same width that are looked up by number. */
export interface Table {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
}

/** A row, or numbers that stand for a constant one. */
export type Operand = Expression | number | readonly number[];

export function input(name: string, width: number): Expression {
  return { op: "input", name, width, args: [] };
}

export function constant(values: number | readonly number[], single?: number): Expression {
  const list = typeof values === "number" ? [values] : values;
  return { op: "constant", values: list, width: list.length, args: [], ...(single === undefined ? {} : { single }) };
}

export function mask(truths: readonly boolean[]): Expression {
  return { op: "mask", truths, width: truths.length, args: [] };
}

function rowOf(operand: Operand): Expression {
  return typeof operand === "number" || !("op" in operand) ? constant(operand) : operand;
}

/** @throws Error if the widths do not fit: a fault of the part that wrote it */
function apply(op: Operation, ...operands: readonly Operand[]): Expression {
  const args = operands.map(rowOf);
  const width = Math.max(...args.map((arg) => arg.width));
  if (args.some((arg) => arg.width !== 1 && arg.width !== width))
    throw new Error(`${op} of rows of ${args.map((arg) => arg.width).join(", ")} numbers`);
  return { op, width, args };
}

export const add = (a: Operand, b: Operand): Expression => apply("add", a, b);
export const subtract = (a: Operand, b: Operand): Expression => apply("subtract", a, b);
export const multiply = (a: Operand, b: Operand): Expression => apply("multiply", a, b);
export const divide = (a: Operand, b: Operand): Expression => apply("divide", a, b);
export const maximum = (a: Operand, b: Operand): Expression => apply("maximum", a, b);
export const squareRoot = (a: Operand): Expression => apply("squareRoot", a);
export const floor = (a: Operand): Expression => apply("floor", a);
export const sine = (angle: Operand): Expression => apply("sine", angle);
export const cosine = (angle: Operand): Expression => apply("cosine", angle);
export const atan2 = (y: Operand, x: Operand): Expression => apply("atan2", y, x);
/** Within ±limits; NaN stays NaN. */
export const clamp = (a: Operand, limits: readonly number[]): Expression =>
  apply(
    "clamp",
    a,
    limits.map((limit) => -limit),
    limits,
  );
export const less = (a: Operand, b: Operand): Expression => apply("less", a, b);
export const lessOrEqual = (a: Operand, b: Operand): Expression => apply("lessOrEqual", a, b);
export const equal = (a: Operand, b: Operand): Expression => apply("equal", a, b);
export const and = (a: Expression, b: Expression): Expression => apply("and", a, b);
export const or = (a: Expression, b: Expression): Expression => apply("or", a, b);
export const not = (a: Expression): Expression => apply("not", a);
/** Both branches are computed; what the other one became, NaN included, does not matter. */
export const where = (condition: Expression, yes: Operand, no: Operand): Expression =>
  apply("where", condition, yes, no);

/** The components at `indices`. */
export function pick(row: Expression, ...indices: readonly number[]): Expression {
  if (indices.some((index) => !(index >= 0 && index < row.width)))
    throw new Error(`components ${indices.join(", ")} of a row of ${row.width}`);
  return { op: "pick", indices, width: indices.length, args: [row] };
}

/** The row of a table whose number, whole and in range, is given. */
export function lookup(table: Table, index: Expression): Expression {
  return { op: "lookup", table, width: table.rows[0].length, args: [index] };
}

export function join(...operands: readonly Operand[]): Expression {
  const args = operands.map(rowOf);
  return { op: "join", width: args.reduce((sum, { width }) => sum + width, 0), args };
}

export function sum(row: Expression): Expression {
  return { op: "sum", width: 1, args: [row] };
}

export function network(features: Expression, outputs: number): Expression {
  return { op: "network", width: outputs, args: [features] };
}

/** The same under a name of its own, for readers of what is printed. */
export function named(label: string, row: Expression): Expression {
  return { ...row, label };
}
