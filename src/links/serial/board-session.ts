/** The beginning of a session with a board: hello, then the servo settings, until both are answered. */
import { Fault } from "../faults.js";
import {
  type Configure,
  ConfigureResult,
  FrameType,
  newConfigureAnswer,
  newWelcome,
  protocol,
  readConfigureAnswer,
  readWelcome,
  WelcomeResult,
  writeArm,
  writeConfigure,
  writeHello,
} from "../wire/protocol.js";
import type { BoardPort } from "./board-port.js";

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

export class BoardSession {
  readonly #port: BoardPort;
  readonly #hello: { version: number; nonce: number };
  readonly #configure: Configure;
  readonly #welcome = newWelcome();
  readonly #configured = newConfigureAnswer();
  /** its number; -1: the board has not answered */
  number = -1;
  /** the board has the servo settings */
  isConfigured = false;
  /** the number that belongs to the last fault */
  value = Number.NaN;

  /** `nonce`: a number that no earlier start of this program had. */
  constructor(port: BoardPort, servo: Omit<Configure, "session">, nonce: number) {
    this.#port = port;
    this.#hello = { version: protocol.version, nonce };
    this.#configure = { session: 0, ...servo };
  }

  /** Another host's session, or none: what the board says in it can be heard. */
  overhear(number: number): void {
    this.number = number;
    this.isConfigured = true;
  }

  /** Hello, or the servo settings, as often as that is due. */
  ask(now: number): void {
    if (!this.#port.mayAsk(now)) return;
    if (this.number < 0) {
      writeHello(this.#port.payload, 0, this.#hello);
      this.#port.send(FrameType.hello);
    } else {
      this.#configure.session = this.number;
      writeConfigure(this.#port.payload, 0, this.#configure);
      this.#port.send(FrameType.configure);
    }
  }

  askToArm(): void {
    writeArm(this.#port.payload, 0, this.#welcome);
    this.#port.send(FrameType.arm);
  }

  /** The answer to a hello; why this board cannot be driven, if so. */
  takeWelcome(payload: DataView): Fault {
    readWelcome(payload, 0, this.#welcome);
    const { nonce, result, version, session } = this.#welcome;
    if (nonce !== this.#hello.nonce) return Fault.none;
    if (result !== WelcomeResult.accepted || version !== protocol.version) {
      this.value = version;
      return Fault.wrongVersion;
    }
    this.number = session;
    this.isConfigured = false;
    this.#port.askAtOnce();
    return Fault.none;
  }

  /** The answer to the servo settings; why they do not hold, if so. An answer to another session begins a new one. */
  takeConfigureAnswer(payload: DataView): Fault {
    readConfigureAnswer(payload, 0, this.#configured);
    if (this.number < 0) return Fault.none;
    if (this.#configured.result === ConfigureResult.outOfLimits) {
      this.value = Number.NaN;
      return Fault.configuration;
    }
    if (this.#configured.result !== ConfigureResult.applied) {
      this.restart(); // another session, or armed by one
      return Fault.none;
    }
    for (const name of ECHOED)
      if (this.#configured[name] !== this.#configure[name]) {
        this.value = this.#configured[name];
        return Fault.configurationEcho;
      }
    this.isConfigured = true;
    return Fault.none;
  }

  /** Begins anew, with another hello. */
  restart(): void {
    this.number = -1;
    this.isConfigured = false;
    this.#hello.nonce = (this.#hello.nonce + 1) >>> 0;
    this.#port.askAtOnce();
  }
}
