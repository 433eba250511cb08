/** Expressions as nodes of an ONNX graph: rows become [batch, width] tensors, constants [1, width]. */
import type { LayerDescription } from "../description.js";
import type { Expression, Operation } from "../expression.js";
import type { Element, OnnxNode, Tensor } from "./model.js";

export type Precision = "float32" | "float64";

/** Those that one ONNX operator does. */
const OPERATORS: Readonly<Partial<Record<Operation, string>>> = {
  add: "Add",
  subtract: "Sub",
  multiply: "Mul",
  divide: "Div",
  maximum: "Max",
  squareRoot: "Sqrt",
  floor: "Floor",
  sine: "Sin",
  cosine: "Cos",
  less: "Less",
  lessOrEqual: "LessOrEqual",
  equal: "Equal",
  and: "And",
  or: "Or",
  not: "Not",
  where: "Where",
};
/** AttributeProto's values are numbers: those of Cast are TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;
const DOUBLE = 11;

/** An array of each element's type; little-endian, as all machines are that Node runs on with the core. */
const ARRAYS: Readonly<Record<Element, (values: readonly number[]) => ArrayBufferView>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  bool: (values) => Uint8Array.from(values),
};

/** Little-endian bytes of numbers. */
export function bytesOf(element: Element, values: readonly number[]): Uint8Array {
  return new Uint8Array(ARRAYS[element](values).buffer);
}

/** Prints every expression once, equal ones too. */
export class OnnxPrinter {
  readonly nodes: OnnxNode[] = [];
  private readonly tensors = new Map<string, Tensor>();
  private readonly printed = new Map<string, string>();
  private readonly walked = new Map<Expression, string>();
  private readonly names: Set<string>;

  constructor(
    private readonly precision: Precision,
    private readonly layers: readonly LayerDescription[],
    /** an input over whose batch constants are spread, where they are joined with rows */
    private readonly batch: string,
    /** inputs and outputs of the graph */
    ports: readonly string[],
  ) {
    this.names = new Set(ports);
  }

  get initializers(): Tensor[] {
    return [...this.tensors.values()];
  }

  /** The tensor of an expression. */
  print(expression: Expression): string {
    const known = this.walked.get(expression);
    if (known !== undefined) return known;
    const name = this.make(expression);
    this.walked.set(expression, name);
    return name;
  }

  private make(expression: Expression): string {
    switch (expression.op) {
      case "input":
        return expression.name;
      case "constant": {
        const single = this.precision === "float32" ? expression.single : undefined;
        return this.constant(this.precision, single === undefined ? expression.values : [single]);
      }
      case "mask":
        return this.constant("bool", expression.truths.map(Number));
      case "pick": {
        const [row] = this.all(expression.args);
        const indices = this.tensor("int64", [expression.indices.length], expression.indices);
        return this.node("Gather", [row, indices], { axis: 1 }, expression.label);
      }
      case "lookup": {
        const { rows } = expression.table;
        const table = this.tensor(this.precision, [rows.length, expression.width], rows.flat(), expression.table.name);
        const index = this.node("Cast", this.all(expression.args), { to: INT64 });
        const axis = this.tensor("int64", [1], [1]);
        return this.node("Squeeze", [this.node("Gather", [table, index], { axis: 0 }), axis], {}, expression.label);
      }
      case "join":
        return this.node("Concat", expression.args.map(this.spread), { axis: 1 }, expression.label);
      case "sum": {
        const axis = this.tensor("int64", [1], [1]);
        return this.node("ReduceSum", [...this.all(expression.args), axis], { keepdims: 1 }, expression.label);
      }
      case "network":
        return this.network(this.all(expression.args)[0]);
      case "atan2": {
        const [y, x] = this.all(expression.args);
        return this.atan2(y, x, expression.label);
      }
      case "clamp": {
        const [row, low, high] = this.all(expression.args);
        return this.node("Max", [this.node("Min", [row, high]), low], {}, expression.label);
      }
      default: {
        const operator = OPERATORS[expression.op];
        if (!operator) throw new Error(`no ONNX operator does ${expression.op}`);
        return this.node(operator, this.all(expression.args), {}, expression.label);
      }
    }
  }

