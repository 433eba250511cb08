/**
 * The board of Waveshare's kit as it is sold, in virtual time, on a car that follows speed and turn rate: written from
 * its protocol alone (docs/waveshare.md), byte by byte, with nothing of the link that it tests.
 */
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { coreFor } from "../../src/session.js";
import type { VirtualBoard } from "../in-the-loop/virtual-host.js";

/** the plant is driven in steps of [ms] */
const SLICE_MS = 5;
const US = 1e-6;
/** a car that is told to stand and is slower than this stands [m/s] */
const STANDS = 0.01;

/** What the board's frames become on their way to the host. */
export type Line = (frame: Uint8Array, index: number) => Uint8Array;

export class FakeWaveshare implements VirtualBoard {
  readonly #core: Core;
  readonly #periodUs: number;
  #nextUs: number;
  #receive: ((bytes: Uint8Array) => void) | undefined;
  readonly #command: number[] = [];
  #sent = 0;
  #rate = 0;
  /** where the plant was when the board started */
  #origin: Float64Array;
  #told = [0, 0, 0];
  nowUs = 0;
  line: Line = (frame) => frame;
  /** false: it says nothing */
  talks = true;
  /** velocity commands that arrived whole: x, y, yaw rate in thousandths */
  readonly commands: number[][] = [];
  /** speed and turn rate that it follows */
  readonly inputs: Float64Array;
  /** x, y, v, phi as they truly are */
  readonly state: Float64Array;
  /** every state after a slice, with its time [s] */
  readonly path: { readonly time: number; readonly state: Float64Array }[] = [];

  private constructor(core: Core, periodMs: number) {
    this.#core = core;
    this.#periodUs = 1000 * periodMs;
    this.#nextUs = this.#periodUs / 3; // not in step with the host
    this.inputs = core.view("inputs");
    this.state = core.view("plantState");
    this.put();
    this.#origin = this.state.slice();
  }

  /** On the plant of `given`; a frame every `periodMs`. */
  static async make(given: PartialConfig, periodMs = 20): Promise<FakeWaveshare> {
    const { "update-every": _, ...config } = completeConfig({ task: "quadruped-figure8", ...given });
    const core = await coreFor(completeConfig({ ...config, window: "0:0:0" }), 1, 1, 1);
    return new FakeWaveshare(core, periodMs);
  }

  /** At rest at the start of the task, carried there: its wheels do not turn. */
  put(): void {
    const before = this.state.slice();
    this.state.set(this.#core.setup.task.initialState);
    this.#core.restPlant();
    if (this.#origin) this.#carry(before);
  }

  /** It starts anew, and counts from 0. */
  restart(): void {
    this.#origin = this.state.slice();
    this.#told = [0, 0, 0];
    this.inputs.fill(0);
    this.#command.length = 0;
  }

  async connect(receive: (bytes: Uint8Array) => void): Promise<void> {
    this.#receive = receive;
  }

  async disconnect(): Promise<void> {
    this.#receive = undefined;
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) this.#take(byte);
  }

  async run(ms: number): Promise<void> {
    const slices = Math.ceil(ms / SLICE_MS);
    for (let i = 0; i < slices; i++) {
      this.#drive((ms / slices) * 1000);
      if (this.nowUs < this.#nextUs) continue;
      this.#nextUs += this.#periodUs;
      const frame = this.line(this.#telemetry(), this.#sent++);
      if (this.talks) this.#receive?.(frame);
    }
  }

  /** AA 55 0B 11, three numbers, sum; anything else is no command. */
  #take(byte: number): void {
    const command = this.#command;
    command.push(byte);
    const begins = [0xaa, 0x55, 0x0b, 0x11].slice(0, command.length).every((mark, i) => mark === command[i]);
    if (!begins) command.splice(0, command.length, ...(byte === 0xaa ? [byte] : []));
    if (command.length < 11) return;
    const sum = command.slice(0, 10).reduce((total, value) => total + value, 0) & 0xff;
    const [x = 0, y = 0, yaw = 0] = [4, 6, 8].map((at) => Buffer.from(command).readInt16BE(at));
    command.length = 0;
    if (sum !== byte) return;
    this.commands.push([x, y, yaw]);
    this.inputs.set([x / 1000, yaw / 1000]);
  }

  #drive(us: number): void {
    this.nowUs += us;
    const { state, inputs } = this;
    const phi = state[3] ?? 0;
    const isStanding = inputs[0] === 0 && Math.abs(state[2] ?? 0) < STANDS;
    // a car cannot turn on the spot, and the plant's turn has a bias
    if (isStanding) state[2] = 0;
    else this.#core.drivePlant(us * US);
    this.#rate = ((state[3] ?? 0) - phi) / (us * US);
    this.path.push({ time: this.nowUs * US, state: state.slice() });
  }

  /** What it counts since its start: x, y, yaw in its own frame. */
  #counted(): number[] {
    const [x0 = 0, y0 = 0, , phi0 = 0] = this.#origin;
    const [x = 0, y = 0, , phi = 0] = this.state;
    const [cos, sin] = [Math.cos(phi0), Math.sin(phi0)];
    return [cos * (x - x0) + sin * (y - y0), cos * (y - y0) - sin * (x - x0), phi - phi0];
  }

  /** Moves the origin of its count so that it counts on as if it had not been moved from `before`. */
  #carry(before: Float64Array): void {
    const now = this.state.slice();
    this.state.set(before);
    const [x = 0, y = 0, yaw = 0] = this.#counted();
    this.state.set(now);
    const phi0 = (now[3] ?? 0) - yaw;
    const [cos, sin] = [Math.cos(phi0), Math.sin(phi0)];
    this.#origin = Float64Array.of((now[0] ?? 0) - cos * x + sin * y, (now[1] ?? 0) - sin * x - cos * y, 0, phi0);
  }

  #telemetry(): Uint8Array {
    const frame = Buffer.alloc(45);
    frame.set([0xaa, 0x55, 0x2d, 0x01]);
    const counted = this.#counted();
    const [dx = 0, dy = 0, turn = 0] = counted.map((value, i) => value - (this.#told[i] ?? 0));
    const [cos, sin] = [Math.cos(counted[2] ?? 0), Math.sin(counted[2] ?? 0)];
    const moved = [cos * dx + sin * dy, cos * dy - sin * dx, turn]; // in its own frame
    this.#told = counted;
    const gyro = this.#rate * (180 / Math.PI) * (32768 / 2000);
    const thousandths = (values: number[]) => values.map((value) => value * 1000);
    const pulses = (speed: number) => [speed * 20, speed * 20];
    const still = this.#sent % 5; // what is left of an accelerometer at rest
    const numbers = [0, 0, gyro, still, 0, 16384, 0, 0, 0, ...thousandths(counted), ...thousandths(moved)];
    numbers.push(...pulses(this.state[2] ?? 0), ...pulses(this.inputs[0] ?? 0));
    // 16 bits of it, whatever it has grown to
    for (const [i, value] of numbers.entries()) frame.writeInt16BE((Math.round(value) << 16) >> 16, 4 + 2 * i);
    frame[44] = frame.subarray(0, 44).reduce((total, value) => total + value, 0) & 0xff;
    return frame;
  }
}
