/**
 * A car whose motor and servo a VESC drives, with the firmware that it is sold with (docs/vesc.md): its state is dead
 * reckoning by the motor and the VESC's IMU. A VESC that heard no command for its time-out brakes, and follows the next
 * one again: that it stays stopped until it is armed anew is this file's work.
 */
import { DEGREE } from "../../angles.js";
import { newMotion } from "../../estimation/motion.js";
import { ElectricalOdometry } from "../../odometry/electrical.js";
import { Fault } from "../faults.js";
import { PlanarRobot } from "../planar-robot.js";
import { isCommand, RobotPhase, type Transport } from "../robot.js";
import { MOST_BIAS, MOST_NOISE } from "../serial/limits.js";
import {
  isNoImu,
  newVescAppConfiguration,
  newVescImu,
  newVescValues,
  readAppConfiguration,
  readFirmware,
  readImu,
  readValues,
  VescCommand,
} from "../wire/vesc.js";
import { VescCommands } from "./commands.js";
import { VescPort } from "./port.js";
import { Readiness } from "./readiness.js";
import type { VescSettings } from "./settings.js";
import { StandingGyro } from "./standing-gyro.js";

/** Neutral commands before it counts as armed [s]; as our own firmware has it. */
const NEUTRAL = 0.3;
/** Time that it has to be fit for that [s]: it was just put down. */
const FIT_WITHIN = 2;
/** A car that is slower stands [m/s]. */
const STANDS = 0.05;
/** The IMU's chips are set to ±2000 °/s [rad/s]. */
const GYRO_RANGE = 2000 * DEGREE;
/** [m/s²] */
const WEIGHT = 9.81;
/** So many answers of an IMU in a row that are nothing but zeros come from none. */
const NO_IMU = 10;

export class VescRobot extends PlanarRobot {
  readonly #settings: VescSettings;
  readonly #port: VescPort;
  readonly #commands: VescCommands;
  readonly #readiness: Readiness;
  readonly #odometry: ElectricalOdometry;
  readonly #gyro = new StandingGyro();
  readonly #firmware = { major: 0, minor: 0 };
  readonly #app = newVescAppConfiguration();
  readonly #values = newVescValues();
  readonly #imu = newVescImu();
  readonly #motion = newMotion();
  /** somebody else drives it: it is asked, and told nothing */
  #isHeardOnly = false;
  /** it is a VESC, of a firmware that is known; its configuration, as it is now, was read, and allows to arm it */
  #isKnown = false;
  #isConfigured = false;
  /** its configuration allowed that once: from then on it is told something at every step */
  #isOurs = false;
  #now = 0;
  /** when the last command was sent [s] */
  #sent = 0;
  #armingSince = 0;
  #steering = 0;
  /** answers of the IMU in a row that are zeros */
  #zeros = 0;
  /** by the gyro, for the next values [rad/s]; NaN: none came */
  #rate = Number.NaN;

  constructor(transport: Transport, settings: VescSettings) {
    super(settings.estimator);
    this.#settings = settings;
    this.#port = new VescPort(transport, (command, bytes, from) => this.#take(command, bytes, from));
    this.#commands = new VescCommands(settings);
    this.#readiness = new Readiness(settings.shortestTimeout);
    this.#odometry = new ElectricalOdometry(settings.throttleReversed ? -settings.wheelTravel : settings.wheelTravel);
    if (settings.imu !== "none") this.reading.yawRange = GYRO_RANGE;
  }

  override listen(): void {
    this.#isHeardOnly = true;
  }

