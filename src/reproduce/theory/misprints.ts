/**
 * Misprints and contradictions in the formulas of [W23], with the right form, and in numbers where the running example
 * decides.
 */
import { parse } from "yaml";
import { readPage } from "../../serve/template.js";
import { type Example, exact, MeasuredExample, printed } from "./running-example.js";

export const example: Example = { a: 1.2, b: 1, aHat: 1.1, bHat: 0.8, T: 12 };

/** One formula of the running example in numbers. */
interface Decided {
  readonly formula: string;
  readonly printed: number;
  readonly exact: number;
  readonly core: number;
}

/** All formulas that the running example decides. */
export async function decide(): Promise<Decided[]> {
  const { a, b, T } = example;
  const core = await MeasuredExample.of(example);
  const truth = { ...example, aHat: a, bHat: b };
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const trueGradient = core.gradient(1, { exactly: true });
  const error = core.lastSensitivity(false)[0] - core.lastSensitivity(true)[0];
  const hessian = exact.hessian(example);
  const eigenvalue = largestOf(hessian);
  // R = -x^2/2 along a^t: p_0 = sum over t of -a^t a^t
  const fromZero = Array.from({ length: T }, (_, t) => -(a ** (2 * t)));
  return [
    {
      formula: "5.1: error of ∂x_11/∂u_0",
      printed: printed.sensitivityError(example, T - 1, 0),
      exact: exact.sensitivityError(example, T - 1, 0),
      core: error,
    },
    {
      formula: "5.2: sum of the gradient's components, x_0 = 1, true model",
      printed: printed.gradient(example, 1),
      exact: -total(exact.gradient(truth, 1)),
      core: -total(trueGradient),
    },
    {
      formula: "5.2: variance of the estimator, N = 1 (printed: at x_0 = 1)",
      printed: printed.variance(example, 1),
      exact: exact.variance(example),
      core: core.variance(),
    },
    {
      formula: "5.3: entry (0, 1) of the Hessian",
      printed: 0,
      exact: -hessian[0][1],
      core: -core.hessian()[0][1],
    },
    {
      formula: "5.3: eigenvalue of largest size",
      printed: Math.max(...printed.hessianDiagonal(example)),
      exact: -eigenvalue,
      core: -core.largestEigenvalue(),
    },
    {
      formula: "Lemma 1: p_0 at x_0 = 1",
      printed: total(Array.from({ length: T - 1 }, (_, i) => -(a ** (i + 1)) * a ** i)),
      exact: total(fromZero),
      core: -(core.cost(2) - core.cost(0)) / 2,
    },
    {
      formula: "(18): δJ for δu_t = 1, x_0 = 1",
      printed: total(exact.gradient(truth, 1)),
      exact: -total(exact.gradient(truth, 1)),
      core: -total(trueGradient),
    },
  ];
}

/** Largest eigenvalue of a matrix of positive numbers, by the power method. */
function largestOf(matrix: readonly (readonly number[])[]): number {
  let v = matrix.map(() => 1);
  let value = 0;
  for (let i = 0; i < 200; i++) {
    const w = matrix.map((row) => row.reduce((sum, entry, k) => sum + entry * v[k], 0));
    value = Math.max(...w);
    v = w.map((x) => x / value);
  }
  return value;
}

const number = (value: number): string => `${Number(value.toPrecision(6))}`;

export function decidedTable(decided: readonly Decided[]): string[][] {
  return [
    ["formula", "as printed", "right", "core"],
    ...decided.map((row) => [row.formula, number(row.printed), number(row.exact), number(row.core)]),
  ];
}

/** The list of ../pages/misprints.yaml: where, as printed, as it should be, why. */
export function misprintTable(): string[][] {
  const columns = ["where", "printed", "right", "why"];
  const list: Record<string, string>[] = parse(readPage("reproduce/misprints.yaml"));
  return [columns, ...list.map((misprint) => columns.map((column) => misprint[column]))];
}
