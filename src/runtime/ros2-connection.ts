/** A process with a ROS node of its own, which the control thread talks to through two pipes. */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.js";
import type { Live } from "../links/ros2/live.js";
import { explainWaiting } from "../links/ros2/rcl.js";
import type { Answer, Order } from "../links/ros2/serve.js";
import type { Ros2Settings } from "../links/ros2/settings.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { makeProcessRealTime } from "./real-time.js";
import type { Connection, Descriptors } from "./transport.js";

/** rclnodejs writes its message classes when it is started first, up to two minutes [ms]. */
const READY_WITHIN = 300_000;
/** For braking a robot that is still driven, for the stop command and for leaving the graph [ms]. */
const END_WITHIN = 5_000;

export class Ros2Connection implements Connection {
  readonly name: string;
  failure: string | undefined;
  readonly #settings: Ros2Settings;
  readonly #task: TaskDefinition;
  readonly #say: (text: string) => void;
  readonly #program: URL;
  #child: ChildProcess | undefined;
  #pipes: readonly number[] = [];
  #ended: Promise<void> = Promise.resolve();

  /** `program`: the node's process. */
  constructor(
    settings: Ros2Settings,
    task: TaskDefinition,
    say: (text: string) => void,
    program = new URL("../links/ros2/process.js", import.meta.url),
  ) {
    this.name = `ROS 2, node ${settings.node}`;
    this.#settings = settings;
    this.#task = task;
    this.#say = say;
    this.#program = program;
  }

  async open(): Promise<Descriptors> {
    const [commands, states] = openPipes();
    this.#pipes = [commands, states];
    // what ROS prints is for people: stdout is for results
    const child = fork(this.#program, [], { stdio: ["ignore", 2, 2, commands, states, "ipc"], execArgv: [] });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("exit", () => resolve()));
    child.once("error", (error) => {
      this.failure = `the process of the ROS node cannot be started: ${error.message}`;
    });
    child.once("exit", (code, signal) => {
      this.failure ??= `the process of the ROS node ended (${signal ?? `exit code ${code}`})`;
    });
    const explained = explainWaiting(this.#say);
    await this.#ready(child);
    explained();
    if (this.failure !== undefined) throw new UserError(`${this.failure}: lapgrad doctor, docs/ros2.md`, 1);
    // the learner must not keep messages from arriving
    if (child.pid !== undefined) makeProcessRealTime(child.pid);
    return { read: states, write: commands };
  }

  show(live: Live): void {
    this.#order({ order: "show", live });
  }

  async close(): Promise<void> {
    this.#order({ order: "end" });
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), END_WITHIN);
    await this.#ended;
    clearTimeout(timer);
    for (const pipe of this.#pipes) closeSync(pipe);
    this.#pipes = [];
  }

  #order(order: Order): void {
    if (this.#child?.connected) this.#child.send(order, () => {}); // a process that is gone needs no order
  }

  /** Until the node is in the graph, or cannot be. */
  #ready(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.failure = `the ROS node did not start within ${READY_WITHIN / 1000} s`;
        child.kill("SIGKILL");
      }, READY_WITHIN);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      child.once("exit", done);
      child.once("error", done);
      child.on("message", (answer: Answer) => {
        if (answer.answer === "ready") done();
        else if (answer.answer === "say") this.#say(answer.text);
      });
      this.#order({ order: "start", settings: this.#settings, task: this.#task });
    });
  }
}

/** Two pipes without a name, both ends in one descriptor each. */
function openPipes(): readonly [number, number] {
  const folder = mkdtempSync(join(tmpdir(), "lapgrad-"));
  try {
    const paths = ["commands", "states"].map((name) => join(folder, name));
    const { status, error } = spawnSync("mkfifo", paths);
    if (status !== 0) throw new UserError(`mkfifo failed (${error?.message ?? status}): it belongs to coreutils`, 1);
    const [commands, states] = paths.map((path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    return [commands, states];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
