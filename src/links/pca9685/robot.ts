/**
 * A car whose servo and motor a PCA9685 drives (docs/pca9685.md). Nothing on it measures: its state is that of poses
 * from outside, carried on by its steering. Neutral is the helper's work, which writes to the chip; what it reports is
 * kept here until the car is armed again.
 */
import { HELPER_TIMEOUT } from "../../config/timeouts.js";
import { newMotion } from "../../estimation/motion.js";
import { pastDeadZone } from "../dead-zone.js";
import { Fault } from "../faults.js";
import { Incoming } from "../incoming.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import {
  HELPER_FRAME,
  HelperFrameReader,
  HelperOrder,
  HelperReason,
  HelperState,
  writeHelperFrame,
} from "../wire/pca9685.js";
import type { Pca9685Settings } from "./settings.js";

/** It is armed within 0.3 s; a reason that stands longer keeps it from that [s]. */
const ARMED_WITHIN = 1;
/** Sequence numbers. */
const NUMBERS = 0x10000;

const FAULTS: Readonly<Record<HelperReason, Fault>> = {
  [HelperReason.none]: Fault.guardStopped,
  [HelperReason.silence]: Fault.helperTimedOut,
  [HelperReason.guard]: Fault.guardStopped,
  [HelperReason.paused]: Fault.helperPaused,
  [HelperReason.chipReset]: Fault.boardReset,
  [HelperReason.bus]: Fault.busFailed,
};

export class Pca9685Robot extends PlanarRobot {
  readonly #transport: Transport;
  readonly #deadZone: number;
  readonly #incoming: Incoming;
  readonly #reader: HelperFrameReader;
  readonly #frame = new Uint8Array(HELPER_FRAME);
  readonly #view = new DataView(this.#frame.buffer);
  readonly #motion = newMotion();
  /** when the frame of each number was sent [s] */
  readonly #sentAt = new Float64Array(NUMBERS).fill(Number.NEGATIVE_INFINITY);
  #sequence = 0;
  #isHeardOnly = false;
  #now = 0;
  /** when the last command was sent, and the last one that was answered [s] */
  #sent = 0;
  #answered = Number.NEGATIVE_INFINITY;
  #armingSince = 0;
  #steering = 0;

  /** `deadZone`: part of the throttle at which its motor still stands. */
  constructor(transport: Transport, { estimator, deadZone }: Pick<Pca9685Settings, "estimator" | "deadZone">) {
    super(estimator);
    this.#deadZone = deadZone;
    this.#transport = transport;
    this.#incoming = new Incoming(transport);
    this.#reader = new HelperFrameReader((kind, sequence, first) => this.#take(kind, sequence, first));
  }

  /** The helper is not asked: poses alone tell where the car is, and how it is steered is not known. */
  override listen(): void {
    this.#isHeardOnly = true;
    this.#steering = Number.NaN;
  }

  receive(now: number): void {
    this.#now = now;
    if (this.phase === RobotPhase.armed && now - this.#sent > HELPER_TIMEOUT)
      this.#stop(Fault.helperTimedOut, HELPER_TIMEOUT, this.#sent);
    this.#incoming.drain(this.#reader);
    this.reading.bytes = this.#incoming.count;
    if (!this.#isHeardOnly) return;
    this.phase = RobotPhase.ready;
    this.reading.heard = now;
    this.#move(now);
  }

  override stateAt(now: number, state: Float64Array): void {
    this.estimator.predict(Math.max(0, now - this.#motion.time), state);
  }

  send(now: number, input: Float64Array): void {
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    const order = follows
      ? HelperOrder.drive
      : this.phase === RobotPhase.arming
        ? HelperOrder.arm
        : HelperOrder.neutral;
    this.#tell(now, order, follows ? pastDeadZone(input[0], this.#deadZone) : 0, follows ? input[1] : 0);
  }

  arm(now: number): void {
    if (this.phase !== RobotPhase.ready) return;
    this.phase = RobotPhase.arming;
    this.followedUntil = Number.NaN;
    this.#armingSince = now;
  }

  disarm(now: number): void {
    if (this.phase !== RobotPhase.connecting) this.phase = RobotPhase.ready;
    this.#tell(now, HelperOrder.disarm, 0, 0);
  }

  #tell(now: number, order: HelperOrder, throttle: number, steering: number): void {
    this.#sequence = (this.#sequence + 1) % NUMBERS;
    this.#sentAt[this.#sequence] = now;
    this.#sent = now;
    this.#steering = Math.max(-1, Math.min(1, steering));
    writeHelperFrame(this.#view, order, this.#sequence, throttle, steering);
    this.#transport.write(this.#frame, HELPER_FRAME);
  }

  /** It follows nothing any more, until it is armed again. */
  #stop(fault: Fault, value: number, followedUntil: number): void {
    this.phase = RobotPhase.ready;
    this.fail(fault, value, followedUntil);
  }

  #take(state: number, sequence: number, reason: number): void {
    const sent = this.#sentAt[sequence];
    // of a frame that was answered before, or never sent
    if (!(sent > this.#answered && sent <= this.#now)) return;
    const followed = this.#answered;
    this.#answered = sent;
    this.reading.heard = this.#now;
    if (this.phase === RobotPhase.connecting) this.phase = RobotPhase.ready;
    if (state === HelperState.armed && this.phase === RobotPhase.arming) this.phase = RobotPhase.armed;
    else if (state === HelperState.ready) this.#takeReady(reason, followed);
    this.#move(sent);
  }

  /** The helper follows nothing. */
  #takeReady(reason: HelperReason, followed: number): void {
    const fault = FAULTS[reason] ?? Fault.guardStopped;
    const value = fault === Fault.helperTimedOut ? HELPER_TIMEOUT : Number.NaN;
    if (this.phase === RobotPhase.armed) this.#stop(fault, value, followed);
    else if (this.phase !== RobotPhase.arming || reason === HelperReason.none) return;
    else if (this.#now - this.#armingSince > ARMED_WITHIN) this.#stop(fault, value, Number.NaN);
  }

  /** Its state is as old as the newest pose: without one nothing is measured. */
  #move(time: number): void {
    const motion = this.#motion;
    if (!(time > motion.time)) return;
    motion.seconds = motion.time === 0 ? 0 : time - motion.time;
    motion.time = time;
    motion.steering = this.#steering;
    this.estimator.move(motion);
    this.updateReading(Math.min(time, this.estimator.poseTime));
  }
}
