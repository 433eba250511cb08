/**
 * A car behind this project's firmware (docs/firmware.md, docs/protocol.md): its state is dead reckoning by wheel and
 * gyro.
 */
import type { EstimatorSettings } from "../../estimation/entries.js";
import { newMotion } from "../../estimation/motion.js";
import { pastDeadZone, withinDeadZone } from "../dead-zone.js";
import { Fault } from "../faults.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import { Counters, takeApplied } from "../telemetry.js";
import {
  ArmResult,
  BoardState,
  Cause,
  type Configure,
  FrameType,
  newArmAnswer,
  newDrive,
  newTelemetry,
  protocol,
  readArmAnswer,
  readTelemetry,
  SensorFlag,
  writeDrive,
} from "../wire/protocol.js";
import { BoardClock } from "./board-clock.js";
import { BoardPort } from "./board-port.js";
import { BoardSession } from "./board-session.js";
import { faultOfCause } from "./board-stops.js";
import { faultOfHealth, type Requirements, SelfTest } from "./self-test.js";

/** What must be known of a car. */
export interface SerialSettings {
  /** distance per tick of the wheel encoder [m] */
  readonly wheelTravel: number;
  /** pulses, directions and limits */
  readonly servo: Omit<Configure, "session">;
  /** part of the throttle at which its motor still stands */
  readonly deadZone: number;
  /** what the car must have to be armed */
  readonly required: Requirements;
  readonly estimator?: Partial<EstimatorSettings>;
}

/** Neutral commands before the board is asked to arm [s]: what it wants, and a period of 50 Hz more. */
const NEUTRAL = protocol.neutralBeforeArm / 1000 + 0.02;
/** Time that a car has to pass its self-test [s]: it was just put down, its radio switched on. */
const FIT_WITHIN = 2;
/** ±1000 °/s, to which firmware-bridge/core/gyro.c sets the gyro [rad/s]. */
const GYRO_RANGE = (1000 * Math.PI) / 180;

export class SerialRobot extends PlanarRobot {
  readonly #settings: SerialSettings;
  readonly #port: BoardPort;
  readonly #session: BoardSession;
  readonly #selfTest: SelfTest;
  readonly #counters: Counters;
  readonly #clock = new BoardClock();
  readonly #telemetry = newTelemetry();
  readonly #armAnswer = newArmAnswer();
  readonly #drive = newDrive();
  /** somebody else drives it: it tells its state unasked */
  #isHeardOnly = false;
  readonly #motion = newMotion();
  #now = 0;
  #neutralSince = 0;

  /** `nonce`: a number that no earlier start of this program had. */
  constructor(transport: Transport, settings: SerialSettings, nonce: number) {
    super(settings.estimator);
    this.#settings = settings;
    this.#port = new BoardPort(transport, (type, payload) => this.#take(type, payload));
    this.#session = new BoardSession(this.#port, settings.servo, nonce);
    this.#selfTest = new SelfTest(settings.required);
    this.#counters = new Counters(settings.wheelTravel);
    this.reading.yawRange = GYRO_RANGE;
  }

  override listen(): void {
    this.#isHeardOnly = true;
  }

  receive(now: number): void {
    this.#now = now;
    this.#port.receive();
    this.reading.bytes = this.#port.bytes;
  }

