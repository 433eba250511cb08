/**
 * A car behind this project's firmware (docs/firmware.md, docs/protocol.md): its state is dead reckoning by wheel and
 * gyro.
 */
import { Fault } from "../faults.js";
import { Incoming } from "../incoming.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import { Counters, takeApplied } from "../telemetry.js";
import { FrameReader, FrameWriter } from "../wire/frames.js";
import {
  ArmResult,
  BoardState,
  Cause,
  type Configure,
  ConfigureResult,
  FrameType,
  newArmAnswer,
  newConfigureAnswer,
  newDrive,
  newTelemetry,
  newWelcome,
  protocol,
  readArmAnswer,
  readConfigureAnswer,
  readTelemetry,
  readWelcome,
  SensorFlag,
  WelcomeResult,
  writeArm,
  writeConfigure,
  writeDrive,
  writeHello,
} from "../wire/protocol.js";
import { BoardClock } from "./board-clock.js";
import { faultOfHealth, type Requirements, SelfTest } from "./self-test.js";

/** What must be known of a car. */
export interface SerialSettings {
  /** distance per tick of the wheel encoder [m] */
  readonly wheelTravel: number;
  /** pulses, directions and limits */
  readonly servo: Omit<Configure, "session">;
  /** what the car must have to be armed */
  readonly required: Requirements;
}

/** A question is asked again after this [s]. */
const REPEAT = 0.1;
/** Neutral commands before the board is asked to arm [s]: what it wants, and a period of 50 Hz more. */
const NEUTRAL = protocol.neutralBeforeArm / 1000 + 0.02;
/** Time that a car has to pass its self-test [s]: it was just put down, its radio switched on. */
const FIT_WITHIN = 2;
/** What a configure answer echoes. */
const ECHOED = [
  "steeringMin",
  "steeringCentre",
  "steeringMax",
  "throttleMin",
  "throttleNeutral",
  "throttleMax",
  "steeringSlew",
  "throttleSlew",
  "flags",
] as const satisfies readonly (keyof Configure)[];

/** ±1000 °/s, to which firmware-bridge/core/gyro.c sets the gyro [rad/s]. */
const GYRO_RANGE = (1000 * Math.PI) / 180;

/** What the board's own stop means; a newer firmware may have causes that are not here. */
const FAULT_OF_CAUSE: Readonly<Partial<Record<number, Fault>>> = {
  [Cause.boot]: Fault.boardReset,
  [Cause.disarmFrame]: Fault.boardDisarmed,
  [Cause.commandTimeout]: Fault.boardTimeout,
  [Cause.rcLost]: Fault.boardRadioLost,
  [Cause.rcManual]: Fault.boardManual,
  [Cause.rcStop]: Fault.boardRadioStop,
  [Cause.newSession]: Fault.boardReset,
  [Cause.shock]: Fault.boardShock,
  [Cause.tilt]: Fault.boardTilt,
} satisfies Record<Cause, Fault>;

export class SerialRobot extends PlanarRobot {
  readonly placeable = true;

  readonly #transport: Transport;
  readonly #settings: SerialSettings;
  readonly #counters: Counters;
  readonly #writer = new FrameWriter();
  readonly #reader: FrameReader;
  readonly #incoming: Incoming;
  readonly #telemetry = newTelemetry();
  readonly #welcome = newWelcome();
  readonly #armAnswer = newArmAnswer();
  readonly #configured = newConfigureAnswer();
  readonly #drive = newDrive();
  readonly #hello: { version: number; nonce: number };
  readonly #configure: Configure;
  readonly #clock = new BoardClock();
  readonly #selfTest: SelfTest;
  #sequence = 0;
  #session = -1;
  #isConfigured = false;
  #now = 0;
  #asked = Number.NEGATIVE_INFINITY;
  #neutralSince = 0;

