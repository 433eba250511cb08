/** One case file through rollout and co-state pass. The format is described in docs/gradient-cases.md. */
import * as v from "valibot";
import { completeConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { SimLink } from "../links/kinds/sim.js";
import { shortened } from "../output.js";
import { hiddenOf, layeredGradient, setLayers } from "../policy-file.js";
import { readJson } from "../recording/json.js";
import { layersIn } from "../recording/layers.js";
import { coreFor } from "../session.js";

/** 23 minutes of the car: what a case is, and all its numbers on the way out, stays small. */
const MOST_SEGMENTS = 10_000;

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const rows = v.array(v.array(finite));

const caseSchema = v.object({
  name: v.optional(v.string(), "case"),
  task: v.optional(v.string(), "car-figure8"),
  plant: v.optional(v.string(), "nominal"),
  t0: v.pipe(finite, v.minValue(0)),
  x0: v.array(finite),
  segments: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_SEGMENTS)),
  windowStart: v.optional(whole, 0),
  windowLength: v.optional(whole, 0),
  windowStride: v.optional(whole, 0),
  modelScale: v.optional(v.pipe(finite, v.gtValue(0)), 1),
  modelDelay: v.optional(v.pipe(finite, v.minValue(0)), 0),
  truncation: v.optional(v.picklist(["none", "segment"]), "none"),
  networkStateFeedback: v.optional(v.boolean(), true),
  xs: v.optional(rows),
  us: v.optional(rows),
  xf: v.optional(v.array(finite)),
  stageCosts: v.optional(v.array(finite)),
  loss: v.optional(finite),
  gradient: v.optional(v.array(finite)),
});

/** How close a case must come: absolute for states and inputs, relative for the loss, of its norm for the gradient. */
export const TOLERANCES = {
  states: 1e-9,
  inputs: 1e-9,
  finalState: 1e-9,
  stageCosts: 1e-9,
  loss: 1e-9,
  gradient: 1e-6,
};

/** What a case file asks for, and how far that is from what the file expects. */
export interface CaseResult {
  readonly name: string;
  readonly loss: number;
  readonly xs: readonly (readonly number[])[];
  readonly us: readonly (readonly number[])[];
  readonly stageCosts: readonly number[];
  readonly xf: readonly number[];
  /** in the order of the file's layers: W row by row (out x in), then b */
  readonly gradient: readonly number[];
  readonly gradientNorm: number;
  /** largest differences, by the name of what was compared, in the measure of {@link TOLERANCES} */
  readonly differences: Readonly<Record<string, number>>;
  /** names of those beyond their tolerance */
  readonly failed: readonly string[];
}

/** Runs one case file; a {@link UserError} says what is wrong with it. */
export async function runCase(path: string): Promise<CaseResult> {
  const raw = await readJson(path);
  const parsed = v.safeParse(caseSchema, raw);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? "the file";
    const problem = issue.received === "undefined" ? "is missing" : `is wrong: ${shortened(issue.message)}`;
    throw new UserError(`${path}: "${key}" ${problem}; docs/gradient-cases.md says what a case holds`);
  }
  const given = parsed.output;
  const layers = layersIn(path, raw);
  const config = completeConfig({
    task: given.task,
    plant: given.plant,
    "rollout-segments": given.segments,
    "model-scale": given.modelScale,
    hidden: hiddenOf(layers),
    window: `${given.windowStart}:${given.windowLength}:${given.windowStride}`,
    truncation: given.truncation,
    "model-delay": given.modelDelay,
    "network-state-feedback": given.networkStateFeedback,
  });
  const core = await coreFor(config, 1, given.segments);
  const { task } = core.setup;
  if (given.x0.length !== task.columns.state.length) {
    const needed = `the task has ${task.columns.state.length}: ${task.columns.state.join(", ")}`;
    throw new UserError(`${path}: x0 has ${given.x0.length} numbers; ${needed}`);
  }
  const steps = given.segments * task.timing.stepsPerSegment;
  setLayers(core, layers, path);
  core.writeStart(given.x0, given.t0);
  const drive = await new SimLink().drive(core, 0, given.segments);
  if (drive.stopped) throw new UserError(`${path}: the rollout was stopped: ${drive.stopped}; check x0 and layers`, 1);
  const loss = core.gradient(0, 1);
  const n = task.columns.state.length;
  const states = core.view("states").subarray(0, steps * n);
  const finalState = core.view("states").subarray(steps * n, (steps + 1) * n);
  const inputs = core.view("inputs");
  const gradient = layeredGradient(core, layers);
  const differences: Record<string, number> = {};
  const compare = (name: string, ours: ArrayLike<number>, expected: readonly number[] | undefined, scale: number) => {
    if (expected) differences[name] = largestDifference(ours, expected, `${path}: ${name}`) / scale;
  };
  compare("states", states, given.xs?.flat(), 1);
  compare("inputs", inputs, given.us?.flat(), 1);
  compare("finalState", finalState, given.xf, 1);
  compare("stageCosts", core.view("stageCosts"), given.stageCosts, 1);
  if (given.loss !== undefined) differences.loss = relative(Math.abs(loss - given.loss), Math.abs(given.loss));
  if (given.gradient) {
    checkLength(gradient, given.gradient, `${path}: gradient`);
    const { gradient: expected } = given;
    differences.gradient = relative(norm(gradient.map((value, i) => value - expected[i])), norm(expected));
  }
  const beyond = Object.entries(differences).filter(
    ([name, value]) => !(value <= TOLERANCES[name as keyof typeof TOLERANCES]),
  );
  return {
    name: given.name,
    loss,
    xs: split(states, n),
    us: split(inputs, task.columns.input.length),
    stageCosts: Array.from(core.view("stageCosts")),
    xf: Array.from(finalState),
    gradient: Array.from(gradient),
    gradientNorm: norm(gradient),
    differences,
    failed: beyond.map(([name]) => name),
  };
}

function largestDifference(ours: ArrayLike<number>, expected: readonly number[], what: string): number {
  checkLength(ours, expected, what);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(ours[i] - value)), 0);
}

function norm(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Relative to what is expected; absolute where that is 0. */
function relative(difference: number, expected: number): number {
  return difference / (expected || 1);
}

function checkLength(ours: ArrayLike<number>, expected: readonly number[], what: string): void {
  if (ours.length !== expected.length)
    throw new UserError(`${what} has ${expected.length} numbers; this case has ${ours.length}`);
}

function split(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );
}
