/** Questions and commands to a VESC, its answers, and when they were asked for. */
import { Incoming } from "../incoming.js";
import type { Transport } from "../robot.js";
import { IMU_MASK, mayAnswer, VescCommand, valuesMask } from "../wire/vesc.js";
import { VescFrameReader, VescFrameWriter, type VescHandler } from "../wire/vesc-frames.js";

/** A question that is asked once is asked again after this [s]. */
const REPEAT = 0.1;

export class VescPort {
  /** what {@link send} sends */
  readonly writer = new VescFrameWriter();
  readonly #transport: Transport;
  readonly #incoming: Incoming;
  readonly #reader: VescFrameReader;
  /** when the question of each number was asked [s] */
  readonly #asked = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
  #sequence = 0;
  #once = Number.NEGATIVE_INFINITY;

  /** `take` gets every frame that answers one of our questions. */
  constructor(transport: Transport, take: VescHandler) {
    this.#transport = transport;
    this.#incoming = new Incoming(transport);
    this.#reader = new VescFrameReader(mayAnswer, take);
  }

  /** Takes what has arrived. */
  receive(): void {
    this.#incoming.drain(this.#reader);
  }

  /** how many bytes came, of frames or not */
  get bytes(): number {
    return this.#incoming.count;
  }

  /** Sends what was put into the writer, at once, so that it is lost together or not at all. */
  send(): void {
    if (this.writer.count > 0) this.#transport.write(this.writer.wire, this.writer.count);
    this.writer.clear();
  }

  /** Asks for firmware or configuration, where it is time to, or to again. */
  askOnce(command: VescCommand.firmwareVersion | VescCommand.getAppConfiguration, now: number): void {
    if (now - this.#once < REPEAT) return;
    this.#once = now;
    this.writer.begin(command);
    this.writer.end();
  }

  /** The next such question waits for none before it. */
  askAtOnce(): void {
    this.#once = Number.NEGATIVE_INFINITY;
  }

  /** Asks for what it measures, first of all, so that the answer tells how it was before the next command. */
  askMeasured(now: number, withImu: boolean): void {
    this.#sequence = (this.#sequence + 1) & 0xff;
    this.#asked[this.#sequence] = now;
    if (withImu) {
      this.writer.begin(VescCommand.getImuData);
      this.writer.int16(IMU_MASK);
      this.writer.end();
    }
    this.writer.begin(VescCommand.getValuesSelective);
    this.writer.int32(valuesMask(this.#sequence));
    this.writer.end();
  }

  /** When the question of this number was asked [s]: some milliseconds later its answer was true. */
  askedAt(sequence: number): number {
    return this.#asked[sequence];
  }
}

/** A transport on which nothing but questions can be sent, for a VESC that somebody else drives. */
export function askingOnly(transport: Transport): Transport {
  let isQuestion = true;
  const reader = new VescFrameReader(
    () => true,
    (command) => {
      isQuestion &&= QUESTIONS.includes(command);
    },
  );
  return {
    read: (into) => transport.read(into),
    write: (bytes, count) => {
      isQuestion = true;
      const before = reader.strayBytes + reader.damaged;
      reader.push(bytes, count);
      return isQuestion && reader.strayBytes + reader.damaged === before && transport.write(bytes, count);
    },
  };
}

const QUESTIONS: readonly number[] = [
  VescCommand.firmwareVersion,
  VescCommand.getAppConfiguration,
  VescCommand.getValuesSelective,
  VescCommand.getImuData,
];