  /** `nonce`: a number that no earlier start of this program had. */
  constructor(transport: Transport, settings: SerialSettings, nonce: number) {
    super();
    this.#transport = transport;
    this.#incoming = new Incoming(transport);
    this.#settings = settings;
    this.#counters = new Counters(settings.wheelTravel);
    this.#selfTest = new SelfTest(settings.required);
    this.reading.yawRange = GYRO_RANGE;
    this.#hello = { version: protocol.version, nonce };
    this.#configure = { session: 0, ...settings.servo };
    this.#reader = new FrameReader((type, _, payload) => this.#take(type, payload));
  }

  receive(now: number): void {
    this.#now = now;
    this.#incoming.drain(this.#reader);
  }

  send(now: number, input: Float64Array): void {
    this.#now = now;
    if (this.phase === RobotPhase.connecting) {
      this.#connect(now);
      return;
    }
    const follows = this.phase === RobotPhase.armed && isCommand(input);
    this.#drive.throttle = follows ? input[0] : 0;
    this.#drive.steering = follows ? input[1] : 0;
    this.#drive.session = this.#session;
    this.#drive.time = Math.floor(now * 1000) % 2 ** 32;
    writeDrive(this.#writer.payload, 0, this.#drive);
    this.#transmit(FrameType.drive);
    this.#clock.remember(this.#sequence, now);
    if (this.phase === RobotPhase.arming) this.#continueArming(now);
  }

  arm(now: number): void {
    if (this.phase !== RobotPhase.ready) return;
    this.phase = RobotPhase.arming;
    this.followedUntil = Number.NaN;
    this.#neutralSince = now;
    this.#asked = Number.NEGATIVE_INFINITY;
  }

  /** Asks the board to arm once that is possible; gives up where the self-test keeps it from that. */
  #continueArming(now: number): void {
    const passed = now - this.#neutralSince;
    const fault = this.#selfTest.check(this.#telemetry);
    if (fault === Fault.none) {
      if (passed < NEUTRAL || !this.#mayAsk(now)) return;
      writeArm(this.#writer.payload, 0, this.#welcome);
      this.#transmit(FrameType.arm);
    } else if (passed >= FIT_WITHIN) {
      this.phase = RobotPhase.ready;
      this.fail(fault, this.#selfTest.value);
    }
  }

  disarm(now: number): void {
    this.#now = now;
    this.#transmit(FrameType.disarm);
    if (this.phase !== RobotPhase.connecting) this.phase = RobotPhase.ready;
  }

  /** Hello, then the servo settings, until both are answered. */
  #connect(now: number): void {
    if (!this.#mayAsk(now)) return;
    if (this.#session < 0) {
      writeHello(this.#writer.payload, 0, this.#hello);
      this.#transmit(FrameType.hello);
    } else {
      this.#configure.session = this.#session;
      writeConfigure(this.#writer.payload, 0, this.#configure);
      this.#transmit(FrameType.configure);
    }
  }

  #mayAsk(now: number): boolean {
    if (now - this.#asked < REPEAT) return false;
    this.#asked = now;
    return true;
  }

  #transmit(type: FrameType): void {
    // repeated hellos have one number, so that however many were lost the next frame is the one that the board expects
    if (type !== FrameType.hello) this.#sequence = (this.#sequence + 1) & 0xff;
    const count = this.#writer.finish(type, this.#sequence);
    this.#transport.write(this.#writer.wire, count);
  }

  #take(type: FrameType, payload: DataView): void {
    this.reading.heard = this.#now;
    if (type === FrameType.telemetry) this.#takeTelemetry(payload);
    else if (type === FrameType.welcome) this.#takeWelcome(payload);
    else if (type === FrameType.armAnswer) this.#takeArmAnswer(payload);
    else if (type === FrameType.configureAnswer) this.#takeConfigureAnswer(payload);
  }

  #takeWelcome(payload: DataView): void {
    readWelcome(payload, 0, this.#welcome);
    if (this.phase !== RobotPhase.connecting || this.#welcome.nonce !== this.#hello.nonce) return;
    if (this.#welcome.result !== WelcomeResult.accepted || this.#welcome.version !== protocol.version) {
      this.fail(Fault.wrongVersion, this.#welcome.version);
      return;
    }
    this.#session = this.#welcome.session;
    this.#isConfigured = false;
    this.#counters.forget();
    this.#clock.forget();
    this.#asked = Number.NEGATIVE_INFINITY;
  }

  #takeConfigureAnswer(payload: DataView): void {
    readConfigureAnswer(payload, 0, this.#configured);
    if (this.phase !== RobotPhase.connecting || this.#session < 0) return;
    if (this.#configured.result === ConfigureResult.applied) {
      for (const name of ECHOED)
        if (this.#configured[name] !== this.#configure[name]) {
          this.fail(Fault.configurationEcho, this.#configured[name]);
          return;
        }
      this.#isConfigured = true;
      this.phase = RobotPhase.ready;
    } else if (this.#configured.result === ConfigureResult.outOfLimits) {
      this.fail(Fault.configuration, Number.NaN);
    } else {
      this.#restart(); // another session, or armed by one: begin anew
    }
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
    if (this.#session < 0) return;
    if (telemetry.session !== this.#session) {
      const wasActive = this.phase !== RobotPhase.connecting;
      this.#restart();
      if (wasActive) this.fail(Fault.boardReset, telemetry.resetCause);
      return;
    }
    if (!this.#isConfigured) return;
    // the frame that was to disarm it was lost
    if (this.phase === RobotPhase.ready && telemetry.state === BoardState.armed) this.disarm(this.#now);
    if (this.phase === RobotPhase.armed && telemetry.state !== BoardState.armed) {
      this.phase = RobotPhase.ready;
      // a frame that it names is the last that it had: what was sent later was lost
      const hadNone = telemetry.cause === Cause.commandTimeout && telemetry.echoAge >= protocol.commandTimeout;
      const followedUntil = hadNone ? this.#clock.sentAt(telemetry.echoSequence) : Number.NaN;
      this.fail(FAULT_OF_CAUSE[telemetry.cause] ?? Fault.boardDisarmed, telemetry.cause, followedUntil);
    }
    const unhealthy = faultOfHealth(telemetry.health);
    if (this.phase === RobotPhase.armed && unhealthy !== Fault.none) this.fail(unhealthy, Number.NaN);
    this.reading.battery = telemetry.sensors & SensorFlag.battery ? telemetry.battery : Number.NaN;
    const isMeasured = (telemetry.sensors & SensorFlag.accelerometer) !== 0;
    this.reading.forwardAcceleration = isMeasured ? telemetry.accelForward : Number.NaN;
    this.reading.lateralAcceleration = isMeasured ? telemetry.accelLeft : Number.NaN;
    takeApplied(this.#telemetry, this.#settings.servo, this.reading.applied);
    if (telemetry.sensors & SensorFlag.gyro) this.#takeOdometry();
  }

  #takeOdometry(): void {
    const { wheelSpeed, yawRate, echoSequence, echoAge } = this.#telemetry;
    const { wheelTravel } = this.#settings;
    const counters = this.#counters;
    counters.take(this.#telemetry);
    this.odometry.advance(counters);
    this.odometry.v = wheelSpeed * wheelTravel;
    this.odometry.rate = yawRate;
    this.reading.yawRate = yawRate;
    this.#clock.take(this.#now, counters.seconds, echoSequence, echoAge);
    this.reading.time = this.#clock.measuredAt(this.#now);
    this.updateReading();
  }

  #restart(): void {
    this.phase = RobotPhase.connecting;
    this.#session = -1;
    this.#isConfigured = false;
    this.#hello.nonce = (this.#hello.nonce + 1) >>> 0;
    this.#asked = Number.NEGATIVE_INFINITY;
    this.reading.time = Number.NEGATIVE_INFINITY;
  }
}
