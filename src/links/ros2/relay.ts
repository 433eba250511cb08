/**
 * The ROS node between topics and control thread. It runs in a process of its own, where nothing keeps it from its
 * messages.
 */
import { messageOf } from "../../errors.js";
import { Fault } from "../faults.js";
import { CommandPublisher, commandTopics } from "./command.js";
import type { MessageType } from "./messages.js";
import { deafnessOf, mismatchOf, type RosNode } from "./node.js";
import { CommandSlot, SILENT_AFTER, StateSlot } from "./record.js";
import type { Ros2Settings } from "./settings.js";
import { StateSource } from "./state.js";

/** Time between two beats [s]. */
export const BEAT = 0.05;
/** Beats between two looks at the graph. */
const LOOK = 10;
/** How long the stop command is waited for [ms]. */
const STOP_WITHIN = 500;

/** What a relay is connected with. */
export interface RelayContext {
  /** the machine's monotonic clock [s] */
  clock(): number;
  /** gives a row of {@link StateSlot} to the control thread */
  write(row: Float64Array): void;
  /** tells people */
  say(text: string): void;
}

export class Relay {
  readonly #node: RosNode;
  readonly #settings: Ros2Settings;
  readonly #context: RelayContext;
  readonly #source: StateSource;
  readonly #command: CommandPublisher;
  readonly #row = new Float64Array(StateSlot.count);
  readonly #said = new Set<string>();
  #beats = 0;
  #follows = false;
  #ordered = Number.NEGATIVE_INFINITY;

  constructor(node: RosNode, settings: Ros2Settings, context: RelayContext) {
    this.#node = node;
    this.#settings = settings;
    this.#context = context;
    this.#source = new StateSource(settings);
    this.#command = new CommandPublisher(node, settings);
    this.#subscribeState();
  }

  /** frame_id of the state; "" before the first, if any is taken */
  get frame(): string {
    return this.#source.frame;
  }

  /** A callback threw: what it was given could not be read. */
  onError(error: unknown, topic: string): void {
    this.#source.refuse(Fault.unreadable, `a message of ${topic} cannot be read: ${messageOf(error)}`);
    this.#tell();
  }

  /** A row of {@link CommandSlot}. */
  carryOut(row: Float64Array): void {
    this.#ordered = this.#context.clock();
    const follows = row[CommandSlot.follows] === 1;
    if (follows) this.#publish(row[CommandSlot.first], row[CommandSlot.second]);
    else if (this.#follows) this.#stop();
    this.#follows = follows;
  }

  /** To be called every {@link BEAT}: tells that the node lives, and stops a robot that nobody drives any more. */
  beat(): void {
    if (this.#beats++ % LOOK === 0) this.#look();
    if (this.#follows && this.#context.clock() - this.#ordered > SILENT_AFTER) {
      this.#follows = false;
      this.#say("the control thread is silent: the robot is stopped");
      this.#stop();
    }
    this.#tell();
  }

  /** Neutral, if the robot followed. */
  end(): void {
    if (this.#follows) this.#stop();
    this.#follows = false;
  }

  #subscribeState(): void {
    const { odometry, pose, twist, stateQos } = this.#settings;
    const source = this.#source;
    const now = this.#context.clock;
    // rclnodejs gives what arrived together in the order of the subscriptions: a pose after the speed that belongs to
    // it
    if (odometry === "" && twist !== "")
      this.#node.subscribe("geometry_msgs/msg/TwistStamped", twist, stateQos, (message) =>
        source.takeTwist(message, now()),
      );
    if (odometry !== "")
      this.#node.subscribe("nav_msgs/msg/Odometry", odometry, stateQos, (message) => {
        source.takeOdometry(message, now());
        this.#tell();
      });
    else
      this.#node.subscribe("geometry_msgs/msg/PoseStamped", pose, stateQos, (message) => {
        source.takePose(message, now());
        this.#tell();
      });
  }

  #publish(first: number, second: number): void {
    if (!this.#command.publish(first, second)) this.#say("a command was no number: neutral was published instead");
  }

  #stop(): void {
    if (!this.#command.stop(STOP_WITHIN)) this.#say(`the stop command was not acknowledged within ${STOP_WITHIN} ms`);
  }

  /** Who publishes what is needed, and who hears what is published. */
  #look(): void {
    const { stateQos, commandQos, node: name } = this.#settings;
    const row = this.#row;
    const state = stateTopic(this.#settings);
    const publishers = this.#node.publishersOf(state.topic);
    const mismatches = publishers.flatMap((endpoint) => mismatchOf(endpoint, state.type, stateQos) ?? []);
    for (const mismatch of mismatches) this.#say(`${state.topic}: ${mismatch}, so nothing arrives`);
    row[StateSlot.publishers] = publishers.length;
    row[StateSlot.mismatched] = mismatches.length;
    let subscribers = Number.POSITIVE_INFINITY;
    let deaf = 0;
    for (const { topic, type } of commandTopics(this.#settings)) {
      const listeners = this.#node.subscribersOf(topic);
      const reasons = listeners.flatMap((endpoint) => deafnessOf(endpoint, type, commandQos) ?? []);
      for (const reason of reasons) this.#say(`${topic}: ${reason}, so it hears nothing`);
      subscribers = Math.min(subscribers, listeners.length - reasons.length);
      deaf = Math.max(deaf, reasons.length);
      for (const other of this.#node.publishersOf(topic))
        if (other.node !== `/${name}`) this.#say(`${other.node} publishes on ${topic} too: two drivers, one robot`);
    }
    row[StateSlot.subscribers] = subscribers;
    row[StateSlot.deaf] = deaf;
  }

  #tell(): void {
    const source = this.#source;
    const row = this.#row;
    row[StateSlot.sent] = this.#context.clock();
    row[StateSlot.time] = source.time;
    row[StateSlot.arrival] = source.arrival;
    row[StateSlot.x] = source.x;
    row[StateSlot.y] = source.y;
    row[StateSlot.v] = source.v;
    row[StateSlot.phi] = source.phi;
    row[StateSlot.rate] = source.rate;
    row[StateSlot.refusal] = source.refusal;
    if (source.refusal !== Fault.none) this.#say(source.words, Fault[source.refusal]);
    this.#context.write(row);
  }

  /** Once for each thing. */
  #say(text: string, what = text): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#context.say(text);
  }
}

/** The topic that the state must come from. */
function stateTopic({ odometry, pose }: Ros2Settings): { readonly topic: string; readonly type: MessageType } {
  if (odometry !== "") return { topic: odometry, type: "nav_msgs/msg/Odometry" };
  return { topic: pose, type: "geometry_msgs/msg/PoseStamped" };
}
