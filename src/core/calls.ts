/** The core's functions, a method each: what the core refuses is an error here, what it answers is returned. */
import type { instantiate } from "#core";
import { UserError } from "../errors.js";

/** The exports of assembly/index.ts, as the compiler typed them; the plain JavaScript twin has the same. */
export type CoreExports = Awaited<ReturnType<typeof instantiate>>;

type NameIn<Enum extends keyof CoreExports> = Exclude<keyof CoreExports[Enum] & string, "count">;
export type RegionName = NameIn<"Region">;
export type OptionName = NameIn<"Option">;
export type LawPartName = NameIn<"LawPart">;
type ResultName = NameIn<"Result">;

/** How a region is laid out: numbers in a row, rows, and what it has a row for. */
export interface RegionShape {
  readonly columns: number;
  readonly rows: number;
  readonly per: NameIn<"RowsPer">;
}

/**
 * Rollouts are named by their slot, from 0. A refusal, {@link UserError} with exit code 1, is a fault of the program
 * that calls: a slot, window or step that does not exist, or a call before its time.
 */
export class CoreCalls {
  readonly #ok: number;
  /** what the last call answered, in the order of the core's `Result` */
  #answers = new Float64Array(0);

  /** `exports`: for what these methods do not cover, the core's enums above all. */
  constructor(readonly exports: CoreExports) {
    this.#ok = exports.Status.ok;
  }

  /** Throws unless a status of the core is `ok`. */
  check(status: number, action: string): void {
    if (status !== this.#ok) {
      throw new UserError(`the core refused ${action}: ${this.exports.Status[status] ?? `status ${status}`}`, 1);
    }
  }

