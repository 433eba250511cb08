/** Expressions as C: rows become scalars, what is used once is written where it is used, all else gets a name. */
import type { Expression } from "../expression.js";

/** One number of a row, on its way to C. */
interface Scalar {
  /** C around the arguments, which stand for $0, $1, $2 */
  readonly form: string;
  readonly args: readonly number[];
  /** 0: needs no name of its own, like a constant */
  readonly cost: 0 | 1;
  readonly isTruth: boolean;
  /** statement that must come before; it may mention the arguments */
  readonly before?: string;
  label: string | undefined;
  uses: number;
}

const FORMS: Readonly<Record<string, string>> = {
  add: "($0 + $1)",
  subtract: "($0 - $1)",
  multiply: "($0 * $1)",
  divide: "($0 / $1)",
  maximum: "($0 < $1 ? $1 : $0)",
  squareRoot: "lapgrad_sqrt($0)",
  floor: "lapgrad_floor($0)",
  atan2: "lapgrad_atan2($0, $1)",
  clamp: "($0 > $2 ? $2 : $0 < $1 ? $1 : $0)",
  less: "($0 < $1)",
  lessOrEqual: "($0 <= $1)",
  equal: "($0 == $1)",
  and: "($0 && $1)",
  or: "($0 || $1)",
  not: "(!$0)",
  where: "($0 ? $1 : $2)",
};
const TRUTHS = ["less", "lessOrEqual", "equal", "and", "or", "not"];
/** Written out once per mention. */
const REPEATING = ["maximum", "clamp"];

