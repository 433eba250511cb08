/**
 * A board that answers every frame at once with what a car whose wheel spins on the spot would say; allocates nothing.
 */
import type { Transport } from "../../src/links/robot.js";
import { FrameReader, FrameWriter } from "../../src/links/wire/frames.js";
import {
  BoardState,
  type ConfigureAnswer,
  FrameType,
  newArmAnswer,
  newConfigureAnswer,
  newDrive,
  newHello,
  newTelemetry,
  newWelcome,
  protocol,
  readConfigure,
  readDrive,
  readHello,
  SensorFlag,
  writeArmAnswer,
  writeConfigureAnswer,
  writeTelemetry,
  writeWelcome,
} from "../../src/links/wire/protocol.js";

const SESSION = 7;
const PERIOD_US = 20_000;

export class AnsweringBoard implements Transport {
  readonly #writer = new FrameWriter();
  readonly #waiting = new Uint8Array(512);
  #count = 0;
  #sequence = 0;
  readonly #hello = newHello();
  readonly #drive = newDrive();
  readonly welcome = { ...newWelcome(), version: protocol.version, session: SESSION };
  readonly #armAnswer = newArmAnswer();
  readonly #configured = { ...newConfigureAnswer(), session: SESSION };
  readonly telemetry = {
    ...newTelemetry(),
    session: SESSION,
    sensors: 0xff & ~SensorFlag.rc,
    gyroSpread: 0.003,
    battery: 8,
    wheelSpeed: 100,
    echoAge: 3,
  };
  /** what it makes of the servo settings that it was told */
  tamperConfigured: (configured: ConfigureAnswer) => void = () => {};
  readonly #reader = new FrameReader((type, sequence, payload) => this.#answer(type, sequence, payload));

  read(into: Uint8Array): number {
    const count = this.#count;
    for (let i = 0; i < count; i++) into[i] = this.#waiting[i];
    this.#count = 0;
    return count;
  }

  write(bytes: Uint8Array, count: number): boolean {
    this.#reader.push(bytes, count);
    return true;
  }

  #answer(type: FrameType, sequence: number, payload: DataView): void {
    const to = this.#writer.payload;
    if (type === FrameType.hello) {
      readHello(payload, 0, this.#hello);
      this.welcome.nonce = this.#hello.nonce;
      writeWelcome(to, 0, this.welcome);
      this.#send(FrameType.welcome);
    } else if (type === FrameType.configure) {
      readConfigure(payload, 0, this.#configured);
      this.tamperConfigured(this.#configured);
      writeConfigureAnswer(to, 0, this.#configured);
      this.#send(FrameType.configureAnswer);
    } else if (type === FrameType.arm) {
      this.telemetry.state = BoardState.armed;
      writeArmAnswer(to, 0, this.#armAnswer);
      this.#send(FrameType.armAnswer);
    } else if (type === FrameType.drive) {
      readDrive(payload, 0, this.#drive);
      this.telemetry.throttlePulse = Math.round(1500 + 500 * this.#drive.throttle);
      this.telemetry.steeringPulse = Math.round(1500 + 500 * this.#drive.steering);
      this.telemetry.echoSequence = sequence;
      this.telemetry.time = (this.telemetry.time + PERIOD_US) >>> 0;
      writeTelemetry(to, 0, this.telemetry);
      this.#send(FrameType.telemetry);
    }
  }

  #send(type: FrameType): void {
    const count = this.#writer.finish(type, this.#sequence);
    this.#sequence = (this.#sequence + 1) & 0xff;
    for (let i = 0; i < count; i++) this.#waiting[this.#count++] = this.#writer.wire[i];
  }
}
