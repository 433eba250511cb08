/**
 * Waveshare's JetRacer ROS kit with the firmware that it is sold with (docs/waveshare.md): takes speed and turn rate,
 * and tells its odometry. There is no arming on that board, and nobody knows whether it stops by itself: as long as it
 * is not armed here it is told to stand, at every step.
 */
import { LONGEST_PERIOD } from "../../config/timeouts.js";
import type { EstimatorSettings } from "../../estimation/entries.js";
import { newMotion } from "../../estimation/motion.js";
import { BoardOdometry, OdometryStep } from "../../odometry/board-odometry.js";
import { Speedometer } from "../../odometry/speedometer.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import type { RobotLinkDefinition } from "../definition.js";
import { estimatorSettings } from "../estimator-settings.js";
import { Fault } from "../faults.js";
import { Incoming } from "../incoming.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import { type BoardPose, TelemetryReader, VelocityFrame, WAVESHARE_BAUD } from "../wire/waveshare.js";

/** `applied` is not known: what the board sets its wheels to has no documented unit. */
export class WaveshareRobot extends PlanarRobot {
  readonly #transport: Transport;
  readonly #incoming: Incoming;
  readonly #maxSpeed: number;
  readonly #frame = new VelocityFrame();
  readonly #reader = new TelemetryReader((pose) => this.#take(pose));
  readonly #counted = new BoardOdometry();
  readonly #speedometer = new Speedometer();
  #now = 0;
  // taken at this step
  #isMeasured = false;
  #frames = 0;
  #distance = 0;
  #turn = 0;
  #rate = 0;
  readonly #motion = newMotion();

  /** `maxSpeed`: no command is faster, forwards or backwards [m/s]. */
  constructor(transport: Transport, maxSpeed: number, settings: Partial<EstimatorSettings> = {}) {
    super(settings);
    this.#transport = transport;
    this.#incoming = new Incoming(transport);
    this.#maxSpeed = maxSpeed;
  }

  receive(now: number): void {
    this.#now = now;
    this.#isMeasured = false;
    this.#frames = 0;
    this.#distance = 0;
    this.#turn = 0;
    this.#incoming.drain(this.#reader);
    this.reading.bytes = this.#incoming.count;
    if (!this.#isMeasured) return;
    if (this.#frames > 0) this.#speedometer.take(now, this.#frames, this.#distance);
    const motion = this.#motion;
    motion.seconds = motion.time === 0 ? 0 : now - motion.time;
    motion.time = now; // when within the step it was measured is not said
    motion.distance = this.#distance;
    motion.turn = this.#turn;
    motion.speed = this.#speedometer.speed;
    motion.rate = this.#rate;
    this.estimator.move(motion);
    this.updateReading(now);
  }

  send(_now: number, input: Float64Array): void {
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    this.#transmit(follows ? input[0] : 0, follows ? input[1] : 0);
  }

  arm(_now: number): void {
    if (this.phase === RobotPhase.ready) this.phase = RobotPhase.armed;
  }

  disarm(_now: number): void {
    if (this.phase === RobotPhase.armed) this.phase = RobotPhase.ready;
    this.#transmit(0, 0);
  }

  #transmit(speed: number, turnRate: number): void {
    this.#frame.put(Math.max(-this.#maxSpeed, Math.min(this.#maxSpeed, speed)), turnRate);
    this.#transport.write(this.#frame.wire, this.#frame.wire.length);
  }

  #take(pose: BoardPose): void {
    const { estimator } = this;
    this.reading.heard = this.#now;
    if (this.phase === RobotPhase.connecting) this.phase = RobotPhase.ready;
    const step = this.#counted.take(this.#now, pose, estimator.v, this.#rate);
    if (step === OdometryStep.doubtful) return;
    if (step === OdometryStep.leap) {
      this.fail(Fault.boardReset, Number.NaN);
      this.phase = RobotPhase.ready;
    }
    this.#isMeasured = true;
    if (!pose.isRepeated) this.#frames += this.#counted.frames;
    this.#distance += this.#counted.distance;
    this.#turn += this.#counted.turn;
    this.#rate = pose.yawRate;
  }
}

const waveshare: RobotLinkDefinition = {
  isSimulated: false,
  summary: "a JetRacer ROS kit as it is sold",
  transport: { kind: "serial", baud: WAVESHARE_BAUD },
  describe: (config) => ({
    states: PLANAR_STATE,
    inputs: ["forward speed [m/s]", "turn rate [rad/s]"],
    longestPeriod: LONGEST_PERIOD, // whether it stops by itself is not known; its own node sends every 0.02 s
    make: (transport) => new WaveshareRobot(transport, config["max-speed"], estimatorSettings(config)),
  }),
};

export default waveshare;
