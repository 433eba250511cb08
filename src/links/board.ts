/** A board with our firmware that is asked or told something outside a drive. */
import type { Transport } from "./robot.js";
import { FrameReader, FrameWriter } from "./wire/frames.js";
import {
  BoardState,
  FrameType,
  newTelemetry,
  newWelcome,
  protocol,
  readTelemetry,
  readWelcome,
  SensorFlag,
  type Telemetry,
  type Welcome,
  writeHello,
} from "./wire/protocol.js";

/** Something is sent, and looked for, this often [ms]. */
const PERIOD = 20;
/** A board that was reset by opening its port answers after its boot loader, within 2 s [ms]. */
const ANSWER_WITHIN = 3000;
/** Its gyro then needs up to this to find its bias, and the radio's switch to be believed [ms]. */
const SENSORS_WITHIN = 3000;

/** Lets time pass [ms]. */
export type Pause = (milliseconds: number) => Promise<void>;

/** What a board says of itself. */
export interface BoardAnswer {
  readonly welcome: Welcome;
  readonly telemetry: Telemetry;
}

class BoardDialogue {
  readonly welcome = newWelcome();
  readonly telemetry = newTelemetry();
  /** frames of the kind that were received */
  welcomes = 0;
  telemetries = 0;
  /** bytes that came, of frames or not */
  bytes = 0;
  readonly #transport: Transport;
  readonly #pause: Pause;
  readonly #writer = new FrameWriter();
  readonly #reader = new FrameReader((type, _, payload) => this.#take(type, payload));
  readonly #incoming = new Uint8Array(1024);

  constructor(transport: Transport, pause: Pause) {
    this.#transport = transport;
    this.#pause = pause;
  }

  /** Sends a frame again and again until `isDone`; false if it is not within so many milliseconds. */
  async ask(
    type: FrameType,
    put: (payload: DataView) => void,
    within: number,
    isDone: () => boolean,
  ): Promise<boolean> {
    for (let waited = 0; waited < within; waited += PERIOD) {
      put(this.#writer.payload);
      this.#transport.write(this.#writer.wire, this.#writer.finish(type, 0));
      await this.#pause(PERIOD);
      const count = this.#transport.read(this.#incoming);
      this.bytes += count;
      this.#reader.push(this.#incoming, count);
      if (isDone()) return true;
    }
    return false;
  }

  #take(type: FrameType, payload: DataView): void {
    if (type === FrameType.welcome) {
      readWelcome(payload, 0, this.welcome);
      this.welcomes++;
    } else if (type === FrameType.telemetry) {
      readTelemetry(payload, 0, this.telemetry);
      this.telemetries++;
    }
  }
}

/** No board with our firmware: silence, or bytes of something else. */
export interface NoBoard {
  /** how many came */
  readonly bytes: number;
}

/** Who is there, or what came if nobody answers. It disarms the board. `nonce`: a number that no earlier hello had. */
export async function askBoard(transport: Transport, pause: Pause, nonce: number): Promise<BoardAnswer | NoBoard> {
  const line = new BoardDialogue(transport, pause);
  const { welcome, telemetry } = line;
  const hello = (payload: DataView) => writeHello(payload, 0, { version: protocol.version, nonce });
  const isWelcome = () => line.welcomes > 0 && welcome.nonce === nonce;
  if (!(await line.ask(FrameType.hello, hello, ANSWER_WITHIN, isWelcome))) return { bytes: line.bytes };
  const all = SensorFlag.gyro | SensorFlag.standing | SensorFlag.battery | SensorFlag.rc;
  await line.ask(FrameType.hello, hello, SENSORS_WITHIN, () => (telemetry.sensors & all) === all);
  return { welcome, telemetry };
}

/** Whether the board says that it follows no commands; it was told so. Otherwise what came instead. */
export async function disarmBoard(transport: Transport, pause: Pause): Promise<"disarmed" | NoBoard> {
  const line = new BoardDialogue(transport, pause);
  const isDisarmed = () => line.telemetries > 1 && line.telemetry.state !== BoardState.armed;
  const answered = await line.ask(FrameType.disarm, () => {}, ANSWER_WITHIN, isDisarmed);
  return answered ? "disarmed" : { bytes: line.bytes };
}
