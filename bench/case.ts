/**
 * The one case that every side of the benchmark runs: car, figure-8, a network whose last layer is not zero, 1001
 * control steps.
 */
import { Core, type CoreSetup } from "../src/core/core.js";
import { carFigure8 } from "../src/tasks/car-figure8.js";
import { CHOICES, type CoreName } from "./side.js";

/** 143 segments of 7 steps: the smallest whole number of segments with at least 1000 steps. */
export const SEGMENTS = 143;
/**
 * Learning rate of the update whose result is compared; timed updates have rate 0, so that every repetition drives the
 * same way.
 */
export const RATE = 6e-3;
/** Share of the plant's parameters that the model has, so that plant and model differ. */
const MODEL_SCALE = 0.5;
/** Of both hidden layers, and outputs. */
const WIDTH = 64;
const OUTPUTS = 10;

const task = carFigure8;
const { stepsPerSegment } = task.timing;

/**
 * A build of the core, or its plain JavaScript twin, configured for the case; parameters and start come with {@link
 * takeCase}. `width`: of both hidden layers; `rollouts`: in a batch; `modelScale`: the model's part of the plant's
 * parameters.
 */
export async function benchCore(
  build: CoreName,
  segments: number,
  { width = WIDTH, rollouts = 1, modelScale = MODEL_SCALE } = {},
): Promise<Core> {
  const plant = task.plants.nominal;
  if (!plant) throw new Error(`task ${task.name} has no plant "nominal"`);
  const sized = { ...task, network: { ...task.network, hidden: [width, width] } };
  const setup: CoreSetup = { task: sized, plant, rollouts, steps: segments * stepsPerSegment, segments };
  const core = build === "twin" ? await twin(setup) : await Core.load(setup, CHOICES[build]);
  core.setParameters("model", scaled(modelScale));
  return core;
}

/** Loaded only when it is asked for: an installed package does not have it. */
async function twin(setup: CoreSetup): Promise<Core> {
  const { instantiate } = await import("#twin");
  return new Core(await instantiate(), setup);
}

function scaled(factor: number): { kind: string; parameters: Record<string, number> } {
  const parameters = Object.fromEntries(
    Object.entries(task.model.parameters).map(([name, value]) => [name, factor * value]),
  );
  return { kind: task.model.kind, parameters };
}

/** Draws parameters and start, as training does, and gives the last layer values, so that the network has its say. */
export function drawCase(core: Core): void {
  core.seed(20, 23);
  core.initialise();
  const theta = core.view("parameters");
  const width = core.setup.task.network.hidden.at(-1) ?? WIDTH;
  for (let i = theta.length - (width + 1) * OUTPUTS; i < theta.length; i++) theta[i] = 0.02 * Math.sin(i);
  core.sampleStart(0);
}

/** The case as the native reference reads it: the doubles of `struct Case` in bench/native/task.hpp, in that order. */
export function caseOf(core: Core, segments: number): Float64Array {
  const { timing, reward, reference } = task;
  const value = (parameters: Readonly<Record<string, number>>, name: string): number => {
    const number = parameters[name];
    if (number === undefined) throw new Error(`task ${task.name} has no parameter ${name}`);
    return number;
  };
  const lookahead = timing.networkPeriod - timing.controlPeriod;
  const start = core.view("counts")[core.exports.Counts.startTime];
  return Float64Array.from([
    ...[segments, timing.stepsPerSegment, timing.controlPeriod, lookahead, timing.controlPeriod],
    ...["radius", "lapTime", "speedWeight", "headingWeight"].map((name) => value(reward.parameters, name)),
    ...["duration", "positionWeight"].map((name) => value(reference.parameters, name)),
    ...core.view("controllerParameters"),
    ...core.view("modelParameters"),
    ...core.view("plantParameters"),
    ...core.view("outputScale"),
    ...core.view("nominalGains"),
    ...core.view("stateLow"),
    ...core.view("stateHigh"),
    start,
    ...core.view("states").subarray(0, 4),
    ...[RATE, 0],
    ...core.view("parameters"),
  ]);
}

/** Gives a core the parameters and the start of a case made by {@link caseOf}. */
export function takeCase(core: Core, given: Float64Array): void {
  const parameters = core.view("parameters");
  const start = given.length - parameters.length - 7;
  core.view("counts")[core.exports.Counts.startTime] = given[start];
  core.view("states").set(given.subarray(start + 1, start + 5));
  parameters.set(given.subarray(-parameters.length));
}
