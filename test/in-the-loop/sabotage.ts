/** What can go wrong between the control loop, the pins and the sensors, at random and repeatably. */
import { RuntimeState } from "../../src/runtime/states.js";
import type { SimulatedCar } from "./car.js";
import type { VirtualBoard, VirtualHost } from "./virtual-host.js";

/** [µs] of the board's clock */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Uniform numbers in [0, 1). */
export type Random = () => number;

const TRANSPORT = ["lost", "flipped", "cut", "doubled", "swapped", "noise", "deaf"] as const;
const REST = ["silence", "stall", "clock", "hang", "freeze", "cable", "rollover", "main", "master", "lie"] as const;
export const SABOTAGES = [...TRANSPORT, ...REST] as const;
export type SabotageKind = (typeof SABOTAGES)[number];

export interface Sabotage {
  readonly kind: SabotageKind;
  /** [s] after the drive began, and for how long */
  readonly at: number;
  readonly lasts: number;
  /** part of the frames that are hit, where the transport is bad */
  readonly part: number;
}

/** What is sabotaged. */
export interface Victim extends Pick<VirtualBoard, "nowUs" | "connect" | "disconnect"> {
  /** its program stands still; `freeze`: its interrupts too */
  hang(kind: "hang" | "freeze"): Promise<void>;
  /** another program says hello to it */
  greet(): Promise<void>;
}

/** What a sensor makes of the truth. */
const LIES: readonly SimulatedCar["lie"][] = [
  (sensed) => (sensed.rate = 99),
  (sensed) => (sensed.rate = 0),
  (sensed) => (sensed.rate *= 0.5),
  (sensed) => (sensed.rate *= 2),
  (sensed) => (sensed.rate *= -1),
  (sensed) => (sensed.speed = 0),
  (sensed) => (sensed.speed *= 0.5),
  (sensed) => (sensed.speed *= 2),
  (sensed) => (sensed.speed = 2),
];

/** One to three things that go wrong within two seconds; a main thread is suspended for up to two and a half. */
export function randomSchedule(random: Random, kinds: readonly SabotageKind[] = SABOTAGES): Sabotage[] {
  return Array.from({ length: 1 + Math.floor(3 * random()) }, () => {
    const kind = kinds[Math.floor(random() * kinds.length)];
    const longest = kind === "main" ? 2.5 : 0.65;
    return {
      kind,
      at: 0.2 + 1.3 * random(),
      lasts: 0.05 + (longest - 0.05) * random(),
      part: random() < 0.5 ? 1 : random(),
    };
  }).sort((a, b) => a.at - b.at);
}

/**
 * Carries a schedule out on a host, from the moment at which it drives. Bytes are hit as long as one of the transport's
 * kinds lasts; the rest happens once.
 */
export class Saboteur {
  readonly #schedule: readonly Sabotage[];
  readonly #random: Random;
  readonly #board: Victim;
  readonly #host: VirtualHost;
  readonly #car: Pick<SimulatedCar, "lie">;
  readonly #done = new Set<Sabotage>();
  /** when the main thread was suspended */
  readonly suspensions: Span[] = [];
  #began = Number.POSITIVE_INFINITY;
  #now = 0;
  #kept: Uint8Array | undefined;
  #reconnectAt = Number.POSITIVE_INFINITY;

  constructor(
    schedule: readonly Sabotage[],
    random: Random,
    board: Victim,
    host: VirtualHost,
    car: Pick<SimulatedCar, "lie">,
  ) {
    this.#schedule = schedule;
    this.#random = random;
    this.#board = board;
    this.#host = host;
    this.#car = car;
    host.transport.tamperOut = (frames) => this.#spoil(frames);
    host.transport.tamperIn = (bytes) =>
      this.#active("deaf") ? new Uint8Array(0) : this.#hit("flipped") ? this.#flip(bytes) : bytes;
    host.before = (now) => this.#act(now);
  }

  #active(kind: SabotageKind): Sabotage | undefined {
    const since = this.#now - this.#began;
    return this.#schedule.find((one) => one.kind === kind && since >= one.at && since < one.at + one.lasts);
  }

  #hit(kind: SabotageKind): boolean {
    const one = this.#active(kind);
    return one !== undefined && this.#random() < one.part;
  }

  #flip(bytes: Uint8Array): Uint8Array {
    const flipped = bytes.slice();
    const at = Math.floor(this.#random() * flipped.length);
    flipped[at] ^= 1 << Math.floor(8 * this.#random());
    return flipped;
  }

  #spoil(frames: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#active("silence")) return [];
    let spoilt = frames.flatMap((frame) => {
      if (this.#hit("lost")) return [];
      if (this.#hit("flipped")) return [this.#flip(frame)];
      if (this.#hit("cut")) return [frame.subarray(0, Math.floor(this.#random() * frame.length))];
      if (this.#hit("doubled")) return [frame, frame];
      return [frame];
    });
    if (this.#hit("noise")) {
      const noise = Uint8Array.from({ length: 20 }, () => Math.floor(256 * this.#random()));
      spoilt = [noise, ...spoilt];
    }
    if (this.#active("swapped")) {
      // each frame comes after the one that follows it
      const [frame] = spoilt;
      if (!frame) return spoilt;
      const before = this.#kept;
      this.#kept = before ? undefined : frame;
      return before ? [frame, before] : [];
    }
    return spoilt;
  }

  /** The main thread is suspended: the control thread goes on alone. */
  async #suspendMain(until: number): Promise<void> {
    const { before, shared } = this.#host;
    const heartbeat = shared.mainHeartbeat;
    const from = this.#board.nowUs;
    this.#host.before = (now) => {
      shared.mainHeartbeat = heartbeat;
      return this.#act(now);
    };
    while (this.#now < until) await this.#host.pause();
    this.#host.before = before;
    // one that begins during another is part of it
    const to = this.#board.nowUs;
    const during = this.suspensions.findIndex((other) => other.from >= from);
    if (during >= 0) this.suspensions.splice(during);
    this.suspensions.push({ from, to });
  }

  async #act(now: number): Promise<undefined | boolean> {
    this.#now = now;
    if (this.#host.shared.runtimeState === RuntimeState.driving) this.#began = Math.min(this.#began, now);
    if (now >= this.#reconnectAt) {
      this.#reconnectAt = Number.POSITIVE_INFINITY;
      await this.#board.connect(this.#host.transport.arrive);
    }
    for (const one of this.#schedule) {
      if (this.#done.has(one) || now - this.#began < one.at) continue;
      this.#done.add(one);
      if (one.kind === "clock") this.#host.clockAhead += this.#random() < 0.5 ? -0.5 : 5;
      else if (one.kind === "lie") this.#car.lie = LIES[Math.floor(LIES.length * this.#random())];
      else if (one.kind === "master") await this.#board.greet();
      else if (one.kind === "main") {
        await this.#suspendMain(now + one.lasts);
        return false; // this step's time has passed
      } else if (one.kind === "hang" || one.kind === "freeze") await this.#board.hang(one.kind);
      else if (one.kind === "cable" && this.#reconnectAt === Number.POSITIVE_INFINITY) {
        await this.#board.disconnect();
        this.#reconnectAt = now + one.lasts;
      }
    }
    return this.#active("stall") ? false : undefined;
  }
}