  /** Address and shape of a region, of one rollout where it exists once per rollout. */
  protected describe(region: RegionName, slot: number): RegionShape & { readonly address: number } {
    this.check(this.exports.describeRegion(this.exports.Region[region], slot), `region ${region} of rollout ${slot}`);
    const per = this.exports.RowsPer[this.#answer("rowsPer")] as RegionShape["per"];
    return { address: this.#answer("address"), columns: this.#answer("columns"), rows: this.#answer("rows"), per };
  }

  setOption(option: OptionName, value: number): void {
    this.check(this.exports.setOption(this.exports.Option[option], value), `option ${option} = ${value}`);
  }

  /** Parameters changed of which parts make something beforehand. */
  prepare(): void {
    this.check(this.exports.prepare(), "prepare");
  }

  /** The pace at which the task is driven from the next network call on: task time per time, from 0.3 to 1.5. */
  setPace(pace: number): void {
    this.check(this.exports.setPace(pace), `pace ${pace}`);
  }

  /** The same, of a pace that is hardly another: {@link setPace} puts the reflex at rest, with this it goes on. */
  easePace(pace: number): void {
    this.check(this.exports.easePace(pace), `pace ${pace}`);
  }

  /** What the reflex fired for was nothing: the pace that was asked for is driven again, and it becomes careful. */
  dismissFiring(): void {
    this.check(this.exports.dismissFiring(), "a firing that was nothing");
  }

  /** Starts the random numbers from a 64-bit seed, given as two 32-bit numbers. */
  seed(low: number, high: number): void {
    this.check(this.exports.seed(low, high), "a seed");
  }

  /** Draws the network's initial weights. */
  initialise(): void {
    this.check(this.exports.initialise(), "initial weights");
  }

  /** Draws where a rollout starts. */
  sampleStart(slot: number): void {
    this.check(this.exports.sampleStart(slot), "a start");
  }

  /** The task's nominal setpoint at task time `time` [s], into the first places of the region `probe`. */
  nominalSetpoint(time: number): void {
    this.check(this.exports.nominalSetpoint(time), "a nominal setpoint");
  }

  /** {@link tryRollOut}, where a state that leaves its bounds is an error. */
  rollOut(slot: number, segments: number, previous = -1, overlap = 0): void {
    this.check(this.exports.rollOut(slot, segments, previous, overlap), "a rollout");
  }

  /**
   * Drives the plant for `segments` segments, from rest at the rollout's first state or on from the end of the rollout
   * `previous`, of which `overlap` segments are kept in front; false if a state left its bounds: it ends there.
   */
  tryRollOut(slot: number, segments: number, previous = -1, overlap = 0): boolean {
    return this.#withinBounds(this.exports.rollOut(slot, segments, previous, overlap), "a rollout");
  }

  /** The last `overlap` segments of the rollout `previous` as the first of another. */
  driveOn(slot: number, previous: number, overlap: number): void {
    this.check(this.exports.driveOn(slot, previous, overlap), "a drive that goes on");
  }

  /**
   * Evaluates costs, commands and derivatives along a recorded rollout. `network`: where its outputs come from;
   * `useReference`: the references are computed from the setpoints, otherwise those recorded are kept; `keepOpening`:
   * so is the setpoint before the first.
   */
  replay(slot: number, network: NameIn<"Network">, useReference: boolean, keepOpening = false): void {
    this.check(this.exports.replay(slot, this.exports.Network[network], useReference, keepOpening), "a replay");
  }

  /** What the model does not explain of a recorded rollout, for {@link tryRollOutModel}. */
  recordModelError(slot: number): void {
    this.check(this.exports.recordModelError(slot), "the model's errors");
  }

  /**
   * Drives the model instead of the plant (assembly/model-rollout.ts), at a pace of its own unless it is a `replay`;
   * false if a state left its bounds.
   */
  tryRollOutModel(
    slot: number,
    source: number,
    start: NameIn<"ModelStart">,
    segments = 0,
    shift = 0,
    pace = 1,
  ): boolean {
    const status = this.exports.rollOutModel(slot, source, this.exports.ModelStart[start], segments, shift, pace);
    return this.#withinBounds(status, "a model rollout");
  }

  /**
   * Drives a recorded rollout on in the model for some segments, after {@link recordModelError}; false if a state left
   * its bounds. {@link forget} takes them away again.
   */
  tryForesee(slot: number, segments: number): boolean {
    return this.#withinBounds(this.exports.foresee(slot, segments), "what is foreseen");
  }

  /** Takes the last segments of a rollout away. */
  forget(slot: number, segments: number): void {
    this.check(this.exports.forget(slot, segments), "what was foreseen");
  }

  /** The model's derivatives along a rollout again, after its parameters or delays changed. */
  linearise(slot: number): void {
    this.check(this.exports.linearise(slot), "the model's derivatives");
  }

  /** Begins a drive of a real robot, step by step. */
  beginDrive(): void {
    this.check(this.exports.beginDrive(), "a drive");
  }

  /** Whether the control step at `time` [s] would call the network. Neither throws nor allocates. */
  networkDue(time: number): boolean {
    return this.exports.networkDue(time) === this.#ok && this.#answers[0] === 1;
  }

  /**
   * One control step at `time` [s], task time as long as the pace is 1, in the state in the region `plantState`; false
   * if there is no command that may be sent. Neither throws nor allocates.
   */
  tick(time: number): boolean {
    return this.exports.tick(time) === this.#ok;
  }

  /** Network, setpoint, reference and controller for step `t`, the first of segment `j`. */
  controlStep(slot: number, j: number, t: number): void {
    this.check(this.exports.controlStep(slot, j, t), "a control step");
  }

  /** The simulated plant at rest in the state of the region `plantState`. */
  restPlant(): void {
    this.check(this.exports.restPlant(), "a plant at rest");
  }

  /** The simulated plant `dt` seconds later, under the first row of `inputs`. */
  drivePlant(dt: number): void {
    this.check(this.exports.drivePlant(dt), "a step of the plant");
  }

  /** Sum of stage costs over all windows of a rollout. */
  windowCost(slot: number): number {
    this.check(this.exports.windowCost(slot), "the cost of windows");
    return this.#answer("value");
  }

  /** Number of windows of a rollout. */
  windowCount(slot: number): number {
    this.check(this.exports.windowCost(slot), "the number of windows");
    return this.#answer("windows");
  }

  /** Loss of `count` rollouts from `first` on; their gradient is in the region `gradient`. */
  gradient(first: number, count: number): number {
    this.check(this.exports.gradient(first, count), "a gradient");
    return this.#answer("value");
  }

  /** Euclidean norm of the region `gradient`. */
  gradientNorm(): number {
    this.check(this.exports.gradientNorm(), "the gradient's norm");
    return this.#answer("value");
  }

  /** Hessian of that loss times `direction`, into the region `gradient`. */
  hessianProduct(first: number, count: number): void {
    this.check(this.exports.hessianProduct(first, count), `second derivatives of rollouts ${first} and on`);
  }

  /** J^T w of one window, w = `seeds`, into `gradient`. */
  costatePass(slot: number, window: number): void {
    this.check(this.exports.windowPass(this.exports.Pass.costate, slot, window), "a co-state pass");
  }

  /** J v of one window, v = `direction`, into `residualTangents`. */
  tangentPass(slot: number, window: number): void {
    this.check(this.exports.windowPass(this.exports.Pass.tangent, slot, window), "a tangent pass");
  }

  /** Gradient of one window by forward sensitivity, added to `sensitivityGradient`. */
  sensitivityPass(slot: number, window: number): void {
    this.check(this.exports.windowPass(this.exports.Pass.sensitivity, slot, window), "a sensitivity pass");
  }

  /** Tangents of all states along `direction`, from that of the first state, which stands in `stateTangents`. */
  statePass(slot: number): void {
    this.check(this.exports.statePass(slot), "the tangents of the state");
  }

  /** theta -= rate * gradient. */
  descend(rate: number): void {
    this.check(this.exports.descend(rate), "a step down the gradient");
  }

  /** One update of Adam; `correction1`, `correction2`: 1 - beta^k of the k-th. */
  adapt(rate: number, beta1: number, beta2: number, epsilon: number, correction1: number, correction2: number): void {
    this.check(this.exports.adapt(rate, beta1, beta2, epsilon, correction1, correction2), "a step of Adam");
  }

  /** A Gauss-Newton step into the region `step` (assembly/gauss-newton.ts); its numbers are in `solution`. */
  solveStep(
    first: number,
    count: number,
    mu: number,
    threshold: number,
    iterations: number,
    tolerance: number,
    anchored = false,
  ): void {
    const status = this.exports.solveStep(first, count, mu, threshold, iterations, tolerance, anchored);
    this.check(status, "a Gauss-Newton step");
  }

  /** theta += factor * step. */
  takeStep(factor: number): void {
    this.check(this.exports.takeStep(factor), "a step");
  }

  /** Lengths of z and y of a part seen as one map y = f(z) (assembly/laws.ts). */
  lawSizes(part: LawPartName): { readonly domain: number; readonly range: number } {
    this.#law("sizes", part, 0);
    return { domain: this.#answer("domain"), range: this.#answer("range") };
  }

  /** y = f(z) at task time `time` [s]. */
  evaluateLaw(part: LawPartName, time = 0): void {
    this.#law("value", part, time);
  }

  /** dy = df/dz dz at the z of the last {@link evaluateLaw}. */
  tangentOfLaw(part: LawPartName, time = 0): void {
    this.#law("tangent", part, time);
  }

  /** pz = (df/dz)^T py at the z of the last {@link evaluateLaw}. */
  transposeOfLaw(part: LawPartName, time = 0): void {
    this.#law("transpose", part, time);
  }

  #law(which: NameIn<"Law">, part: LawPartName, time: number): void {
    this.check(this.exports.law(this.exports.Law[which], this.exports.LawPart[part], time), "a law");
  }

  #withinBounds(status: number, action: string): boolean {
    if (status === this.exports.Status.outOfBounds) return false;
    this.check(status, action);
    return true;
  }

  /** Once, when memory grows no more. */
  protected openResults(): void {
    this.#answers = new Float64Array(this.exports.memory.buffer, this.exports.results(), this.exports.Result.count);
  }

  #answer(result: ResultName): number {
    return this.#answers[this.exports.Result[result]];
  }
}
