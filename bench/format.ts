/** The performance table as text. */
import type { EstimatorTiming } from "./estimator.js";
import type { InstallSize } from "./install.js";
import { TITLES } from "./kernels.js";
import type { SideName } from "./side.js";
import type { StepSide, StepTiming } from "./step.js";
import type { BenchReport, Limit } from "./suite.js";
import type { SideTiming, Spread } from "./timing.js";
import type { UpdateTiming } from "./updates.js";

export const COLUMNS: Readonly<Record<SideName, string>> = {
  native256: "C++, 256 bits",
  native512: "C++, 512 bits",
  strict: "wasm",
  before: "wasm before",
  wide: "wasm, wide",
  fused: "wasm + FMA",
  "fused-wide": "wasm + FMA, wide",
  twin: "JavaScript",
  c: "C, 128 bits",
  "c-native": "C, 256 bits, FMA",
  batches: "wasm, 128 bits",
};
/** Packages below this share of all are listed together. */
const SMALL_SHARE = 0.02;

export function formatBench(report: BenchReport): string {
  const { machine } = report;
  return [
    [`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`, machine.compiler].filter(Boolean).join("; "),
    ...report.notes.map((note) => `note: ${note}`),
    ...report.agreement.map(
      ({ side, error }) => `${COLUMNS[side]} agrees with the reference to ${error.toExponential(1)}`,
    ),
    "",
    ...timings(report),
    "",
    ...bounds(report),
    "",
    ...steps(report.steps),
    "",
    ...estimator(report.estimator),
    "",
    ...updates(report.updates),
    "",
    ...report.limits.map(formatLimit),
    ...(report.limits.length > 0 ? [""] : []),
    ...footprint(report),
  ].join("\n");
}

/** Time of one run, then the ratio to C++ in 256 bits with its quartiles, then to C++ in 512 bits. */
function timings(report: BenchReport): string[] {
  const sides = report.kernels[0]?.sides.map(({ side }) => side) ?? [];
  const heading = sides.includes("native256") ? "median time; x C++, 256 bits (quartiles), x 512 bits" : "median time";
  const rows = report.kernels.map(({ kernel, sides }) => [TITLES[kernel], ...sides.map(cell)]);
  return table([[heading, ...sides.map((side) => COLUMNS[side])], ...rows]);
}

/** What the dense products of a kernel cost at least. */
function bounds({ bounds }: BenchReport): string[] {
  if (bounds.length === 0) return [];
  return table([
    ["at least", "products", "reads", "in 128 bits", "in 256 bits"],
    ...bounds.map(({ kernel, products, bytes, narrow, wide }) => [
      TITLES[kernel],
      `${products}`,
      kilobytes(bytes),
      duration(narrow),
      duration(wide),
    ]),
  ]);
}

const STEP_SIDES: Readonly<Record<StepSide, string>> = {
  wasm: "the core's code (WebAssembly)",
  float32: "onnxruntime-node, float32",
  float64: "onnxruntime-node, float64",
};

/** Time of a step of an exported policy, and the ratio to the core's with its quartiles. */
function steps(timings: readonly StepTiming[]): string[] {
  return table([
    ["step of an exported policy", "median time; x the core's (quartiles)"],
    ...timings.map(({ side, nanoseconds, ratio }) => {
      const times = duration(nanoseconds.median);
      return [STEP_SIDES[side], side === "wasm" ? times : `${times}  ${formatRatio(ratio)}`];
    }),
  ]);
}

function estimator({ median, most }: EstimatorTiming): string[] {
  return table([
    ["step of the estimator, poses 80 ms late", "median", "99 % below"],
    ["the car's place", ...[median, most].map(duration)],
  ]);
}

const UPDATE_PARTS: Readonly<Record<UpdateTiming["part"], string>> = {
  fit: "fit of the model, to five laps",
  update: "whole update: fit, model rollouts, steps",
};

/** Median of a training's updates; the first one of a process, and the longest of the others. */
function updates(timings: readonly UpdateTiming[]): string[] {
  const cells = timings.map(({ part, median, first, worst }) => [
    UPDATE_PARTS[part],
    ...[median, first, worst].map((time) => duration(1e6 * time)),
  ]);
  return table([["update of a training", "median", "first", "worst of the others"], ...cells]);
}

function cell({ side, nanoseconds, ratios: { native256, native512 } }: SideTiming): string {
  const time = duration(nanoseconds.median);
  if (!native256 || side === "native256") return time;
  const wider = native512 && side !== "native512" ? `, ${rounded(native512.median)}` : "";
  return `${time}  ${formatRatio(native256)}${wider}`;
}

export function formatRatio({ median, low, high }: Spread): string {
  return `${rounded(median)} (${rounded(low)}..${rounded(high)})`;
}

function rounded(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}

function formatLimit({ kernel, side, limit, ratio }: Limit): string {
  const over = ratio <= limit ? "" : " (over)";
  return `${TITLES[kernel]}, ${COLUMNS[side]}: at most ${limit} x C++, 256 bits; ${rounded(ratio)}${over}`;
}

function footprint({ startUp, modules, install }: BenchReport): string[] {
  return table([
    [
      "start to first control step",
      milliseconds(startUp.wall.median),
      `Node alone ${milliseconds(startUp.bareNode.median)}`,
    ],
    ["  in the process itself", milliseconds(startUp.inProcess.median), ""],
    ["resident memory, training size", megabytes(startUp.memory), ""],
    ...modules.map(({ name, bytes, compressed }) => [name, kilobytes(bytes), `compressed ${kilobytes(compressed)}`]),
    ...(install ? shares(install) : []),
  ]);
}

function shares(install: InstallSize): string[][] {
  const small = install.packages.filter(({ bytes }) => bytes < SMALL_SHARE * install.packageBytes);
  const large = install.packages.filter((share) => !small.includes(share));
  const smallBytes = small.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ["robot install", megabytes(install.bytes), `${install.packages.length} packages`],
    ["  lapgrad itself", megabytes(install.ownBytes), ""],
    ...large.map(({ path, version, bytes, neededBy }) => [
      `  ${path.replace(/^node_modules\//, "")} ${version}`,
      megabytes(bytes),
      `for ${neededBy.join(", ")}`,
    ]),
    [`  ${small.length} smaller packages`, megabytes(smallBytes), ""],
  ];
}

/** Columns as wide as their longest cell, two blanks apart; the first one flush left, the others too. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Three digits and a fitting unit. */
export function duration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toPrecision(3)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toPrecision(3)} µs`;
  return `${(nanoseconds / 1e6).toPrecision(3)} ms`;
}

function milliseconds(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
