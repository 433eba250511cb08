/**
 * Damaged answers of a VESC through our reader, beside a decoder written from the documents, and through the robot that
 * is driven by them.
 */
import { completeConfig } from "../../src/config/config.js";
import { isCommand, RobotPhase, type Transport } from "../../src/links/robot.js";
import { VescRobot } from "../../src/links/vesc/robot.js";
import { vescSettingsFrom } from "../../src/links/vesc/settings.js";
import { IMU_MASK, mayAnswer, valuesMask } from "../../src/links/wire/vesc.js";
import { VescFrameReader } from "../../src/links/wire/vesc-frames.js";
import { uniformFrom } from "../../src/statistics.js";
import { ELECTRICAL_TRAVEL, GOOD_APP } from "./fake-vesc.js";
import { appAnswer, firmwareAnswer, framed, imuAnswer, signed, Unframer, valuesAnswer } from "./vesc-codec.js";

/** Frames that arrive between two control steps. */
const PER_STEP = 4;
const PERIOD = 0.02;

export interface FuzzResult {
  readonly frames: number;
  /** answers that were whole */
  readonly whole: number;
  /** steps in which the robot was armed */
  readonly armed: number;
}

/**
 * So many frames, of which two in three are damaged.
 * @throws Error if the two decoders differ, or the robot says or does what cannot be
 */
export function fuzzVesc(frames: number, seed: number): FuzzResult {
  const random = uniformFrom(seed);
  const arrived: Uint8Array[] = [];
  const sent = new Unframer();
  let sequence = 0;
  const transport: Transport = {
    read: (into) => {
      const bytes = arrived.shift();
      if (bytes) into.set(bytes);
      return bytes?.length ?? 0;
    },
    write: (bytes, count) => {
      for (const [command, ...data] of sent.push(bytes.subarray(0, count))) {
        if (command === 50) sequence = data[0];
        checkCommand(command, data);
      }
      return true;
    },
  };
  const config = completeConfig({ link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL });
  const robot = new VescRobot(transport, vescSettingsFrom(config));
  const reader = new Comparison();
  let armed = 0;
  for (let step = 1; step * PER_STEP <= frames; step++) {
    const stream = Buffer.concat(Array.from({ length: PER_STEP }, () => damaged(answer(random, sequence), random)));
    reader.push(stream);
    arrived.push(stream);
    const now = step * PERIOD;
    robot.receive(now);
    robot.takeFault();
    if (robot.phase === RobotPhase.ready) robot.arm(now);
    if (robot.phase === RobotPhase.armed) armed++;
    robot.send(now, Float64Array.of(2 * random() - 1, 2 * random() - 1));
    if (!isCommand(robot.reading.state) || robot.reading.time > now)
      throw new Error(`a state that cannot be, at step ${step}: ${robot.reading.state} at ${robot.reading.time}`);
  }
  reader.finish();
  return { frames, whole: reader.whole, armed };
}

/** Both decoders on the same stream. */
class Comparison {
  whole = 0;
  readonly #other = new Unframer(mayAnswer);
  readonly #ours: string[] = [];
  readonly #theirs: string[] = [];
  readonly #reader = new VescFrameReader(mayAnswer, (_, view, from, length) =>
    this.#ours.push(Buffer.from(view.buffer, from, length).toString("hex")),
  );

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (const payload of this.#other.push(bytes)) this.#theirs.push(Buffer.from(payload).toString("hex"));
    // the other waits longer, where the beginning of a frame is none
    while (this.#theirs.length > 0 && this.#ours.length > 0) {
      const [ours, theirs] = [this.#ours.shift(), this.#theirs.shift()];
      if (ours !== theirs) throw new Error(`ours read ${ours}, the other ${theirs}`);
      this.whole++;
    }
  }

  /** What both hold back comes out with bytes that begin nothing. */
  finish(): void {
    this.push(new Uint8Array(1024));
    if (this.#ours.length + this.#theirs.length > 0) throw new Error("one of them read more than the other");
  }
}

/** What is said to the VESC is within its range, whatever came. */
function checkCommand(command: number, data: readonly number[]): void {
  const value = signed(data);
  const isFine =
    [0, 17, 50, 65].includes(command) ||
    (command === 12 && value >= 150 && value <= 850) ||
    (command === 5 && Math.abs(value) <= 0.3e5);
  if (!isFine) throw new Error(`command ${command} with ${value} was sent`);
}

/** One answer, mostly of values. */
function answer(random: () => number, sequence: number): Uint8Array {
  const kind = random();
  const number = (most: number) => most * (2 * random() - 1);
  if (kind < 0.1) return framed(firmwareAnswer(6, random() < 0.9 ? 2 : 200 * random()));
  if (kind < 0.2) return framed(appAnswer({ ...GOOD_APP, timeout: random() < 0.9 ? 200 : 5000 * random() }));
  if (kind < 0.5) return framed(imuAnswer(IMU_MASK, [number(2), number(2), 1], [0, 0, number(2000)]));
  const way = number(2 ** 31);
  return framed(
    valuesAnswer(valuesMask(random() < 0.8 ? sequence : 255 * random()), {
      duty: number(1),
      erpm: random() < 0.5 ? 0 : number(1e5),
      voltage: 12,
      tachometer: random() < 0.5 ? 0 : way,
      tachometerAbsolute: random() < 0.9 ? 0 : Math.abs(way),
      fault: random() < 0.9 ? 0 : 28 * random(),
      status: random() < 0.9 ? 0 : 3,
    }),
  );
}

function damaged(frame: Uint8Array, random: () => number): Uint8Array {
  const kind = random();
  const at = Math.floor(random() * frame.length);
  if (kind < 0.33) return frame;
  if (kind < 0.55) {
    const flipped = frame.slice();
    flipped[at] ^= 1 << Math.floor(8 * random());
    return flipped;
  }
  if (kind < 0.7) return frame.subarray(0, at);
  if (kind < 0.8) return frame.subarray(at);
  if (kind < 0.9) return Buffer.concat([frame.subarray(0, at), Uint8Array.of(2, 3, 2), frame.subarray(at)]);
  return Uint8Array.from({ length: 1 + Math.floor(40 * random()) }, () => 256 * random());
}
