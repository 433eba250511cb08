/** A real robot for the steps: heard while somebody pushes it, or moved by a control thread with all its gates. */
import { wrapAngle } from "../angles.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { MotionColumn, PoseColumn } from "../estimation/measured.js";
import { Fault, type FoundFault } from "../links/faults.js";
import { robotFor } from "../links/links.js";
import { findState } from "../runtime/find-state.js";
import { gamepadMeant } from "../runtime/gamepad-device.js";
import type { GamepadPart } from "../runtime/gamepad-records.js";
import type { ControlHost } from "../runtime/host.js";
import type { Move } from "../runtime/move.js";
import { stopReason } from "../runtime/operator.js";
import { HEAD, RecordKind } from "../runtime/records.js";
import { Order } from "../runtime/shared.js";
import { RuntimeState } from "../runtime/states.js";
import { explainFault } from "../runtime/stops.js";
import { GamepadPresses, type Press } from "./gamepad-presses.js";
import type { SetupKind } from "./kinds.js";
import type { Heard, Rig, Sample } from "./step.js";

/** Whoever stands beside the robot. A question that is cancelled is answered as by somebody who wants to end. */
export interface Person {
  say(text: string): void;
  /** Asks for Enter; false: the person wants to end. */
  confirm(question: string, cancel?: AbortSignal): Promise<boolean>;
  /** Asks for one of the answers, each with what it means; undefined: the person wants to end. */
  choose(
    question: string,
    answers: Readonly<Record<string, string>>,
    cancel?: AbortSignal,
  ): Promise<string | undefined>;
  /** aborted when everything is to stop */
  readonly signal: AbortSignal;
}

/** The robot of a configuration, to be heard only or to be moved; it is opened by {@link ControlHost.start}. */
export type SetupHost = (config: RunConfig, listens: boolean) => Promise<ControlHost>;

/** A set-up goes on with its step, and not with --resume. */
const stopped = (fault: FoundFault) =>
  new UserError(explainFault(fault).replace("go on with --resume", "do the step again"), 1);
const endedBy = ({ signal }: Person) => stopped({ fault: stopReason(signal), value: Number.NaN, limit: Number.NaN });

export class RobotRig implements Rig {
  readonly #config: RunConfig;
  readonly #kind: SetupKind;
  readonly #hostFor: SetupHost;
  readonly #person: Person;
  #moved: OpenRobot | undefined;
  #presses: GamepadPresses | undefined;

  constructor(config: RunConfig, kind: SetupKind, hostFor: SetupHost, person: Person) {
    this.#config = config;
    this.#kind = kind;
    this.#hostFor = hostFor;
    this.#person = person;
  }

