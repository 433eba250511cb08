/** Robot, relay and plant in one process and in virtual time: the ROS node's process and its pipes are a call. */
import type { Connect } from "../../../src/cli/connect.js";
import { resolveTask } from "../../../src/config/resolve.js";
import type { RunConfig } from "../../../src/config/schema.js";
import { Fault } from "../../../src/links/faults.js";
import { robotFor } from "../../../src/links/links.js";
import type { Transport } from "../../../src/links/robot.js";
import { liveTopics } from "../../../src/links/ros2/live.js";
import { PlantNode } from "../../../src/links/ros2/plant.js";
import { Relay } from "../../../src/links/ros2/relay.js";
import { ros2SettingsFrom } from "../../../src/links/ros2/settings.js";
import { controlLoop, pilotCore } from "../../../src/runtime/control.js";
import type { ControlLoop } from "../../../src/runtime/control-loop.js";
import type { ControlHost } from "../../../src/runtime/host.js";
import { LiveView } from "../../../src/runtime/live-view.js";
import { Recorder } from "../../../src/runtime/recorder.js";
import { layoutFor, RecordKind, Ring } from "../../../src/runtime/records.js";
import { RobotLink } from "../../../src/runtime/robot-link.js";
import { Order, Shared } from "../../../src/runtime/shared.js";
import { Graph } from "./graph.js";

/**
 * Time between two states of the plant [s], and between two looks at the clock: 50 Hz, half a period beside the control
 * steps.
 */
const STATE_PERIOD = 0.02;
const SLICE = 0.005;

/** The ROS node with its relay and its two pipes, and a plant; time passes where {@link pass} says so. */
export class VirtualNode implements Transport {
  readonly graph = new Graph();
  /** what people are told */
  readonly said: string[] = [];
  /** virtual time [s] */
  now = 1000;
  /** the plant publishes its state */
  isPublishing = true;
  /** the ROS node's process lives */
  isRelaying = true;
  /** nothing comes through the pipe */
  isSilent = false;
  relay: Relay | undefined;
  plant: PlantNode | undefined;
  /** called after every row of the control thread */
  commanded: (row: Float64Array) => void = () => {};
  /** what happens in the drive, on topics */
  show: ReturnType<typeof liveTopics> = () => {};
  #states: number[] = [];
  #slices = 0;

  constructor() {
    this.graph.clock = () => this.now;
  }

  /** The plant joins the graph. */
  async startPlant(config: RunConfig): Promise<PlantNode> {
    const node = this.graph.node("robot");
    const settings = ros2SettingsFrom(config, resolveTask(config).task);
    const clock = () => this.now;
    const plant = new PlantNode(node, settings, await pilotCore(config), clock, () => 1.7e9 + this.now);
    this.plant = plant;
    node.start();
    return plant;
  }

  /** Our node joins it; `listens`: somebody else drives. */
  start(config: RunConfig, listens = false): void {
    const { task } = resolveTask(config);
    const own = ros2SettingsFrom(config, task);
    const settings = listens ? { ...own, listens } : own;
    const node = this.graph.node(settings.node, (error, topic) => this.relay?.onError(error, topic));
    const write = (row: Float64Array) => {
      if (!this.isSilent) this.#states.push(...new Uint8Array(row.slice().buffer));
    };
    this.relay = new Relay(node, settings, { clock: () => this.now, write, say: (text) => this.said.push(text) });
    if (!listens) this.show = liveTopics(node, settings.node, () => this.relay?.frame ?? "", task);
    node.start();
  }

  read(into: Uint8Array): number {
    const bytes = this.#states.splice(0, into.length);
    into.set(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array, count: number): boolean {
    const row = new Float64Array(bytes.slice(0, count).buffer);
    if (this.isRelaying) this.relay?.carryOut(row);
    this.commanded(row);
    return true;
  }

  /** Lets time pass [s]. */
  pass(seconds: number): void {
    for (let slice = 0; slice < seconds / SLICE - 0.5; slice++) {
      this.now += SLICE;
      this.#slices++;
      if (this.#slices % Math.round(STATE_PERIOD / SLICE) === 2 && this.isPublishing) this.plant?.step();
      if (this.#slices % 10 === 0 && this.isRelaying) this.relay?.beat();
    }
  }
}

/** A control loop on a virtual node. */
export class VirtualRosHost implements ControlHost {
  readonly shared: Shared;
  readonly ring: Ring;
  readonly node = new VirtualNode();
  /** the faults that the loop wrote down, with their values */
  readonly faults: { readonly name: string; readonly value: number }[] = [];
  before: (now: number) => void = () => {};
  /** somebody else drives: the robot is only heard */
  listens = false;
  readonly #config: RunConfig;
  readonly #view: LiveView;
  #loop: Pick<ControlLoop, "step"> | undefined;
  #runs = true;

  constructor(config: RunConfig, parameters: number) {
    this.#config = config;
    const layout = layoutFor(resolveTask(config).task);
    this.shared = new Shared(parameters);
    this.ring = new Ring(layout);
    this.#view = new LiveView(layout, (live) => this.node.show(live));
  }

  async start(): Promise<void> {
    this.node.start(this.#config, this.listens);
    const kind = robotFor(this.#config, resolveTask(this.#config).task);
    if (!kind) throw new Error("no robot");
    const options = { heartbeatWithin: Number.POSITIVE_INFINITY, listens: this.listens };
    this.#loop = await controlLoop(this.#config, kind, this.node, 1, this.shared, this.ring, options);
  }

  async pause(): Promise<void> {
    this.node.pass(this.#config["control-period"]);
    this.before(this.node.now);
    this.#runs = this.#loop?.step(this.node.now, false) ?? false;
  }

  watch(row: Float64Array): void {
    const [kind, , fault = 0, value = 0] = row;
    this.#view.take(row);
    if (kind === RecordKind.fault) this.faults.push({ name: Fault[fault], value });
  }

  note(): undefined {}

  summary(): undefined {}

  async end(): Promise<void> {
    this.shared.give(Order.quit);
    while (this.#runs) await this.pause();
    this.node.relay?.end();
  }
}

/** A training over topics, its plant a node of the same graph; the operator always agrees. */
export const connectOverTopics: Connect = async (config, { signal, drives, parameters, output }) => {
  const host = new VirtualRosHost(config, parameters);
  await host.node.startPlant(config);
  const operator = { signal, say: output.say, confirm: async () => true, takeHeartbeat: () => true };
  return new RobotLink(host, config, operator, new Recorder(drives));
};
