/**
 * Our simulated robot as a participant of the graph: it publishes its state and follows commands, as a real one would,
 * in real time.
 */
import { wallTime } from "../../clock.js";
import type { Core } from "../../core/core.js";
import { PlanarState } from "../../tasks/planar.js";
import { subscribeCommand } from "./command.js";
import { newMessage, setStamp, setYaw, type Twist } from "./messages.js";
import type { RosNode } from "./node.js";
import type { Ros2Settings } from "./settings.js";

/** What a drive at neutral brakes with [m/s²]: the core's plants are fitted to driving and know no rest. */
const NEUTRAL_BRAKE = 3;
/** Frames where the settings take any. */
const FRAMES = { odometry: "odom", pose: "world" };
const BODY = "base_link";

export class PlantNode {
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  readonly inputs: Float64Array;
  /** how many commands came, and states went */
  commands = 0;
  states = 0;
  /** called when it stopped by itself while it was driven */
  onStop: () => void = () => {};

  readonly #core: Core;
  readonly #clock: () => number;
  readonly #publish: (rate: number) => void;
  #time: number;
  readonly #silentAfter: number;
  #commanded = Number.NEGATIVE_INFINITY;
  /** it heard no command for too long, or none yet: it follows again from a neutral one on */
  #isStopped = true;
  #rate = 0;

  /**
   * `core`: with room for a step, its plant the robot. `clock` [s] and `wall`, the time of stamps [s since 1970], run
   * in real time.
   */
  constructor(node: RosNode, settings: Ros2Settings, core: Core, clock: () => number, wall: () => number = wallTime) {
    this.#core = core;
    this.#clock = clock;
    this.#time = clock();
    this.#silentAfter = settings.silentAfter;
    this.state = core.view("plantState");
    this.inputs = core.view("inputs");
    this.state.set(core.setup.task.initialState);
    core.restPlant();
    subscribeCommand(node, settings, (first, second) => this.#follow(first, second));
    const { imu, pose, odometry } = settings;
    // the poses last: whoever hears them knows how the robot moved until then
    const publish = [
      ...(imu === "" ? [] : [this.#imuPublisher(node, settings, wall)]),
      ...(odometry === "" ? [] : [this.#odometryPublisher(node, settings, wall)]),
      ...(pose === "" ? [] : [this.#posePublisher(node, settings, wall)]),
    ];
    this.#publish = (rate) => {
      for (const one of publish) one(rate);
    };
  }

  /** Drives up to now and tells where it is. */
  step(): void {
    const now = this.#clock();
    this.#advance(now);
    this.#publish(this.#rate);
    this.states++;
  }

  #follow(first: number, second: number): void {
    const now = this.#clock();
    this.#advance(now);
    this.#commanded = now;
    this.commands++;
    if (first === 0 && second === 0) this.#isStopped = false;
    if (this.#isStopped) return;
    this.inputs[0] = first;
    this.inputs[1] = second;
  }

  /** Drives up to `now`; neutral from where it has heard no command for too long, as a robot's driver should. */
  #advance(now: number): void {
    const until = this.#commanded + this.#silentAfter;
    if (now > until) {
      this.#drive(Math.max(this.#time, until));
      if (this.inputs.some((input) => input !== 0)) this.onStop();
      this.inputs.fill(0);
      this.#isStopped = true;
    }
    this.#drive(now);
  }

  #drive(until: number): void {
    const seconds = until - this.#time;
    if (seconds <= 0) return;
    const { state } = this;
    this.#time = until;
    const { hostPlant } = this.#core;
    if (hostPlant) {
      this.#core.drivePlant(seconds);
      this.#rate = hostPlant.sensed.yawRate;
      return;
    }
    const v = state[PlanarState.v];
    const phi = state[PlanarState.phi];
    const isNeutral = this.inputs[0] === 0;
    if (!isNeutral || v !== 0) this.#core.drivePlant(seconds);
    if (isNeutral) state[PlanarState.v] = Math.max(0, Math.min(v, state[PlanarState.v]) - NEUTRAL_BRAKE * seconds);
    this.#rate = (state[PlanarState.phi] - phi) / seconds;
  }

  #odometryPublisher(node: RosNode, { odometry, frame, twistFrame, stateQos }: Ros2Settings, wall: () => number) {
    const publisher = node.advertise("nav_msgs/msg/Odometry", odometry, stateQos);
    const message = newMessage["nav_msgs/msg/Odometry"](frame || FRAMES.odometry);
    return (rate: number) => {
      const [x, y, v, phi] = this.state;
      setStamp(message.header.stamp, wall());
      Object.assign(message.pose.pose.position, { x, y });
      setYaw(message.pose.pose.orientation, phi);
      setTwist(message.twist.twist, v, twistFrame === "world" ? phi : 0, rate);
      publisher.publish(message);
    };
  }

  #imuPublisher(node: RosNode, { imu, stateQos }: Ros2Settings, wall: () => number) {
    const publisher = node.advertise("sensor_msgs/msg/Imu", imu, stateQos);
    const message = newMessage["sensor_msgs/msg/Imu"](BODY);
    return (rate: number) => {
      setStamp(message.header.stamp, wall());
      message.angular_velocity.z = rate;
      publisher.publish(message);
    };
  }

  #posePublisher(node: RosNode, settings: Ros2Settings, wall: () => number) {
    const { pose, twist, frame, twistFrame, stateQos, outside } = settings;
    const poses = node.advertise("geometry_msgs/msg/PoseStamped", pose, stateQos);
    const message = newMessage["geometry_msgs/msg/PoseStamped"](outside ? FRAMES.pose : frame || FRAMES.pose);
    const twists = twist === "" ? undefined : node.advertise("geometry_msgs/msg/TwistStamped", twist, stateQos);
    const speed = newMessage["geometry_msgs/msg/TwistStamped"](twistFrame === "world" ? FRAMES.pose : BODY);
    return (rate: number) => {
      const [x, y, v, phi] = this.state;
      setStamp(message.header.stamp, wall());
      Object.assign(speed.header.stamp, message.header.stamp);
      setTwist(speed.twist, v, twistFrame === "world" ? phi : 0, rate);
      twists?.publish(speed);
      Object.assign(message.pose.position, { x, y });
      setYaw(message.pose.orientation, phi);
      poses.publish(message);
    };
  }
}

/** A speed `v` along the heading `phi`, and a yaw rate. */
function setTwist({ linear, angular }: Twist, v: number, phi: number, rate: number): void {
  linear.x = v * Math.cos(phi);
  linear.y = v * Math.sin(phi);
  angular.z = rate;
}