  rest(seconds: number): Promise<Heard> {
    return this.#hear(async (robot) => {
      const until = robot.now + seconds;
      while (robot.now < until && !this.#person.signal.aborted) await robot.pause();
      return true;
    });
  }

  hear(question: string): Promise<Heard> {
    return this.#hear((robot) => robot.during((cancel) => this.#person.confirm(question, cancel)));
  }

  async allow(question: string): Promise<void> {
    const unmovable =
      robotFor(this.#config, resolveTask(this.#config).task)?.unarmable ?? this.#kind.unmovable(this.#config);
    if (unmovable !== undefined) throw new UserError(unmovable, 1);
    const hold = this.#config.gamepad === "" ? "" : ". Hold the gamepad's button from now on";
    if (!(await this.#person.confirm(`${question}${hold}`)) || this.#person.signal.aborted) throw endedBy(this.#person);
  }

  async move(move: Move): Promise<readonly Sample[]> {
    this.#moved ??= await this.#open(false);
    return this.#moved.move(move);
  }

  async ask<T extends string>(question: string, answers: Readonly<Record<T, string>>): Promise<T> {
    const answer = (cancel?: AbortSignal) => this.#person.choose(question, answers, cancel);
    const given = await (this.#moved ? this.#moved.during(answer) : answer());
    if (given === undefined || this.#person.signal.aborted) throw endedBy(this.#person);
    return given as T;
  }

  async press(question: string, part: GamepadPart): Promise<Press> {
    const { signal, say } = this.#person;
    this.#presses ??= new GamepadPresses(gamepadMeant(this.#config.gamepad || "true").path);
    this.#presses.want(part);
    say(question);
    for (;;) {
      const press = this.#presses.take();
      if (press) return press;
      if (signal.aborted) throw endedBy(this.#person);
      if (this.#presses.isLost) throw stopped({ fault: Fault.gamepadLost, value: Number.NaN, limit: Number.NaN });
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** Neutral, disarmed, the port closed. */
  async close(): Promise<void> {
    const robot = this.#moved;
    this.#presses?.close();
    this.#presses = undefined;
    this.#moved = undefined;
    await robot?.close();
  }

  /** `until`: waits for the end of what is to be heard; false: somebody wants to end. */
  async #hear(until: (robot: OpenRobot) => Promise<boolean | undefined>): Promise<Heard> {
    const robot = await this.#open(true);
    try {
      robot.forget();
      if (!(await until(robot)) || this.#person.signal.aborted) throw endedBy(this.#person);
      return robot.heard();
    } finally {
      await robot.close();
    }
  }

  async #open(listens: boolean): Promise<OpenRobot> {
    if (this.#person.signal.aborted) throw endedBy(this.#person);
    const robot = new OpenRobot(await this.#hostFor(this.#config, listens), this.#person, this.#kind.hasSensors);
    await robot.open(this.#config.link);
    return robot;
  }
}

/** A robot that has not measured for this duration will not [s]. */
const SILENT = 5;
/** A gamepad is looked at this often [ms]. */
const LOOK = 20;
/** A longer gap between two poses tells nothing of the way between them [s]. */
const LONGEST_GAP = 0.5;

/** A control loop that runs. */
class OpenRobot {
  readonly #host: ControlHost;
  readonly #person: Person;
  readonly #hasSensors: boolean;
  readonly #stop: () => void;
  #samples: Sample[] = [];
  readonly #motions: number[] = [];
  readonly #poses: number[] = [];
  /** the pose before, {@link PoseColumn} */
  #pose: Float64Array | undefined;
  #fault: FoundFault | undefined;

  /** `hasSensors`: its own sensors say how it moves, and not poses. */
  constructor(host: ControlHost, person: Person, hasSensors: boolean) {
    this.#host = host;
    this.#person = person;
    this.#hasSensors = hasSensors;
    this.#stop = () => host.shared.give(Order.stop, stopReason(person.signal));
    person.signal.addEventListener("abort", this.#stop);
  }

  get now(): number {
    return this.#host.shared.now;
  }

  async open(link: string): Promise<void> {
    try {
      await this.#host.start();
      const { shared } = this.#host;
      await findState(
        link,
        shared,
        this.#person,
        () => this.pause(),
        () => this.#fault,
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#person.signal.removeEventListener("abort", this.#stop);
    await this.#host.end();
  }

  async pause(): Promise<void> {
    const { shared, ring } = this.#host;
    shared.mainHeartbeat = shared.now;
    await this.#host.pause();
    ring.drain((row) => this.#take(row));
  }

  /** Until somebody has answered; a question to which the robot has become silent, or worse, is cancelled. */
  async during<T>(question: (cancel: AbortSignal) => Promise<T>): Promise<T> {
    const cancel = new AbortController();
    let isAnswered = false;
    const answer = question(cancel.signal).finally(() => {
      isAnswered = true;
    });
    try {
      while (!isAnswered) {
        await this.pause();
        if (this.#host.shared.age > SILENT)
          throw new UserError(`nothing was measured for ${SILENT} s: check cable, power and poses`, 1);
      }
    } catch (error) {
      cancel.abort();
      await answer.catch(() => {}); // what happened to the robot is the one to tell
      throw error;
    }
    return answer;
  }

  /** What was measured up to now does not count. */
  forget(): void {
    this.#samples = [];
    this.#motions.length = 0;
    this.#poses.length = 0;
  }

  heard(): Heard {
    if (this.#fault) throw stopped(this.#fault);
    const [motions, poses] = [Float64Array.from(this.#motions), Float64Array.from(this.#poses)];
    const { battery } = this.#host.shared;
    return { samples: this.#samples, measured: { begin: new Float64Array(), motions, poses, clock: 0 }, battery };
  }

  async move(move: Move): Promise<readonly Sample[]> {
    const { shared } = this.#host;
    this.#fault = undefined;
    shared.move = move;
    shared.start.fill(0);
    shared.startTime = 0;
    shared.give(Order.arm);
    while (shared.runtimeState !== RuntimeState.armed) {
      await this.pause();
      this.#check();
    }
    this.forget();
    shared.give(Order.drive);
    do {
      await this.pause();
    } while (!shared.isTaken() || this.#isMoving);
    this.#check();
    return this.#samples;
  }

  get #isMoving(): boolean {
    const { runtimeState } = this.#host.shared;
    return runtimeState === RuntimeState.driving || runtimeState === RuntimeState.stopping;
  }

  /** Throws what stopped it, if something did. */
  #check(): void {
    const { stoppedFor } = this.#host.shared;
    if (this.#fault) throw stopped(this.#fault);
    if (stoppedFor !== Fault.none) throw stopped({ fault: stoppedFor, value: Number.NaN, limit: Number.NaN });
  }

  #take(row: Float64Array): void {
    const [kind, time, name, value, limit] = row;
    if (kind === RecordKind.fault) this.#fault = { fault: name, value, limit };
    if (kind === RecordKind.motion) {
      this.#motions.push(...row.subarray(HEAD, HEAD + MotionColumn.count));
      const column = (at: MotionColumn) => row[HEAD + at];
      const { distance, turn, seconds } = MotionColumn;
      if (this.#hasSensors)
        this.#samples.push({ time, seconds: column(seconds), distance: column(distance), turn: column(turn) });
    }
    if (kind === RecordKind.pose) this.#takePose(row.slice(HEAD, HEAD + PoseColumn.count));
  }

  #takePose(pose: Float64Array): void {
    this.#poses.push(...pose);
    const before = this.#pose;
    const time = pose[PoseColumn.seconds];
    const seconds = time - (before?.[PoseColumn.seconds] ?? Number.NEGATIVE_INFINITY);
    if (seconds <= 0) return; // it came late
    this.#pose = pose;
    if (this.#hasSensors || before === undefined || seconds > LONGEST_GAP) return;
    const turn = wrapAngle(pose[PoseColumn.heading] - before[PoseColumn.heading]);
    const middle = before[PoseColumn.heading] + turn / 2;
    const [dx, dy] = [pose[PoseColumn.x] - before[PoseColumn.x], pose[PoseColumn.y] - before[PoseColumn.y]];
    this.#samples.push({ time, seconds, distance: dx * Math.cos(middle) + dy * Math.sin(middle), turn });
  }
}