  /** The same under a name that is asked for: an output of the graph. */
  printAs(name: string, expression: Expression): void {
    this.nodes.push({ name, operator: "Identity", inputs: [this.print(expression)], output: name, attributes: {} });
  }

  private all(args: readonly Expression[]): string[] {
    return args.map((arg) => this.print(arg));
  }

  /** Concat does not broadcast. */
  private spread = (arg: Expression): string => {
    const row = this.print(arg);
    if (arg.op !== "constant") return row;
    return this.node("Expand", [row, this.node("Shape", [this.batch])]);
  };

  /** a = tanh(x W + b), layer by layer. */
  private network(features: string): string {
    return this.layers.reduce((row, { in: inputs, out, W, b }, layer) => {
      const columns = Array.from(W, (_, k) => W[(k % out) * inputs + Math.floor(k / out)]);
      const weights = this.tensor(this.precision, [inputs, out], columns, `W${layer}`);
      const bias = this.tensor(this.precision, [out], b, `b${layer}`);
      return this.node("Tanh", [this.node("Gemm", [row, weights, bias])]);
    }, features);
  }

  /**
   * ONNX has no Atan2: the angle in the first octant, then its mirror images; 0 for the zero vector. onnxruntime's CPU
   * has no float64 Atan either: that of float32, whose error d satisfies tan d = (q cos a - sin a) / (cos a + q sin a),
   * and d = 1e-7 is its own tangent.
   */
  private atan2(y: string, x: string, label: string | undefined): string {
    const zero = this.constant(this.precision, [0]);
    const angle = (radians: number) => this.constant(this.precision, [radians]);
    const [ax, ay] = [this.node("Abs", [x]), this.node("Abs", [y])];
    const [low, high] = [this.node("Min", [ax, ay]), this.node("Max", [ax, ay])];
    const isZero = this.node("Equal", [high, zero]);
    const q = this.node("Div", [low, this.node("Where", [isZero, angle(1), high])]);
    const first = this.arcTangent(q);
    const folded = this.node("Where", [
      this.node("Less", [ax, ay]),
      this.node("Sub", [angle(Math.PI / 2), first]),
      first,
    ]);
    const left = this.node("Sub", [angle(Math.PI), folded]);
    const upper = this.node("Where", [this.node("Less", [x, zero]), left, folded]);
    return this.node("Where", [this.node("Less", [y, zero]), this.node("Neg", [upper]), upper], {}, label);
  }

  private arcTangent(q: string): string {
    if (this.precision === "float32") return this.node("Atan", [q]);
    const rough = this.node("Cast", [this.node("Atan", [this.node("Cast", [q], { to: FLOAT })])], { to: DOUBLE });
    const [s, c] = [this.node("Sin", [rough]), this.node("Cos", [rough])];
    const above = this.node("Sub", [this.node("Mul", [q, c]), s]);
    const below = this.node("Add", [c, this.node("Mul", [q, s])]);
    return this.node("Add", [rough, this.node("Div", [above, below])]);
  }

  private constant(element: Element, values: readonly number[]): string {
    return this.tensor(element, [1, values.length], values);
  }

  private tensor(element: Element, shape: readonly number[], values: readonly number[], name?: string): string {
    const key = name ?? `${element} ${shape} ${values}`;
    const known = this.tensors.get(key);
    if (known) return known.name;
    const short = values.length === 1 ? `c_${values[0]}`.replaceAll(/\W/g, "_") : `c_${element}_${this.tensors.size}`;
    const unique = this.unique(name ?? short);
    this.tensors.set(key, { name: unique, element, shape, data: bytesOf(element, values) });
    return unique;
  }

  private node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number>> = {},
    label?: string,
  ): string {
    const key = `${operator} ${inputs} ${JSON.stringify(attributes)}`;
    const known = this.printed.get(key);
    if (known !== undefined) return known;
    const name = this.unique(label ?? operator.toLowerCase());
    this.nodes.push({ name, operator, inputs, output: name, attributes });
    this.printed.set(key, name);
    return name;
  }

  private unique(name: string): string {
    let unique = name;
    for (let i = 2; this.names.has(unique); i++) unique = `${name}_${i}`;
    this.names.add(unique);
    return unique;
  }
}
