/** Poses from outside on a topic, beside an odometry: they pass what those of any other source pass. */
import { type IntakeSettings, PoseIntake } from "../../pose/intake.js";
import { PoseEntry } from "../../pose/shared-poses.js";
import { type PoseStamped, secondsOf, tiltOf, yawOf } from "./messages.js";
import type { Ros2Settings } from "./settings.js";

/**
 * By a clock that is the odometry's too, the ages of poses that come lie between these [s]; so many in a row that do
 * not are of another clock.
 */
const YOUNGEST = -0.002;
const OLDEST = 0.5;
const MOST_ODD = 5;

export class OutsideTopic {
  /** the last pose that can be true, {@link PoseEntry}, and how many there were */
  readonly pose = new Float64Array(PoseEntry.count);
  count = 0;
  /** frame_id of the poses; "" before the first */
  frame = "";
  readonly #stamps: Ros2Settings["stamps"];
  readonly #intake: PoseIntake;
  #isOfSameClock = true;
  #odd = 0;

  /** `now`: our clock [s] */
  constructor(
    settings: IntakeSettings,
    stamps: Ros2Settings["stamps"],
    say: (text: string) => void,
    now: () => number,
  ) {
    this.#stamps = stamps;
    const put = (row: Float64Array) => {
      this.pose.set(row);
      this.count++;
    };
    this.#intake = new PoseIntake(settings, put, say, now);
  }

  /**
   * `offset`: what is added to the odometry's stamps for our clock [s]. Where poses are stamped by the same clock, as
   * all nodes of a computer are, their whole age is known; otherwise what is more than that of the fastest.
   */
  take({ header, pose: { position, orientation } }: PoseStamped, arrived: number, offset: number): void {
    if (this.frame === "") this.frame = header.frame_id;
    if (header.frame_id !== this.frame) {
      this.#intake.remark(`a pose in frame "${header.frame_id}" is not used: those before were in "${this.frame}"`);
      return;
    }
    if (this.#stamps === "use" && offset === Number.POSITIVE_INFINITY) return; // how it moves is not known yet
    const taken = this.#stamps === "use" ? secondsOf(header.stamp) : arrived;
    const sent = this.#stamps === "use" ? this.#sent(taken, arrived - offset) : arrived;
    if (sent === undefined) return;
    const { x, y } = position;
    const heading = yawOf(orientation);
    this.#intake.take({ name: "", x, y, heading, tilt: tiltOf(orientation), taken, sent }, arrived);
  }

  /** When a pose left by the clock that it was taken by, as far as known; `now`: by the odometry's stamps. */
  #sent(taken: number, now: number): number | undefined {
    if (!this.#isOfSameClock) return taken;
    const age = now - taken;
    if (age >= YOUNGEST && age < OLDEST) {
      this.#odd = 0;
      return Math.max(taken, now);
    }
    if (++this.#odd < MOST_ODD) return undefined;
    this.#isOfSameClock = false;
    this.#intake.remark(
      `their stamps are ${age.toFixed(3)} s old by the clock of the odometry's: another clock, or later than can be ` +
        "used; what even the fastest of them is late by is not known, and estimated",
    );
    return taken;
  }

  /** Looks at the clock, a few times a second: what does not come cannot tell. */
  look(now: number): void {
    this.#intake.look(now);
  }
}