  receive(now: number): void {
    this.#now = now;
    const timeout = this.#app.timeout / 1000;
    if (this.phase === RobotPhase.armed && now - this.#sent > timeout)
      this.#stop(Fault.vescTimedOut, timeout, this.#sent);
    this.#port.receive();
    this.reading.bytes = this.#port.bytes;
    if (this.phase === RobotPhase.arming) this.#continueArming(now);
    if (!this.#isHeardOnly) return;
    this.#ask(now);
    this.#port.send();
  }

  send(now: number, input: Float64Array): void {
    this.#now = now;
    this.#ask(now);
    // one that may be no VESC, or that somebody else drives by its own app, is told nothing
    if (this.#isOurs) this.#command(now, this.phase === RobotPhase.armed && isCommand(input), input);
    this.#port.send();
  }

  arm(now: number): void {
    if (this.phase !== RobotPhase.ready) return;
    this.phase = RobotPhase.arming;
    this.followedUntil = Number.NaN;
    this.#armingSince = now;
    this.#isConfigured = false; // it may have been changed since it was read
    this.#gyro.interrupt(); // what was measured before may be of a car that was carried
    this.#port.askAtOnce();
  }

  disarm(now: number): void {
    if (this.phase !== RobotPhase.connecting) this.phase = RobotPhase.ready;
    if (!this.#isOurs) return;
    this.#command(now, false, this.neutral);
    this.#port.send();
  }

  /** What is still to be known of it, or what it measures. */
  #ask(now: number): void {
    if (!this.#isKnown) this.#port.askOnce(VescCommand.firmwareVersion, now);
    else {
      this.#port.askMeasured(now, this.#settings.imu !== "none");
      if (!this.#isConfigured && !this.#isHeardOnly) this.#port.askOnce(VescCommand.getAppConfiguration, now);
    }
  }

  #command(now: number, follows: boolean, input: Float64Array): void {
    this.#steering = follows ? Math.max(-1, Math.min(1, input[1])) : 0;
    this.#commands.put(this.#port.writer, follows ? input[0] : 0, this.#steering);
    this.#sent = now;
  }

  /** Armed once it is fit and was told to stand for long enough; gives up where it does not become fit. */
  #continueArming(now: number): void {
    const passed = now - this.#armingSince;
    const fault = this.#unfit();
    if (fault === Fault.none) {
      if (passed >= NEUTRAL) this.phase = RobotPhase.armed;
    } else if (passed >= FIT_WITHIN) this.#stop(fault, this.#unfitValue(fault));
  }

  /** What keeps a VESC that stands from being armed. */
  #unfit() {
    if (!this.#isConfigured) return Fault.noAnswer;
    if (this.#values.fault !== 0) return Fault.vescStopped;
    if (this.#values.isKilled) return Fault.vescKilled;
    if (Math.abs(this.#odometry.speed) > STANDS) return Fault.vescRolls;
    if (this.#settings.imu === "none") return Fault.none;
    if (this.#gyro.spread === 0) return Fault.gyroFrozen;
    return this.#gyro.spread > MOST_NOISE ? Fault.gyroNoise : Fault.none;
  }

  #unfitValue(fault: Fault): number {
    if (fault === Fault.noAnswer) return FIT_WITHIN;
    if (fault === Fault.vescStopped) return this.#values.fault;
    if (fault === Fault.vescRolls) return this.#odometry.speed;
    return fault === Fault.gyroNoise ? this.#gyro.spread : Number.NaN;
  }

  /** It follows nothing any more, until it is armed again. */
  #stop(fault: Fault, value: number, followedUntil = Number.NaN): void {
    this.phase = RobotPhase.ready;
    this.fail(fault, value, followedUntil);
  }

  #take(command: number, bytes: DataView, from: number): void {
    this.reading.heard = this.#now;
    if (command === VescCommand.firmwareVersion) this.#takeFirmware(bytes, from);
    else if (command === VescCommand.getAppConfiguration) this.#takeConfiguration(bytes, from);
    else if (command === VescCommand.getImuData) this.#takeImu(bytes, from);
    else if (this.#isKnown) this.#takeValues(bytes, from);
  }

  #takeFirmware(bytes: DataView, from: number): void {
    if (this.#isKnown) return;
    readFirmware(bytes, from, this.#firmware);
    const fault = this.#readiness.ofFirmware(this.#firmware);
    if (fault !== Fault.none) this.fail(fault, this.#readiness.value);
    this.#isKnown = fault === Fault.none;
    this.#port.askAtOnce();
  }

  #takeConfiguration(bytes: DataView, from: number): void {
    if (this.#isConfigured) return;
    readAppConfiguration(bytes, from, this.#app);
    const fault = this.#readiness.ofConfiguration(this.#app);
    this.#isConfigured = fault === Fault.none;
    this.#isOurs ||= this.#isConfigured;
    if (fault === Fault.none) this.#commands.brakeCurrent = this.#app.brakeCurrent;
    else if (this.phase === RobotPhase.arming) this.#stop(fault, this.#readiness.value);
    else this.fail(fault, this.#readiness.value);
  }

  #takeImu(bytes: DataView, from: number): void {
    const imu = this.#imu;
    this.#rate = Number.NaN;
    if (!readImu(bytes, from, imu)) return;
    const isZero = isNoImu(imu);
    this.#zeros = isZero ? this.#zeros + 1 : 0;
    if (isZero) {
      if (this.#zeros % NO_IMU === 0 && this.phase === RobotPhase.connecting) this.fail(Fault.vescImu, Number.NaN);
      return;
    }
    this.#rate = (this.#settings.gyroReversed ? -DEGREE : DEGREE) * imu.rate;
    if (this.#settings.imu !== "all") return;
    this.reading.forwardAcceleration = WEIGHT * imu.forward;
    this.reading.lateralAcceleration = WEIGHT * imu.left;
  }

  #takeValues(bytes: DataView, from: number): void {
    const values = this.#values;
    const before = values.tachometerAbsolute;
    if (!readValues(bytes, from, values)) return;
    const asked = this.#port.askedAt(values.sequence);
    // of a question that was answered before, or never asked
    if (!(asked > this.#motion.time && asked <= this.#now)) return;
    if (values.tachometerAbsolute < before) this.#restart();
    if (this.phase === RobotPhase.connecting) this.#connect();
    this.#takeState();
    this.#takeMotion(asked);
  }

  /** Ready once its IMU measures too, where it is to. */
  #connect(): void {
    if (!this.#isConfigured && !this.#isHeardOnly) return;
    if (this.#settings.imu === "none" || !Number.isNaN(this.#rate)) this.phase = RobotPhase.ready;
  }

  /** Whether it still follows, and why not any more. */
  #takeState(): void {
    const { isTimedOut, isKilled, fault } = this.#values;
    if (this.phase !== RobotPhase.armed) return;
    // what was sent since it answered last was lost
    if (isTimedOut) this.#stop(Fault.vescTimedOut, this.#app.timeout / 1000, this.#motion.time);
    else if (fault !== 0) this.#stop(Fault.vescStopped, fault);
    else if (isKilled) this.#stop(Fault.vescKilled, Number.NaN);
  }

  #takeMotion(asked: number): void {
    const { tachometer, erpm, voltage } = this.#values;
    const motion = this.#motion;
    const odometry = this.#odometry;
    odometry.take(tachometer, erpm);
    this.reading.battery = voltage;
    this.#findBias();
    motion.seconds = motion.time === 0 ? 0 : asked - motion.time;
    motion.time = asked;
    motion.distance = odometry.distance;
    motion.speed = odometry.speed;
    motion.steering = this.#steering;
    const rateBefore = motion.rate;
    motion.rate = this.#rate - this.#gyro.bias;
    // noise, of a car that stands; one that slides with locked wheels turns faster
    if (this.#isStanding && Math.abs(motion.rate) < MOST_BIAS) motion.rate = 0;
    motion.turn = motion.seconds * (Number.isNaN(rateBefore) ? motion.rate : 0.5 * (rateBefore + motion.rate));
    this.#rate = Number.NaN;
    // until its bias is known a gyro tells nothing
    if (this.#settings.imu !== "none" && Number.isNaN(this.#gyro.bias)) return;
    if (!Number.isNaN(motion.rate)) this.reading.yawRate = motion.rate;
    this.estimator.move(motion);
    this.updateReading(motion.time);
  }

  #findBias(): void {
    if (Number.isNaN(this.#rate)) return;
    if (!this.#isStanding) this.#gyro.interrupt();
    else if (this.phase === RobotPhase.ready || this.phase === RobotPhase.arming)
      this.#gyro.take(this.#rate, this.#isHeardOnly);
  }

  get #isStanding(): boolean {
    return Math.abs(this.#odometry.speed) < STANDS && this.#odometry.distance === 0;
  }

  /** What only counts up has fallen: it started anew. */
  #restart(): void {
    const wasActive = this.phase !== RobotPhase.connecting;
    this.phase = RobotPhase.connecting;
    this.#isConfigured = false;
    this.#gyro.forget();
    this.#odometry.forget();
    this.reading.time = Number.NEGATIVE_INFINITY;
    if (wasActive) this.fail(Fault.boardReset, Number.NaN);
  }
}
