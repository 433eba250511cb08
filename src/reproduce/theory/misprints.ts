/** Misprints and contradictions in the formulas of [W23], with the right form, and in numbers where the running example decides. */
import type { Section } from "../study.js";
import { type Example, exact, MeasuredExample, printed } from "./running-example.js";

const example: Example = { a: 1.2, b: 1, aHat: 1.1, bHat: 0.8, T: 12 };

/** One formula of the running example in numbers. */
interface Decided {
  readonly formula: string;
  readonly printed: number;
  readonly exact: number;
  readonly core: number;
}

/** Where, as printed, as it should be, why. */
const LIST: readonly (readonly [string, string, string, string])[] = [
  ["(5), A.1", "∂x_t/∂θ = 0 starts the recursion", "∂x_0/∂θ = 0", "the later ones are what is computed"],
  ["(6)", "B̂_t = ∂F/∂u", "∂F̂/∂u", "F has no known derivative; with F the estimator would have no error in B"],
  ["(7)", "∂π_t/∂θ in the sum over t'", "∂π_t'/∂θ", "as in (5): the input at t' moves the state at t"],
  [
    "(10), Lemma 2",
    "Φ_t,s ΔA_s Φ̂_s-1,t'",
    "Φ_t,s ΔA_s Φ̂_s,t'",
    "Φ_s,t' ends at A_s-1 already; the printed term has a factor too few, and none at all for s = t' + 1",
  ],
  [
    "sec. 5.1",
    "a^(t-t') (b̂ - b) + Σ a^(t-t'-1) b (â - a)",
    "a^(t-t'-1) (b̂ - b) + b̂ Σ a^(t-s-1) (â - a) â^(s-t'-1)",
    "(10) with Φ = a^(t-t'-1); the summands depend on s; in numbers above",
  ],
  [
    "sec. 5.2, 5.3",
    "θ = (ū_1, …, ū_T-1)",
    "(ū_0, …, ū_T-1)",
    "as defined in section 5; so has section 6 x̄_0 … x̄_T-1, not x̄_t",
  ],
  [
    "sec. 5.2",
    "∇J = Σ_t a^t x_0 Σ_t' a^(t-t') b",
    "component t': -Σ_t>t' a^t x_0 â^(t-t'-1) b̂",
    "a gradient is a vector; ∇R = -x; the estimator has the model's Φ̂ B̂; in numbers above",
  ],
  [
    "sec. 5.2",
    "variance (1/N) E‖ĝ^N - E ĝ^N‖² = (1/N) ‖Σ a^t x_0 …‖²",
    "E‖ĝ^N - ḡ‖² = (1/N) E[x_0²] Σ_t' (…)², E[x_0²] = 1/3",
    "ĝ^N is the mean over N already; x_0 is random, its square has a mean; in numbers above",
  ],
  [
    "sec. 5.3",
    "∇²J = diag(Δ_t), Δ_t = Σ a^(s-t) b",
    "-Σ_t φ_t φ_tᵀ, φ_t[t'] = a^(t-t'-1) b",
    "inputs at two times move the same later states, so it is full; it grows as a^2T, not a^T; in numbers above",
  ],
  ["sec. 6", "B̂_t = b", "b̂", "it is the model's"],
  ["Remark 3", "incrementally stabilizing: ‖Φ‖ ≤ M α^(t-t')", "with α < 1", "any bounded Jacobian gives some α"],
  ["Theorem 1, α = 1", "bias C T² Δ", "C T³ Δ, as in Lemma 2", "for an error in A; measured above"],
  ["Lemma 2, α < 1", "C T² Δ", "C T Δ, as in Theorem 1", "Σ n α^n = α/(1-α)² is bounded; measured above"],
  [
    "Theorem 1 and Lemma 2, α > 1",
    "T² α^T Δ against T³ α^T Δ",
    "both hold for a fixed α > 1, T α^T Δ suffices",
    "with one constant for all α only T³ holds, as α = 1 + 1/T shows",
  ],
  [
    "Theorem 1 and Lemma 3, α > 1",
    "K T⁴ α^3T",
    "K α^2T for a fixed α > 1",
    "p(t+1) and ∂x(t)/∂θ are not largest at the same time; measured above",
  ],
  [
    "Lemmas 1 to 3",
    "constants independent of M and α",
    "they grow as 1/(1-α) and more, and with M",
    "they bound sums of M α^n",
  ],
  [
    "Theorem 2",
    "max{‖∂F/∂x‖, ‖∂F/∂u‖} < Δ",
    "of the differences ∂F - ∂F̂, as in Theorem 1",
    "Δ is the model's error; policy class π, not φ",
  ],
  ["Lemma 2", "Δ = min{Δ_A, Δ_B}", "max", "either alone makes a bias; of A_cl = A + BK: Δ (1 + ‖K‖)"],
  ["Lemma 3", "case α = 0", "α = 1", "α > 0 is assumed"],
  [
    "(34), (35)",
    "∂²H/∂x∂θ twice; ‖∂x_T/∂θ‖² under the sum; =",
    "∂²H/∂θ²; ‖∂x_t/∂θ‖²; ≤",
    "as in the formula above them; (33) is ≤ too",
  ],
  [
    "Lemma 3, proof",
    "2 (∂x/∂θ)ᵀ ∂²H/∂x∂θ",
    "(∂x/∂θ)ᵀ ∂²H/∂x∂θ plus its transpose",
    "a Hessian is symmetric; the quadratic form (29) cannot tell",
  ],
  [
    "(13), Lemma 1",
    "p_t+1 B_t + ∇R_t(x_t)",
    "p_t+1 B̂_t + r_t, r_t the reward's derivative by u, as in (26)",
    "a row of n numbers cannot be added to a row of m; hats as in (14)",
  ],
  [
    "Lemma 1",
    "p_t = Σ_s≥t+1 ∇R(x_s) Φ_s,t",
    "that is p_t+1; and s runs to T",
    "Φ_s,t of (5) begins with A_t+1; in numbers above",
  ],
  [
    "(15), (17)",
    "one multiplier p_T+1 outside the sum; R_T ⟨p_T, x_T⟩ + … + p_t x_t - H_t",
    "J = R_T - ⟨p_T, x_T⟩ + ⟨p_0, x_0⟩ + Σ (H_t - ⟨p_t, x_t⟩)",
    "multipliers for every step; with (16) the signs are these",
  ],
  [
    "(18)",
    "⟨∇Q_T + p_T, δx_T⟩ + Σ ⟨p_t - ∇_x H, δx⟩ - ⟨∇_θ H, δθ⟩",
    "⟨∇R_T - p_T, δx_T⟩ + Σ ⟨∇_x H - p_t, δx⟩ + ⟨∇_θ H, δθ⟩",
    "with (19) the printed first term is 2 ∇R_T, not 0, and the last contradicts (23); in numbers above",
  ],
  ["(22)", "p_t+1ᵀ ∂/∂x A_t", "p_t+1ᵀ A_t^cl", "(21) differentiates F(x, π(x))"],
  ["(23) to (26)", "sum to t - 1; none in (24); π_θᵀ", "to T - 1; π_θ^t", ""],
  [
    "(27) to (29)",
    "first term with δx_t; + p_T; Q_T; - ∇_x H beside + ∇_xx H",
    "δx_T; - p_T; R_T; the signs of (18)",
    "else δ²x_T does not vanish",
  ],
  ["(30)", "δx_t = ∂φ/∂θ := Σ φ_t,t' …", "times δθ, with Φ_t,t'", ""],
  ["Algorithm 1", "step sizes k = 0 … N-1; ĝ(θ)", "k = 1 … K; ĝ(θ_k)", "one per iteration"],
];