  send(now: number, input: Float64Array): void {
    this.#now = now;
    if (this.phase === RobotPhase.connecting) {
      this.#session.ask(now);
      return;
    }
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    this.#drive.throttle = follows ? pastDeadZone(input[0], this.#settings.deadZone) : 0;
    this.#drive.steering = follows ? input[1] : 0;
    this.#drive.session = this.#session.number;
    this.#drive.time = Math.floor(now * 1000) % 2 ** 32;
    writeDrive(this.#port.payload, 0, this.#drive);
    this.#port.send(FrameType.drive);
    this.#clock.remember(this.#port.sequence, now);
    if (this.phase === RobotPhase.arming) this.#continueArming(now);
  }

  arm(now: number): void {
    if (this.phase !== RobotPhase.ready) return;
    this.phase = RobotPhase.arming;
    this.followedUntil = Number.NaN;
    this.#neutralSince = now;
    this.#port.askAtOnce();
  }

  /** Asks the board to arm once that is possible; gives up where the self-test keeps it from that. */
  #continueArming(now: number): void {
    const passed = now - this.#neutralSince;
    const fault = this.#selfTest.check(this.#telemetry);
    if (fault === Fault.none) {
      if (passed >= NEUTRAL && this.#port.mayAsk(now)) this.#session.askToArm();
    } else if (passed >= FIT_WITHIN) {
      this.phase = RobotPhase.ready;
      this.fail(fault, this.#selfTest.value);
    }
  }

  disarm(now: number): void {
    this.#now = now;
    this.#port.send(FrameType.disarm);
    if (this.phase !== RobotPhase.connecting) this.phase = RobotPhase.ready;
  }

  #take(type: FrameType, payload: DataView): void {
    this.reading.heard = this.#now;
    if (type === FrameType.telemetry) this.#takeTelemetry(payload);
    else if (type === FrameType.welcome) this.#takeWelcome(payload);
    else if (type === FrameType.armAnswer) this.#takeArmAnswer(payload);
    else if (type === FrameType.configureAnswer) this.#takeConfigureAnswer(payload);
  }

  #takeWelcome(payload: DataView): void {
    if (this.phase !== RobotPhase.connecting) return;
    const fault = this.#session.takeWelcome(payload);
    if (fault !== Fault.none) this.fail(fault, this.#session.value);
    this.#counters.forget();
    this.#clock.forget();
  }

  #takeConfigureAnswer(payload: DataView): void {
    if (this.phase !== RobotPhase.connecting) return;
    const fault = this.#session.takeConfigureAnswer(payload);
    if (fault !== Fault.none) this.fail(fault, this.#session.value);
    else if (this.#session.isConfigured) this.phase = RobotPhase.ready;
    else this.reading.time = Number.NEGATIVE_INFINITY;
  }

  #takeArmAnswer(payload: DataView): void {
    readArmAnswer(payload, 0, this.#armAnswer);
    const { result } = this.#armAnswer;
    if (this.phase !== RobotPhase.arming) return;
    if (result === ArmResult.armed) {
      this.phase = RobotPhase.armed;
      return;
    }
    // frames may have been lost: then it is only a question of time
    if (result === ArmResult.neutralTooShort || result === ArmResult.staleLink || result === ArmResult.notNeutral)
      return;
    this.phase = RobotPhase.ready;
    this.fail(Fault.armRefused, result);
  }

  #takeTelemetry(payload: DataView): void {
    const telemetry = this.#telemetry;
    readTelemetry(payload, 0, telemetry);
    if (this.#isHeardOnly && this.#session.number < 0) this.#overhear(telemetry.session);
    if (this.#session.number < 0) return;
    if (telemetry.session !== this.#session.number) {
      this.#restart();
      return;
    }
    if (!this.#session.isConfigured) return;
    this.#takeState();
    this.#takeSensors();
    if (telemetry.sensors & SensorFlag.gyro) this.#takeOdometry();
  }

  /** Takes part in the session that the board has, if any, without a word. */
  #overhear(session: number): void {
    this.#session.overhear(session);
    this.#counters.forget();
    this.#clock.forget();
    this.phase = RobotPhase.ready;
  }

  /** Whether the board is armed, and why not any more. */
  #takeState(): void {
    const { state, cause, echoAge, echoSequence, health } = this.#telemetry;
    // the frame that was to disarm it was lost
    if (this.phase === RobotPhase.ready && state === BoardState.armed) this.disarm(this.#now);
    if (this.phase !== RobotPhase.armed) return;
    if (state !== BoardState.armed) {
      this.phase = RobotPhase.ready;
      // a frame that it names is the last that it had: what was sent later was lost
      const hadNone = cause === Cause.commandTimeout && echoAge >= protocol.commandTimeout;
      this.fail(faultOfCause(cause), cause, hadNone ? this.#clock.sentAt(echoSequence) : Number.NaN);
      return;
    }
    const unhealthy = faultOfHealth(health);
    if (unhealthy !== Fault.none) this.fail(unhealthy, Number.NaN);
  }

  #takeSensors(): void {
    const { sensors, battery, accelForward, accelLeft } = this.#telemetry;
    const isFelt = (sensors & SensorFlag.accelerometer) !== 0;
    this.reading.battery = sensors & SensorFlag.battery ? battery : Number.NaN;
    this.reading.forwardAcceleration = isFelt ? accelForward : Number.NaN;
    this.reading.lateralAcceleration = isFelt ? accelLeft : Number.NaN;
    const { applied } = this.reading;
    takeApplied(this.#telemetry, this.#settings.servo, applied);
    applied[0] = withinDeadZone(applied[0], this.#settings.deadZone);
  }

  #takeOdometry(): void {
    const { wheelSpeed, yawRate, echoSequence, echoAge } = this.#telemetry;
    const { wheelTravel } = this.#settings;
    const counters = this.#counters;
    const motion = this.#motion;
    counters.take(this.#telemetry);
    this.reading.yawRate = yawRate;
    if (this.#isHeardOnly) this.#clock.overhear(this.#now, counters.seconds);
    else this.#clock.take(this.#now, counters.seconds, echoSequence, echoAge);
    motion.time = this.#clock.measuredAt(this.#now);
    motion.seconds = counters.seconds;
    motion.distance = counters.distance;
    motion.turn = counters.turn;
    motion.speed = wheelSpeed * wheelTravel;
    motion.rate = yawRate;
    motion.steering = this.reading.applied[1];
    this.estimator.move(motion);
    this.updateReading(motion.time);
  }

  /** The board has another session: it started anew, or somebody else took it. */
  #restart(): void {
    const wasActive = this.phase !== RobotPhase.connecting;
    this.phase = RobotPhase.connecting;
    this.#session.restart();
    this.reading.time = Number.NEGATIVE_INFINITY;
    if (wasActive) this.fail(Fault.boardReset, this.#telemetry.resetCause);
  }
}
