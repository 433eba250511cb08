/** The least that a host must do to drive: hello, drive, arm. Its clock is the test's virtual time. */
import { servoFrom } from "../../src/links/serial/servo.js";
import { FrameReader, FrameWriter } from "../../src/links/wire/frames.js";
import {
  type Configure,
  FrameType,
  newArmAnswer,
  newConfigureAnswer,
  newTelemetry,
  newWelcome,
  protocol,
  readArmAnswer,
  readConfigureAnswer,
  readTelemetry,
  readWelcome,
  type Telemetry,
  writeArm,
  writeConfigure,
  writeDrive,
  writeHello,
} from "../../src/links/wire/protocol.js";

/** What carries the frames: a simulated board. */
export interface TestTransport {
  readonly nowUs: number;
  send(bytes: Uint8Array): Promise<void>;
  run(ms: number): Promise<void>;
}

export class TestHost {
  readonly #transport: TestTransport;
  readonly #writer = new FrameWriter();
  readonly reader: FrameReader;
  readonly telemetry: Telemetry = newTelemetry();
  readonly welcome = newWelcome();
  readonly armAnswer = newArmAnswer();
  readonly configured = newConfigureAnswer();
  /** telemetry frames received */
  frames = 0;
  sequence = 0;

  constructor(transport: TestTransport) {
    this.#transport = transport;
    this.reader = new FrameReader((type, _, payload) => {
      if (type === FrameType.telemetry) this.frames++;
      if (type === FrameType.telemetry) readTelemetry(payload, 0, this.telemetry);
      if (type === FrameType.welcome) readWelcome(payload, 0, this.welcome);
      if (type === FrameType.armAnswer) readArmAnswer(payload, 0, this.armAnswer);
      if (type === FrameType.configureAnswer) readConfigureAnswer(payload, 0, this.configured);
    });
  }

  receive = (bytes: Uint8Array): void => this.reader.push(bytes);

  /** The bytes of a frame whose payload `put` writes. */
  frame(type: FrameType, put: (payload: DataView) => void, sequence = this.sequence++ & 0xff): Uint8Array {
    put(this.#writer.payload);
    return this.#writer.wire.slice(0, this.#writer.finish(type, sequence));
  }

  driveFrame(throttle: number, steering: number, sequence?: number): Uint8Array {
    const { session } = this.welcome;
    const time = Math.round(this.#transport.nowUs / 1000);
    return this.frame(FrameType.drive, (to) => writeDrive(to, 0, { session, time, throttle, steering }), sequence);
  }

  async hello(nonce: number, version: number = protocol.version): Promise<void> {
    await this.#transport.send(this.frame(FrameType.hello, (to) => writeHello(to, 0, { version, nonce })));
    await this.#transport.run(5);
  }

  /** Asks to arm; the answer. */
  async arm(): Promise<number> {
    this.armAnswer.result = -1;
    await this.#transport.send(this.frame(FrameType.arm, (to) => writeArm(to, 0, { session: this.welcome.session })));
    await this.#transport.run(5);
    return this.armAnswer.result;
  }

  async configure(config: Omit<Configure, "session">): Promise<number> {
    this.configured.result = -1;
    const payload = { ...config, session: this.welcome.session };
    await this.#transport.send(this.frame(FrameType.configure, (to) => writeConfigure(to, 0, payload)));
    await this.#transport.run(5);
    return this.configured.result;
  }

  async disarm(): Promise<void> {
    await this.#transport.send(this.frame(FrameType.disarm, () => {}));
    await this.#transport.run(5);
  }

  /** The same command every 20 ms. */
  async drive(ms: number, throttle: number, steering: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      await this.#transport.send(this.driveFrame(throttle, steering));
      await this.#transport.run(20);
    }
  }

  /** Hello, 400 ms of neutral, arm; the answer. */
  async getArmed(nonce = 1): Promise<number> {
    await this.hello(nonce);
    await this.drive(400, 0, 0);
    return this.arm();
  }
}

/** The firmware's own defaults. */
export const defaultConfig = servoFrom({});
