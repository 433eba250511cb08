/**
 * The ROS node between topics and control thread. It runs in a process of its own, where nothing keeps it from its
 * messages. A stop of its own is latched: the arming that it stopped never moves the robot again.
 */
import { messageOf } from "../../errors.js";
import { Fault } from "../faults.js";
import { CommandPublisher, subscribeCommand } from "./command.js";
import { GraphWatch } from "./graph-watch.js";
import { Gyro } from "./gyro.js";
import type { RosNode } from "./node.js";
import { OutsideTopic } from "./outside-topic.js";
import { CommandSlot, StateSlot } from "./record.js";
import type { Ros2Settings } from "./settings.js";
import { StateSource } from "./state.js";

/** Time between two beats [s]. */
export const BEAT = 0.05;
/** Beats between two looks at who publishes and who hears, between two at poses, and at who gives commands too. */
const LOOK = 10;
const LOOK_AT_POSES = 5;
const LOOK_FOR_OTHERS = 4;
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
  /** undefined: the state says how it turns */
  readonly #gyro: Gyro | undefined;
  /** what says how the robot moves, if poses come from outside: the state, or the gyro alone */
  readonly #movement: StateSource | Gyro;
  /** undefined: no topic has poses from outside beside the state */
  readonly #outside: OutsideTopic | undefined;
  /** undefined: somebody else drives */
  readonly #command: CommandPublisher | undefined;
  readonly #watch: GraphWatch;
  readonly #row = new Float64Array(StateSlot.count);
  readonly #said = new Set<string>();
  #beats = 0;
  /** number of the arming that the control thread drives by; 0: none */
  #arming = 0;
  /** no arming up to this number moves the robot any more */
  #over = 0;
  /** the robot hears us: neutral, if nothing else */
  #publishes = false;
  #ordered = Number.NEGATIVE_INFINITY;

  constructor(node: RosNode, settings: Ros2Settings, context: RelayContext) {
    this.#node = node;
    this.#settings = settings;
    this.#context = context;
    this.#source = new StateSource(settings);
    const { imu, outside, stamps } = settings;
    this.#gyro = imu === "" ? undefined : new Gyro(stamps, context.say);
    this.#movement = settings.odometry === "" ? (this.#gyro ?? this.#source) : this.#source;
    this.#outside = outside && new OutsideTopic(outside, stamps, context.say, context.clock);
    this.#command = settings.listens ? undefined : new CommandPublisher(node, settings);
    this.#watch = new GraphWatch(node, settings, (text) => this.#say(text));
    this.#row[StateSlot.followed] = Number.NEGATIVE_INFINITY;
    this.#setApplied(Number.NaN, Number.NaN);
    if (settings.listens) this.#overhearCommands();
    this.#subscribeState();
  }

  /** frame_id of the state; "" before the first, if any is taken */
  get frame(): string {
    return (this.#outside ?? this.#source).frame;
  }

  /** A callback threw: what it was given could not be read. */
  onError(error: unknown, topic: string): void {
    this.#source.refuse(Fault.unreadable, `a message of ${topic} cannot be read: ${messageOf(error)}`);
    this.#tell();
  }

  /** A row of {@link CommandSlot}. */
  carryOut(row: Float64Array): void {
    if (!this.#command) return;
    this.#watchSilence(); // this process may be what did not run: then the row waited
    this.#ordered = this.#context.clock();
    const arming = row[CommandSlot.arming];
    if (arming === 0) {
      this.end();
      return;
    }
    if (arming > this.#over && arming !== this.#arming) this.#begin(arming);
    if (arming > this.#over) this.#publish(row);
    else if (this.#publishes) this.#publishNeutral();
  }

  /** To be called every {@link BEAT}: tells that the node lives, and stops a robot that nobody drives any more. */
  beat(): void {
    if (this.#beats % LOOK === 0) this.#watch.look(this.#row);
    this.#watchSilence();
    if (this.#isFollowed && this.#beats % LOOK_FOR_OTHERS === 0) this.#watchOthers();
    if (this.#publishes && !this.#isFollowed) this.#publishNeutral();
    if (this.#beats % LOOK_AT_POSES === 0) this.#outside?.look(this.#context.clock());
    this.#beats++;
    this.#tell();
  }

  /** Nobody will give commands any more; whether the robot is to hear neutral for a while, at every beat. */
  abandon(): boolean {
    if (this.#isFollowed) this.#stop(Fault.relayStopped, this.#context.clock() - this.#ordered);
    return this.#publishes;
  }

  /** The arming is over: neutral, if the robot heard something, and nothing more. */
  end(): void {
    this.#over = Math.max(this.#over, this.#arming);
    this.#arming = 0;
    if (!this.#publishes) return;
    this.#publishes = false;
    this.#setApplied(Number.NaN, Number.NaN);
    if (!this.#command?.stop(STOP_WITHIN)) this.#say(`the stop command was not acknowledged within ${STOP_WITHIN} ms`);
  }

  get #isFollowed(): boolean {
    return this.#arming > this.#over;
  }

  /** A new arming, unless somebody else drives the robot. */
  #begin(arming: number): void {
    this.#arming = arming;
    this.#watchOthers();
  }

  /** The robot is stopped for good, as far as this arming goes: neutral from now on, and the control thread is told. */
  #stop(fault: Fault, value: number): void {
    this.#over = this.#arming;
    this.#row[StateSlot.stoppedArming] = this.#arming;
    this.#row[StateSlot.stoppedFor] = fault;
    this.#row[StateSlot.stoppedValue] = value;
    if (this.#publishes) this.#publishNeutral();
    this.#tell();
  }

  #watchSilence(): void {
    const silence = this.#context.clock() - this.#ordered;
    if (!this.#isFollowed || silence <= this.#settings.silentAfter) return;
    this.#context.say(`the control thread was silent for ${silence.toFixed(2)} s: the robot is stopped`);
    this.#stop(Fault.relayStopped, silence);
  }

  #watchOthers(): void {
    const others = this.#watch.foreigners();
    if (others.length === 0) return;
    for (const other of others) this.#context.say(`${other}: two drivers, one robot`);
    this.#stop(Fault.foreignPublisher, others.length);
  }

  /** What drives the robot in our place; its limits are not ours. */
  #overhearCommands(): void {
    const unlimited = { driveLimit: Number.POSITIVE_INFINITY, steerLimit: Number.POSITIVE_INFINITY };
    subscribeCommand(this.#node, { ...this.#settings, ...unlimited }, (first, second) =>
      this.#setApplied(first, second),
    );
  }

  #subscribeState(): void {
    const { odometry, pose, twist, imu, stateQos } = this.#settings;
    const source = this.#source;
    const gyro = this.#gyro;
    const outside = this.#outside;
    const now = this.#context.clock;
    const movement = this.#movement;
    if (gyro)
      this.#node.subscribe("sensor_msgs/msg/Imu", imu, stateQos, (message) => {
        gyro.take(message, now());
        if (movement === gyro) this.#tell();
      });
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
    if (outside)
      this.#node.subscribe("geometry_msgs/msg/PoseStamped", pose, stateQos, (message) => {
        outside.take(message, now(), movement.offset);
        this.#tell();
      });
    else if (odometry === "" && pose !== "")
      this.#node.subscribe("geometry_msgs/msg/PoseStamped", pose, stateQos, (message) => {
        source.takePose(message, now());
        this.#tell();
      });
  }

  /** What a row of {@link CommandSlot} asks for. */
  #publish(row: Float64Array): void {
    const [first, second] = [row[CommandSlot.first], row[CommandSlot.second]];
    this.#publishes = true;
    this.#row[StateSlot.followed] = row[CommandSlot.sent];
    if (this.#command?.publish(first, second)) this.#setApplied(first, second);
    else {
      this.#setApplied(0, 0);
      this.#say("a command was no number: neutral was published instead");
    }
  }

  #publishNeutral(): void {
    this.#command?.publish(0, 0);
    this.#setApplied(0, 0);
  }

  #setApplied(first: number, second: number): void {
    this.#row[StateSlot.appliedFirst] = first;
    this.#row[StateSlot.appliedSecond] = second;
  }

  #tell(): void {
    const source = this.#source;
    const gyro = this.#gyro;
    const outside = this.#outside;
    const movement = this.#movement;
    const hasWheel = movement === source;
    const row = this.#row;
    row[StateSlot.sent] = this.#context.clock();
    row[StateSlot.time] = movement.time;
    row[StateSlot.arrival] = Math.min(movement.arrival, gyro?.arrival ?? movement.arrival);
    row[StateSlot.x] = source.x;
    row[StateSlot.y] = source.y;
    row[StateSlot.v] = hasWheel ? source.v : Number.NaN;
    row[StateSlot.phi] = source.phi;
    row[StateSlot.rate] = (gyro ?? source).rate;
    row[StateSlot.distance] = hasWheel ? source.distance : Number.NaN;
    row[StateSlot.turn] = gyro ? gyro.turnAt(movement.time) : source.turn;
    row[StateSlot.poses] = outside?.count ?? 0;
    if (outside) row.set(outside.pose, StateSlot.poseSeconds);
    row[StateSlot.refusal] = source.refusal || (gyro?.refusal ?? Fault.none);
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
