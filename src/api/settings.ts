/**
 * Made by scripts/docs.mjs from src/config/schema.ts: change that, then run it. Settings of a run, as they stand in its
 * config.yaml; docs/configuration.md says what is allowed and what the defaults are.
 */
export interface Settings {
  /** what to learn */
  readonly task?: string;
  /**
   * where the robot is; pca9685: a car with a PCA9685, as NVIDIA's JetRacer and donkeycar; needs --pose; ros2: a
   * robot on ROS 2; serial: a car behind this project's firmware; sim: the simulated plant; vesc: a car with a
   * VESC, as F1TENTH; waveshare: a JetRacer ROS kit as it is sold
   */
  readonly link?: string;
  /** which simulated robot drives */
  readonly plant?: string;
  /**
   * of the plant mujoco, an MJCF file in place of the car's own, with the same joints, actuators and sensors
   * (docs/tasks/mujoco-car.md); a run keeps its text
   */
  readonly "plant-model"?: string;
  /**
   * of a task on a track, the file with its closed path: CSV with widths or speeds, or YAML (docs/tracks.md); a run
   * keeps the points themselves
   */
  readonly track?: string;
  /**
   * line along the track: file (its own), racing, or racing:room left beside the robot [m], e.g. racing:0.4; racing
   * is the fastest within its room by the limits
   */
  readonly "track-line"?: string;
  /** speed along the track: file (fastest, if it says none), a number [m/s], or fastest:usage, e.g. fastest:0.8 */
  readonly "track-speed"?: string;
  /** folder of a run whose fitted model says what fastest:usage uses a part of; empty: the file's limits */
  readonly "track-limits"?: string;
  /**
   * what the network sees of a track: its places, or the path beside and before the robot, so that what it learns
   * holds on other tracks too (docs/tracks.md)
   */
  readonly features?: "place" | "path";
  /**
   * run whose best policy is the first one here, e.g. one that learned another track with features path; empty:
   * random weights
   */
  readonly "start-from"?: string;
  /**
   * lap time is what counts: the part of the limits that is driven rises lap by lap while the robot stays beside
   * its track's edges, and falls at once when it does not (docs/race.md)
   */
  readonly race?: boolean;
  /** of a race, room that is left between the robot and the track's edges [m] */
  readonly "race-margin"?: number;
  /**
   * parameters of the simulated robot that change while it drives, e.g. grip=0.8@lap10,
   * throttle=1..0.7@seconds0..60, grip=0.6@place:1,0,0.5 (docs/training.md)
   */
  readonly "plant-change"?: readonly string[];
  /**
   * how fast the task is driven, task time per time; below 1 slower, e.g. 0.8 for a first lap on a new floor; the
   * cost still asks for the speed at pace 1
   */
  readonly pace?: number;
  /**
   * in laps without stops, how far the learner may lower the pace where that is cheaper, as a part of it; 1: not at
   * all
   */
  readonly "least-pace"?: number;
  /** slow down within a lap, at once, where the car turns much less than the fitted model expects */
  readonly reflex?: boolean;
  /** transport delay of the plant's inputs [s], one for all or one each; empty: the plant's own */
  readonly "plant-delay"?: readonly number[];
  /** first-order lag of the plant's inputs [s], one for all or one each; empty: the plant's own */
  readonly "plant-lag"?: readonly number[];
  /** standard deviation of the measured position [m], or one per state component; empty: the plant's own */
  readonly "plant-noise"?: readonly number[];
  /** standard deviation of the simulated control period [s] */
  readonly "control-jitter"?: number;
  /** standard deviation of the simulated network period [s] */
  readonly "network-jitter"?: number;
  /** random numbers of weights and starts; the same seed gives the same bits */
  readonly seed?: number;
  /** rollouts in all; of one drive without stops its laps (train --laps) */
  readonly rollouts?: number;
  /** rollouts per update */
  readonly batch?: number;
  /** gradient of a batch: mean over its rollouts (paper eq. 8), or sum */
  readonly "batch-reduction"?: "mean" | "sum";
  /** network calls per rollout */
  readonly "rollout-segments"?: number;
  /**
   * when parameters change: rollout, lap, or a number of segments (pieces of a lap); after a lap or a piece the car
   * drives on
   */
  readonly "update-every"?: string;
  /**
   * network calls from the end of what was learned from until new parameters act, in one drive: in simulation they
   * act then, on a robot when they are ready, and are planned for then
   */
  readonly "update-delay"?: number;
  /** update rule; train takes peers too, in simulation: docs/compare.md */
  readonly update?: string;
  /** step size of the update rule; for gauss-newton the largest part of its plan that is taken */
  readonly "learning-rate"?: number;
  /** none: full co-state; segment: gradients flow only within a segment (the authors' published runs) */
  readonly truncation?: "none" | "segment";
  /** segments that count: start:length[:stride] in segments, e.g. 40:116 or 40:30:1; length 0: to the end */
  readonly window?: string;
  /** differentiate the network's input with respect to the state too */
  readonly "network-state-feedback"?: boolean;
  /** fit the model's few parameters to the last rollouts before every update */
  readonly "model-fit"?: boolean;
  /** where the model starts: raw is the paper's model (11), all gains 1; nominal has the gains of the task */
  readonly model?: "raw" | "nominal";
  /** factor on the model's parameters: how wrong the model is on purpose */
  readonly "model-scale"?: number;
  /** transport delay of the inputs in the model [s] */
  readonly "model-delay"?: number;
  /**
   * strict: the same bits on every machine; fused: quicker where the processor multiplies and adds at once, other
   * bits, and Node 22 or newer
   */
  readonly arithmetic?: "strict" | "fused";
  /**
   * let V8 compute in vectors twice as wide, on x64 with Node 23.5 or newer: the same bits, which is checked when
   * it starts
   */
  readonly revectorise?: boolean;
  /** time between control steps [s] */
  readonly "control-period"?: number;
  /** nominal time between network calls [s] */
  readonly "network-period"?: number;
  /** control steps per network call in simulation */
  readonly "steps-per-segment"?: number;
  /** widths of the network's hidden layers */
  readonly hidden?: readonly number[];
  /** the controller's gains that the network's are added to; empty: the task's own */
  readonly "nominal-gains"?: readonly number[];
  /**
   * of several robots that learn together, tell them apart: the network is given the gains and delays that were
   * fitted to each (docs/several-robots.md)
   */
  readonly "robot-traits"?: boolean;
  /** stop when a rollout costs this many times the first one */
  readonly "stop-factor"?: number;
  /** parameters of model, plant, controller, reward, reference and task by name, where they differ from the task's */
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** serial port of the robot, e.g. /dev/ttyACM0; empty: the only one there is */
  readonly device?: string;
  /** distance that the car moves per tick of its encoder, on link vesc per electrical revolution of its motor [m] */
  readonly "wheel-travel"?: number;
  /**
   * curvature at full steering [1/m], 1 over the radius of the smallest circle it drives slowly: a gyro or encoder
   * that is wrong by a factor then stops it; 0: not known
   */
  readonly "steering-curvature"?: number;
  /**
   * pulses [µs], slew rates [µs/s] and directions, where they differ from the firmware's defaults
   * (docs/firmware.md)
   */
  readonly servo?: {
    readonly steeringMin?: number | undefined;
    readonly steeringCentre?: number | undefined;
    readonly steeringMax?: number | undefined;
    readonly throttleMin?: number | undefined;
    readonly throttleNeutral?: number | undefined;
    readonly throttleMax?: number | undefined;
    readonly steeringSlew?: number | undefined;
    readonly throttleSlew?: number | undefined;
    readonly steeringReversed?: boolean | undefined;
    readonly throttleReversed?: boolean | undefined;
    readonly deadZone?: number | undefined;
    readonly holdSteering?: boolean | undefined;
    readonly radioRequired?: boolean | undefined;
    readonly batteryRequired?: boolean | undefined;
  };
  /** what throttle and steering are on a VESC, and its IMU, where they differ from the defaults (docs/vesc.md) */
  readonly vesc?: {
    readonly drive?: "duty" | "current" | undefined;
    readonly maxDuty?: number | undefined;
    readonly maxCurrent?: number | undefined;
    readonly throttleReversed?: boolean | undefined;
    readonly deadZone?: number | undefined;
    readonly servoMin?: number | undefined;
    readonly servoCentre?: number | undefined;
    readonly servoMax?: number | undefined;
    readonly steeringReversed?: boolean | undefined;
    readonly imu?: "gyro" | "all" | "none" | undefined;
    readonly gyroReversed?: boolean | undefined;
  };
  /**
   * board, bus, independent stop, channels and pulses [µs] of a car with a PCA9685, where they differ from the
   * defaults (docs/pca9685.md)
   */
  readonly pca9685?: {
    readonly board?: "jetracer" | "jetracer-pro" | "jetracer-ai" | "donkeycar" | undefined;
    readonly bus?: number | undefined;
    readonly stop?: "firmware" | "multiplexer" | "output-enable" | undefined;
    readonly steeringChannel?: number | undefined;
    readonly throttleChannel?: number | undefined;
    readonly steeringMin?: number | undefined;
    readonly steeringCentre?: number | undefined;
    readonly steeringMax?: number | undefined;
    readonly throttleMin?: number | undefined;
    readonly throttleNeutral?: number | undefined;
    readonly throttleMax?: number | undefined;
    readonly steeringReversed?: boolean | undefined;
    readonly throttleReversed?: boolean | undefined;
    readonly deadZone?: number | undefined;
    readonly maxDuty?: number | undefined;
  };
  /**
   * a gamepad whose button must be held for the robot to move, e.g. /dev/input/js0 (docs/gamepad.md); true: the
   * only one there is; empty: none
   */
  readonly gamepad?: string;
  /** buttons and axes of the gamepad, where they are not known or to be others (docs/gamepad.md) */
  readonly "gamepad-map"?: {
    readonly hold?: number | undefined;
    readonly stop?: number | undefined;
    readonly begin?: number | undefined;
    readonly throttle?: number | undefined;
    readonly steering?: number | undefined;
    readonly throttleReversed?: boolean | undefined;
    readonly steeringReversed?: boolean | undefined;
    readonly maxThrottle?: number | undefined;
  };
  /** preset, topics, types, frames and QoS of a robot on ROS 2, where they differ from the preset's (docs/ros2.md) */
  readonly ros2?: {
    readonly preset?: "jetracer-mocap" | "ackermann" | "go1" | undefined;
    readonly node?: string | undefined;
    readonly odometry?: string | undefined;
    readonly pose?: string | undefined;
    readonly twist?: string | undefined;
    readonly imu?: string | undefined;
    readonly twistFrame?: "world" | "body" | undefined;
    readonly frame?: string | undefined;
    readonly stamps?: "use" | "ignore" | undefined;
    readonly commandType?: "ackermann" | "twist" | "float32" | undefined;
    readonly command?: string | undefined;
    readonly throttle?: string | undefined;
    readonly steering?: string | undefined;
    readonly commandFrame?: string | undefined;
    readonly driveScale?: number | undefined;
    readonly steerScale?: number | undefined;
    readonly driveLimit?: number | undefined;
    readonly steerLimit?: number | undefined;
    readonly stateQos?: "reliable" | "best-effort" | undefined;
    readonly commandQos?: "reliable" | "best-effort" | undefined;
    readonly timeout?: number | undefined;
  };
  /**
   * pose of the car from outside (docs/pose.md); camera: a camera over the floor, by a page in the browser; natnet:
   * OptiTrack's Motive by NatNet; qualisys: Qualisys Track Manager; udp: JSON datagrams of a script of your own;
   * vicon: Vicon Tracker's UDP object stream; empty: none
   */
  readonly pose?: string;
  /** name of the car, where poses come from outside; empty: the only object that the source names */
  readonly "pose-name"?: string;
  /**
   * where the origin of the source of poses is on the track, x,y [m], and which way its x axis points there, angle
   * [°]; empty: 0,0,0
   */
  readonly "pose-frame"?: readonly number[];
  /**
   * where on the car the source sees it: x forward, y to the left [m] of the middle of the rear axle, and how far
   * its forward axis is turned to the left of the car's, angle [°]; empty: 0,0,0
   */
  readonly "pose-mount"?: readonly number[];
  /** standard deviation of a coordinate of poses from outside [m]; `doctor --pose` measures it */
  readonly "pose-noise"?: number;
  /** the same of their heading [°] */
  readonly "pose-heading-noise"?: number;
  /** the same of the time at which they were true [s]; large where poses do not say it */
  readonly "pose-jitter"?: number;
  /** what poses from outside are older than they say [s]; wheel and gyro find the rest, within about 0.05 s of it */
  readonly "pose-latency"?: number;
  /** a robot that is faster is stopped [m/s] */
  readonly "max-speed"?: number;
  /** a robot that is farther from the task's track is stopped [m] */
  readonly corridor?: number;
  /** xLow,xHigh,yLow,yHigh [m]: a robot outside is stopped; empty: only the bounds of the task hold */
  readonly geofence?: readonly number[];
  /** a measured position that jumps farther stops the robot [m] */
  readonly "max-jump"?: number;
  /**
   * of several robots that learn together, how near they may come to each other: closer, both are stopped [m]; 0:
   * they may touch (docs/several-robots.md)
   */
  readonly "min-distance"?: number;
  /** standard deviation of a dead-reckoned position at which the robot is stopped [m] */
  readonly "max-uncertainty"?: number;
  /** battery voltage below which the robot is stopped [V]; 0: any */
  readonly "min-battery"?: number;
  /** age of the measured state at which the robot is stopped [s]; 0.1, or 2.5 control periods if that is more */
  readonly "stale-after"?: number;
}
