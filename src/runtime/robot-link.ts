/**
 * A real robot as training sees it: rollouts that are pieces of a drive, which a control thread makes while this one
 * learns.
 */
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { addFiring } from "../core/firings.js";
import { Fault, type FoundFault } from "../links/faults.js";
import type { DriveResult, Link } from "../links/link.js";
import { findState } from "./find-state.js";
import { handedOver } from "./handover.js";
import type { ControlHost } from "./host.js";
import { type DriveStart, misplaced, nearestStart } from "./nearest-start.js";
import { type Operator, stopReason } from "./operator.js";
import type { Recorder } from "./recorder.js";
import { firingIn, layoutFor, RecordKind } from "./records.js";
import { ResponseFit } from "./response-fit.js";
import { storeRollout, takeUnfollowed } from "./rollout-rows.js";
import { Order } from "./shared.js";
import { RuntimeState } from "./states.js";
import { describeFault, remedyOf } from "./stops.js";
import { WiringWatch } from "./wiring-watch.js";

/** Whatever this thread waits for, it gives a heartbeat this often [ms]. */
const BEAT = 100;
/** What writes a drive down: a {@link Recorder}, or a study's own. */
export type DriveLog = Pick<Recorder, "begin" | "take" | "end" | "failure">;

export class RobotLink implements Link {
  readonly name: string;
  readonly #host: ControlHost;
  readonly #operator: Operator;
  readonly #recorder: DriveLog;
  /** rows of the drive that no rollout has taken yet */
  readonly #rows: Float64Array[] = [];
  /** firings of the reflex that no rollout has taken yet */
  readonly #firings: Float64Array[] = [];
  #responseFit: ResponseFit | undefined;
  #wiring: WiringWatch | undefined;
  /** what it found, with the numbers that an order to stop does not carry */
  #found: FoundFault | undefined;
  #fault: FoundFault | undefined;
  /** task time of the last command that a robot followed which stopped by itself [s]; infinite otherwise */
  #followedUntil = Number.POSITIVE_INFINITY;
  /** the loop's clock at task time 0 [s] */
  #origin = 0;
  #isDriving = false;
  /** the drive cannot be written down any more, and the control thread was told so */
  #isUnrecorded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: ControlHost, config: RunConfig, operator: Operator, recorder: DriveLog) {
    this.name = config.link;
    this.#host = host;
    this.#operator = operator;
    this.#recorder = recorder;
    const stop = () => this.#host.shared.give(Order.stop, stopReason(operator.signal));
    if (operator.signal.aborted) stop();
    operator.signal.addEventListener("abort", stop);
  }

  get isDeadReckoning(): boolean {
    return this.#host.shared.isPlaceable;
  }

  async open(): Promise<void> {
    this.#timer = setInterval(() => this.#beat(), BEAT).unref();
    try {
      await this.#host.start();
      await findState(
        this.name,
        this.#host.shared,
        this.#operator,
        () => this.#pause(),
        () => this.#fault,
      );
    } catch (error) {
      await this.#host.end();
      this.#release();
      throw error;
    }
    const note = this.#host.note();
    if (note !== undefined) this.#operator.say(note);
  }

  async drive(core: Core, index: number, segments: number, goesOn: boolean): Promise<DriveResult> {
    const stopped = await this.#begin(core);
    if (stopped !== undefined) return { steps: 0, stopped };
    const result = await this.#collect(core, index, segments, false);
    if (!goesOn && result.stopped === undefined) await this.stop();
    return result;
  }

  async driveOn(core: Core, index: number, segments: number, previous: number, kept: number): Promise<DriveResult> {
    this.handOver(core);
    core.driveOn(index, previous, kept);
    return this.#collect(core, index, segments, true);
  }

  handOver(core: Core): void {
    this.#host.shared.giveParameters(core.view("parameters"), handedOver(core));
  }

  /** Drives by the policy in the core until something, or somebody, stops the robot; what it was. */
  async driveUntilStopped(core: Core): Promise<string> {
    const stopped = await this.#begin(core);
    if (stopped !== undefined) return stopped;
    while (!this.#fault) {
      await this.#pause();
      this.#rows.length = 0; // nothing is learned from them
    }
    await this.stop();
    return this.#stopText(this.#fault);
  }

  async stop(): Promise<void> {
    const { shared } = this.#host;
    shared.give(Order.finish);
    while (!shared.isTaken() || shared.runtimeState === RuntimeState.stopping) await this.#pause();
    this.#drain();
    this.#isDriving = false;
    this.#rows.length = 0;
  }

  async close(): Promise<void> {
    try {
      await this.#host.end();
    } finally {
      this.#drain();
      await this.#recorder.end();
      this.#release();
    }
    const summary = this.#host.summary();
    if (summary !== undefined) this.#operator.say(summary);
  }

  /** Asks the operator, arms the robot, and lets it go; what keeps it from that, if something does. */
  async #begin(core: Core): Promise<string | undefined> {
    const { shared } = this.#host;
    const { task } = core.setup;
    this.#isUnrecorded = false;
    const { initialState, columns } = task;
    const question = shared.isPlaceable ? placing(initialState, columns.state) : joining(this.#startOf(core));
    this.#fault = undefined;
    const confirmed = await this.#operator.confirm(question);
    this.#drain();
    if (!confirmed) return this.#stopText(this.#fault);
    this.#fault = undefined; // what happened while the question stood is over
    this.#followedUntil = Number.POSITIVE_INFINITY;
    this.#rows.length = 0;
    // a robot that is placed stands at the task's beginning; another may have been moved while the question was read
    const startTime = shared.isPlaceable ? 0 : this.#startOf(core).time;
    await this.#recorder.begin(core, startTime);
    this.#responseFit = new ResponseFit(task);
    this.#wiring = new WiringWatch(task);
    this.#found = undefined;
    this.handOver(core);
    shared.start.set(initialState);
    shared.startTime = startTime;
    shared.give(Order.arm);
    while (shared.runtimeState !== RuntimeState.armed) {
      await this.#pause();
      if (this.#fault || this.#operator.signal.aborted) return this.#stopText(this.#fault);
    }
    shared.give(Order.drive);
    this.#isDriving = true;
    return undefined;
  }

  #startOf(core: Core): DriveStart {
    return nearestStart(core, this.#host.shared.state);
  }

  /** Waits until the drive has `segments` more segments, and puts them into the core. */
  async #collect(core: Core, index: number, segments: number, goesOn: boolean): Promise<DriveResult> {
    const rows: Float64Array[] = [];
    let calls = 0;
    let end: Float64Array | undefined;
    while (!end) {
      const row = this.#rows.at(0);
      if (!row) {
        if (this.#isOver()) return { steps: 0, stopped: this.#stopText(this.#fault) };
        await this.#pause();
        continue;
      }
      const isCall = row[0] === RecordKind.call;
      // the next rollout's first call is this one's end
      if ((isCall && calls === segments) || row[0] === RecordKind.end) end = row;
      else rows.push(row);
      if (isCall && !end) calls++;
      if (!end || row[0] === RecordKind.end) this.#rows.shift();
    }
    if (end[0] === RecordKind.call) await this.#hearNextStep();
    const unfollowed = takeUnfollowed(rows, this.#followedUntil);
    const isWhole = end[0] === RecordKind.call && !unfollowed;
    if (!isWhole) await this.stop();
    const stopped = isWhole ? undefined : this.#stopText(this.#fault);
    if (!rows.some(([kind]) => kind === RecordKind.step)) return { steps: 0, stopped };
    storeRollout(core, index, rows, unfollowed ?? end, layoutFor(core.setup.task), goesOn);
    for (const row of this.#firings.splice(0)) addFiring(core, firingIn(row));
    return { steps: core.view("counts", index)[0], stopped };
  }

  /**
   * Waits for the step after the one that the next rollout begins with: a robot that stopped by itself is heard a step
   * later, and may not have followed the end of this rollout.
   */
  async #hearNextStep(): Promise<void> {
    // the next rollout's first call, its step, and the step after it
    while (!this.#fault && this.#rows.length < 3 && !this.#isOver()) await this.#pause();
  }

  /** Nothing drives any more, and nothing is left to be taken: a fault came before the first step. */
  #isOver(): boolean {
    const { shared, ring } = this.#host;
    const rests = shared.runtimeState === RuntimeState.idle || shared.runtimeState === RuntimeState.fault;
    return shared.isTaken() && rests && ring.used === 0;
  }

  #stopText(fault: FoundFault | undefined): string {
    const { signal } = this.#operator;
    if (signal.aborted || !fault)
      return describeFault({ fault: stopReason(signal), value: Number.NaN, limit: Number.NaN });
    const what = fault.fault === Fault.recorder ? this.#recorder.failure : undefined;
    const known = fault.fault === this.#found?.fault ? this.#found : fault;
    return `${what ?? describeFault(known)}; ${remedyOf(fault.fault)}`;
  }

  /** Nothing drives the robot any more, and all is written. */
  #release(): void {
    clearInterval(this.#timer);
    this.#operator.atRest?.();
  }

  #beat(): void {
    this.#host.shared.mainHeartbeat = this.#host.shared.now;
  }

  async #pause(): Promise<void> {
    this.#beat();
    if (this.#operator.takeHeartbeat()) this.#host.shared.operatorHeartbeat = this.#host.shared.now;
    await this.#host.pause();
    this.#drain();
  }

  /** Takes what the control thread wrote: to disk, and to the rollout that waits for it. */
  #drain(): void {
    this.#host.ring.drain((row) => {
      this.#recorder.take(row);
      this.#host.watch?.(row);
      const response = this.#responseFit?.take(row);
      if (response) this.#host.shared.giveResponse(response);
      const wrong = this.#wiring?.take(row);
      if (wrong) {
        this.#found = wrong;
        this.#host.shared.give(Order.stop, wrong.fault);
      }
      const [kind, , first, second, third, followedUntil] = row;
      if (kind === RecordKind.state && first === RuntimeState.driving) this.#origin = second;
      if (kind === RecordKind.fault) {
        this.#fault = { fault: first, value: second, limit: third };
        if (!Number.isNaN(followedUntil)) this.#followedUntil = followedUntil - this.#origin;
      }
      if (kind === RecordKind.reflex) this.#firings.push(row);
      const isDriven = kind === RecordKind.step || kind === RecordKind.call || kind === RecordKind.end;
      if (isDriven && this.#isDriving) this.#rows.push(row);
    });
    if (this.#recorder.failure !== undefined && this.#isDriving && !this.#isUnrecorded) {
      this.#isUnrecorded = true;
      this.#host.shared.give(Order.recorderFailed);
    }
  }
}

/** Where the robot is to stand, for people. */
function placing(state: readonly number[], columns: readonly string[]): string {
  const parts = columns.map((name, i) => `${name.replace(/ \[.*/, "")} ${state[i].toPrecision(3)}`);
  return `the robot will move: put it at the start (${parts.join(", ")}), with room for the whole track around it`;
}

/** Where in the task a robot begins that stands where it stands, for people. */
function joining({ time, distance, turn }: DriveStart): string {
  const degrees = (turn * 180) / Math.PI;
  const direction = `${Math.abs(degrees).toFixed(0)}° to the ${degrees < 0 ? "right" : "left"} of where it looks`;
  return (
    `the robot will move: it begins at task time ${time.toFixed(2)} s, ` +
    `${distance.toFixed(2)} m from where it stands and ${direction}, with room for the whole track around it` +
    misplaced({ distance, turn })
      .map((problem) => `. ${problem}`)
      .join("")
  );
}
