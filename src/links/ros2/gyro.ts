/** How a robot turns by its IMU, where that measures it better than its odometry, or where there is none. */
import { SenderClock } from "../../pose/sender-clock.js";
import { Fault } from "../faults.js";
import { type Imu, secondsOf } from "./messages.js";
import type { Ros2Settings } from "./settings.js";

export class Gyro {
  /** when the last message came that could be used [s]; -Infinity before the first */
  arrival = Number.NEGATIVE_INFINITY;
  /** to the left [rad/s] */
  rate = 0;
  /** why the last message was refused */
  refusal: Fault.none | Fault.notFinite = Fault.none;
  readonly #stamps: Ros2Settings["stamps"];
  readonly #clock: SenderClock;
  /** when the rate was measured, by our clock [s]; -Infinity before the first */
  time = Number.NEGATIVE_INFINITY;
  /** what is added to stamps for our clock [s]; Infinity before the first */
  offset = Number.POSITIVE_INFINITY;
  #turn = 0;

  constructor(stamps: Ros2Settings["stamps"], say: (text: string) => void) {
    this.#stamps = stamps;
    this.#clock = new SenderClock((text) => say(`imu: ${text}`));
  }

  take({ header, angular_velocity }: Imu, arrival: number): void {
    const rate = angular_velocity.z;
    const stamp = secondsOf(header.stamp);
    if (!Number.isFinite(rate + stamp)) {
      this.refusal = Fault.notFinite;
      return;
    }
    const time = this.#stamps === "use" ? this.#clock.date(stamp, stamp, arrival) : arrival;
    if (time <= this.time) return; // overtaken on its way
    if (this.arrival > Number.NEGATIVE_INFINITY) this.#turn += 0.5 * (this.rate + rate) * (time - this.time);
    this.rate = rate;
    this.time = time;
    this.offset = time - stamp;
    this.arrival = arrival;
    this.refusal = Fault.none;
  }

  /** Turn since the first message until a moment near the last one, by our clock [rad]. */
  turnAt(time: number): number {
    return this.arrival === Number.NEGATIVE_INFINITY ? 0 : this.#turn + this.rate * (time - this.time);
  }
}
