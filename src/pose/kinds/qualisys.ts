/**
 * Qualisys Track Manager by its real-time protocol. Not by the package qualisys-rt, which hangs on ws 6, lodash, moment
 * and an XML parser of years ago: four commands and one component are all that is needed.
 */
import { connect, type Socket } from "node:net";
import { monotonicTime } from "../../clock.js";
import { messageOf, UserError } from "../../errors.js";
import { shortened } from "../../output.js";
import type { PoseKind, PoseSink } from "../kind.js";
import { LONGEST_PACKET, namesIn, QTM_HEAD, QtmPacket, qtmCommand, readBodies } from "../qualisys/messages.js";

/** Little endian. */
const PORT = 22223;
/** Of the protocol, in which the names of bodies stand in <Body>. */
const VERSION = "1.20";
/** Time for one answer [ms]. */
const ANSWERS_WITHIN = 3000;
const SILENCE =
  "in QTM, start a preview (File, New) or play a file with real-time output; Project Options, Processing, Real time " +
  "actions: Calculate 6DOF";

/** Puts together the packets of a stream, and says which are poses. */
export class QtmStream {
  readonly #sink: PoseSink;
  readonly #answer: (kind: QtmPacket, text: string) => void;
  /** what has come of a packet, its length, and how much there must be to go on [byte] */
  #parts: Buffer[] = [];
  #length = 0;
  #needed = QTM_HEAD;
  names: readonly string[] = [];

  /** `answer`: takes what is no data. */
  constructor(sink: PoseSink, answer: (kind: QtmPacket, text: string) => void) {
    this.#sink = sink;
    this.#answer = answer;
  }

  /** Bytes of the stream; false: that is not QTM. */
  hear(data: Buffer, arrived: number): boolean {
    this.#parts.push(data);
    this.#length += data.length;
    if (this.#length < this.#needed) return true;
    let bytes = this.#parts.length === 1 ? data : Buffer.concat(this.#parts);
    this.#needed = QTM_HEAD;
    while (bytes.length >= QTM_HEAD) {
      const size = bytes.readUInt32LE(0);
      if (size < QTM_HEAD || size > LONGEST_PACKET) return false;
      this.#needed = size;
      if (bytes.length < size) break;
      this.#take(bytes.subarray(0, size), arrived);
      bytes = bytes.subarray(size);
      this.#needed = QTM_HEAD;
    }
    this.#parts = [bytes];
    this.#length = bytes.length;
    return true;
  }

  #take(packet: Buffer, arrived: number): void {
    const kind = packet.readUInt32LE(4);
    if (kind !== QtmPacket.data) {
      this.#answer(kind, packet.toString("utf8", QTM_HEAD).replace(/\0$/, ""));
      return;
    }
    const seen = readBodies(packet);
    if (seen === undefined) {
      this.#sink.remark("QTM sends frames without rigid bodies, or cut off");
      return;
    }
    const { time, bodies } = seen;
    for (const [i, body] of bodies.entries()) {
      const name = this.names[i] ?? `${i + 1}`;
      if (body === undefined) this.#sink.lose(name, arrived);
      else this.#sink.take({ name, ...body, taken: time, sent: time }, arrived);
    }
  }
}

async function connected(address: string, port: number): Promise<Socket> {
  const socket = connect({ host: address, port, noDelay: true });
  const timer = setTimeout(() => socket.destroy(new Error("no answer")), ANSWERS_WITHIN);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new UserError(
      `cannot reach QTM at ${address}, port ${port}: ${messageOf(error)}; in QTM, Project Options, Input/Output, ` +
        "Real-Time Output: port 22222 (this is the next one), and let the firewall pass it",
      1,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Answers of QTM, one after the other. */
class Answers {
  readonly #waiting: ((answer: readonly [QtmPacket, string]) => void)[] = [];

  take(kind: QtmPacket, text: string): void {
    if (kind !== QtmPacket.event) this.#waiting.shift()?.([kind, text]);
  }

  /** The next one. */
  async next(): Promise<readonly [QtmPacket, string]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new UserError("QTM does not answer: is it QTM that is there?", 1)),
        ANSWERS_WITHIN,
      );
    });
    return Promise.race([
      new Promise<readonly [QtmPacket, string]>((resolve) => this.#waiting.push(resolve)),
      late,
    ]).finally(() => clearTimeout(timer));
  }
}

async function openQualisys(address: string, port: number, sink: PoseSink): Promise<void> {
  const answers = new Answers();
  const stream = new QtmStream(sink, (kind, text) => answers.take(kind, text));
  const greeting = answers.next();
  greeting.catch(() => {}); // waited for below
  const socket = await connected(address, port);
  socket.on("error", (error) => sink.remark(`the connection to QTM failed: ${messageOf(error)}`));
  socket.on("close", () => sink.remark("the connection to QTM has ended: start anew"));
  socket.on("data", (data: Buffer) => {
    if (stream.hear(data, monotonicTime())) return;
    sink.remark("what answers there is not QTM's little-endian port");
    socket.destroy();
  });
  const ask = async (command: string) => {
    const answer = answers.next();
    socket.write(qtmCommand(command));
    const [kind, text] = await answer;
    if (kind === QtmPacket.error) throw new UserError(`QTM refuses "${command}": ${shortened(text)}; ${SILENCE}`, 1);
    return text;
  };
  try {
    await greeting;
    await ask(`Version ${VERSION}`);
    stream.names = namesIn(await ask("GetParameters 6D"));
    socket.write(qtmCommand("StreamFrames AllFrames 6D"));
  } catch (error) {
    socket.removeAllListeners("close");
    socket.destroy();
    throw error;
  }
}

const qualisys: PoseKind = {
  summary: "Qualisys Track Manager",
  silence: SILENCE,
  within: 10,
  open(where, sink) {
    if (where?.address === undefined)
      throw new UserError("the address of QTM's computer is needed, e.g. --pose qualisys=192.168.1.11");
    if (where.via !== undefined)
      throw new UserError(`"@${shortened(where.via)}": a connection finds its network itself; leave it out`);
    return openQualisys(where.address, where.port ?? PORT, sink);
  },
};

export default qualisys;