/** All formulas that the running example decides. */
export async function decide(): Promise<Decided[]> {
  const { a, b, T } = example;
  const core = await MeasuredExample.of(example);
  const truth = { ...example, aHat: a, bHat: b };
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const trueGradient = core.gradient(1, { exactly: true });
  const [error = Number.NaN] = core.lastSensitivity(false).map((s, j) => s - (core.lastSensitivity(true)[j] ?? 0));
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
      exact: -(hessian[0]?.[1] ?? Number.NaN),
      core: -(core.hessian()[0]?.[1] ?? Number.NaN),
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
    const w = matrix.map((row) => row.reduce((sum, entry, k) => sum + entry * (v[k] ?? 0), 0));
    value = Math.max(...w);
    v = w.map((x) => x / value);
  }
  return value;
}

const number = (value: number): string => `${Number(value.toPrecision(6))}`;

/** The two tables, and the numbers of the first. */
export async function misprintSections(): Promise<{ sections: Section[]; numbers: readonly Decided[] }> {
  const numbers = await decide();
  const { a, b, aHat, bHat, T } = example;
  return {
    numbers,
    sections: [
      {
        heading: "The running example in numbers",
        text: [
          `a = ${a}, b = ${b}, â = ${aHat}, b̂ = ${bHat}, t = 0 … ${T - 1}, reward -x²/2, inputs 0, x_0 as said or uniform on [-1, 1]. Right: closed forms from (5), (7) and (14). Core: the same from its co-state pass, Gauss's two points over x_0, and Lanczos.`,
        ],
        table: [
          ["formula", "as printed", "right", "core"],
          ...numbers.map((row) => [row.formula, number(row.printed), number(row.exact), number(row.core)]),
        ],
      },
      {
        heading: "Misprints and contradictions of the draft",
        table: [["where", "printed", "right", "why"], ...LIST],
      },
    ],
  };
}