/** A double in full, as C reads it. */
export function literal(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** The body of one function. */
export class CPrinter {
  private readonly scalars: Scalar[] = [];
  private readonly known = new Map<string, number>();
  private readonly rows = new Map<Expression, number[]>();
  private readonly names: Set<string>;

  /** `parameters`: of the function; `numbers`: those of them that are no arrays */
  constructor(
    parameters: readonly string[],
    private readonly numbers: readonly string[],
  ) {
    this.names = new Set(parameters);
  }

  /** Statements that store rows into arrays. */
  body(results: Readonly<Record<string, Expression>>): string[] {
    const stores: { target: string; scalar: number }[] = [];
    for (const [name, row] of Object.entries(results))
      this.rowOf(row).forEach((scalar, i) => {
        this.use(scalar);
        stores.push({ target: `${name}[${i}]`, scalar });
      });
    const texts: string[] = [];
    const lines: string[] = [];
    for (const [index, scalar] of this.scalars.entries()) {
      if (scalar.uses === 0) continue;
      const fill = (form: string): string => form.replaceAll(/\$(\d+)/g, (_, i) => texts[scalar.args[Number(i)]]);
      if (scalar.before !== undefined) lines.push(fill(scalar.before));
      const isNamed = scalar.cost > 0 && (scalar.uses > 1 || scalar.label !== undefined);
      texts[index] = isNamed ? this.unique(scalar.label ?? "t") : fill(scalar.form);
      if (isNamed)
        lines.push(`const ${scalar.isTruth ? "int" : "lapgrad_real"} ${texts[index]} = ${bare(fill(scalar.form))};`);
    }
    for (const { target, scalar } of stores) lines.push(`${target} = ${bare(texts[scalar])};`);
    return lines;
  }

  /** Marks what is really needed: of a row perhaps one number only. */
  private use(index: number): void {
    const scalar = this.scalars[index];
    if (scalar.uses++ > 0) return;
    for (const arg of scalar.args) this.use(arg);
  }

  private rowOf(row: Expression): number[] {
    const known = this.rows.get(row);
    if (known) return known;
    const made = this.make(row);
    this.rows.set(row, made);
    if (row.label !== undefined && row.op !== "input") {
      made.forEach((index, i) => {
        this.scalars[index].label ??= made.length > 1 ? `${row.label}_${i}` : row.label;
      });
    }
    return made;
  }

  private make(row: Expression): number[] {
    switch (row.op) {
      case "input":
        if (this.numbers.includes(row.name)) return [this.scalar(row.name, [], 0)];
        return Array.from({ length: row.width }, (_, i) => this.scalar(`${row.name}[${i}]`, [], 0));
      case "constant":
        if (row.single !== undefined)
          return [this.scalar(`LAPGRAD_EITHER(${literal(row.values[0])}, ${literal(row.single)})`, [], 0)];
        return row.values.map((value) => this.scalar(`R(${literal(value)})`, [], 0));
      case "mask":
        return row.truths.map((truth) => this.scalar(truth ? "1" : "0", [], 0));
      case "pick": {
        const [from] = row.args.map((arg) => this.rowOf(arg));
        return row.indices.map((index) => from[index]);
      }
      case "lookup": {
        const [[index]] = row.args.map((arg) => this.rowOf(arg));
        this.nameIt(index);
        return Array.from({ length: row.width }, (_, i) =>
          this.scalar(`lapgrad_${row.table.name}[(int)$0][${i}]`, [index], 1),
        );
      }
      case "join":
        return row.args.flatMap((arg) => this.rowOf(arg));
      case "sum": {
        const [parts] = row.args.map((arg) => this.rowOf(arg));
        return [parts.reduce((total, part) => this.scalar("($0 + $1)", [total, part], 1))];
      }
      case "sine":
      case "cosine": {
        const [angles] = row.args.map((arg) => this.rowOf(arg));
        return angles.map((angle) => this.trigonometry(row.op as "sine" | "cosine", angle));
      }
      case "network":
        return this.network(row);
      default:
        return this.componentwise(row);
    }
  }

  private componentwise(row: Expression): number[] {
    const args = row.args.map((arg) => this.rowOf(arg));
    const form = FORMS[row.op];
    if (!form) throw new Error(`no C does ${row.op}`);
    const constantChoice = row.op === "where" && row.args[0]?.op === "mask" ? row.args[0].truths : undefined;
    return Array.from({ length: row.width }, (_, i) => {
      const of = args.map((arg) => (arg.length === 1 ? arg[0] : arg[i]));
      if (constantChoice) return of[constantChoice[i] ? 1 : 2];
      return this.scalar(form, of, 1, { isTruth: TRUTHS.includes(row.op), repeats: REPEATING.includes(row.op) });
    });
  }

  /** Sine and cosine come together. */
  private trigonometry(which: "sine" | "cosine", angle: number): number {
    const pair = this.scalar(`sincos $0`, [angle], 0);
    const known = this.scalars[pair];
    const name = `${pair}`;
    if (known.before === undefined) {
      const before = `lapgrad_real sin_${name}, cos_${name};\nlapgrad_sincos($0, &sin_${name}, &cos_${name});`;
      this.scalars[pair] = { ...known, before };
    }
    return this.scalar(`${which === "sine" ? "sin" : "cos"}_${name}`, [pair], 0);
  }

  private network(row: Expression): number[] {
    const [features] = row.args.map((arg) => this.rowOf(arg));
    const list = features.map((_, i) => bare(`$${i}`)).join(", ");
    const before = [
      `const lapgrad_real features[] = {${list}};`,
      `lapgrad_real outputs[${row.width}];`,
      "lapgrad_network(features, outputs);",
    ].join("\n");
    const call = this.scalar("network", features, 0);
    this.scalars[call] = { ...this.scalars[call], before };
    return Array.from({ length: row.width }, (_, i) => this.scalar(`outputs[${i}]`, [call], 0));
  }

  private scalar(
    form: string,
    args: readonly number[],
    cost: 0 | 1,
    { isTruth = false, repeats = false }: { isTruth?: boolean; repeats?: boolean } = {},
  ): number {
    const key = `${form} ${args}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // what a form mentions more than once must have a name
    if (repeats) for (const arg of args) this.nameIt(arg);
    this.scalars.push({ form, args, cost, isTruth, label: undefined, uses: 0 });
    this.known.set(key, this.scalars.length - 1);
    return this.scalars.length - 1;
  }

  private nameIt(index: number): void {
    const scalar = this.scalars[index];
    if (scalar.cost > 0) scalar.label ??= "t";
  }

  private unique(name: string): string {
    let unique = name;
    for (let i = 2; this.names.has(unique); i++) unique = `${name}${i}`;
    this.names.add(unique);
    return unique;
  }
}

/** Without the parentheses around the whole. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")") depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}
