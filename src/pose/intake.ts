/**
 * From what a source sees to poses of the car in the frame of the track: the right object, each pose once and in order,
 * by our clock, and none that cannot be. What is refused is said.
 */
import { DEGREE, wrapAngle } from "../angles.js";
import { shortened } from "../output.js";
import type { PoseSink, SeenPose } from "./kind.js";
import type { Placement } from "./placement.js";
import { Plausibility } from "./plausible.js";
import { Remarks } from "./remarks.js";
import { SenderClock } from "./sender-clock.js";
import { PoseEntry } from "./shared-poses.js";

export interface IntakeSettings {
  /** of the object that is followed; "": the only one there is */
  readonly name: string;
  /** of the source's frame in that of the track */
  readonly frame: Placement;
  /** of what the source sees on the car, in the car's frame: x forward, y to the left */
  readonly mount: Placement;
}

/** An upward axis that is farther from the vertical [rad] is no car's. */
const TILTED = Math.PI / 3;
/** Poses that are older than this when they come [s] are of no use. */
const OLDEST = 1;
/** A car that was this fast [m/s] does not stop from one pose to the next: what repeats itself stands still. */
const MOVING = 0.1;
/** Repeating itself for this long is said [s], and so are a car that is lost and a source that is silent. */
const FROZEN = 0.3;
const LOST = 0.5;
const SILENT = 1;
/** Names that are remembered. */
const MOST_NAMES = 16;

export class PoseIntake implements PoseSink {
  readonly #settings: IntakeSettings;
  readonly #put: (row: Float64Array) => void;
  readonly #remarks: Remarks;
  readonly #clock: SenderClock;
  readonly #plausible = new Plausibility();
  readonly #row = new Float64Array(PoseEntry.count);
  readonly #names = new Set<string>();
  #followed: string | undefined;
  #last: SeenPose | undefined;
  #arrived = Number.NaN;
  #heard = Number.NaN;
  #lostSince = Number.NaN;
  #repeatsSince = Number.NaN;
  /** of the last two poses that differ [m/s] */
  #speed = 0;
  /** why the last one was refused, "" if it was not */
  refusal = "";

  /** `put`: takes a pose in the frame of the track; the row is used again. `now`: our clock [s]. */
  constructor(
    settings: IntakeSettings,
    put: (row: Float64Array) => void,
    say: (text: string) => void,
    now: () => number,
  ) {
    this.#settings = settings;
    this.#put = put;
    this.#remarks = new Remarks((text) => say(`pose: ${text}`), now);
    this.#clock = new SenderClock((text) => this.remark(text));
    this.#followed = settings.name === "" ? undefined : settings.name;
  }

  /** Objects that the source has named, as they may be shown. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  remark(text: string): void {
    this.#remarks.make(text);
  }

  lose(name: string, arrived: number): void {
    this.#heard = arrived;
    this.#notice(name);
    if (name === this.#followed && Number.isNaN(this.#lostSince)) this.#lostSince = arrived;
  }

  take(pose: SeenPose, arrived: number): boolean {
    this.#heard = arrived;
    const { x, y, heading } = pose;
    if (!this.#isFollowed(pose.name)) return false;
    if (!Number.isFinite(x + y + heading)) return this.#refuse("a pose that is no number");
    if (pose.tilt > TILTED)
      return this.#refuse(
        `it leans by ${Math.round(pose.tilt / DEGREE)}°: upside down, or the source's vertical axis is ` +
          "not z; docs/pose.md says where that is set",
      );
    const doubt = this.#plausible.judge(x, y, heading, arrived);
    if (doubt !== "") return doubt === undefined ? false : this.#refuse(doubt);
    if (this.#repeats(pose, arrived)) return true;
    this.#hand(pose, arrived);
    return true;
  }

  /** Looks at the clock, a few times a second: what does not come cannot tell. */
  look(now: number): void {
    if (this.#last === undefined) return;
    if (now - this.#heard > SILENT) this.remark(`nothing has come for ${(now - this.#heard).toFixed(1)} s`);
    else if (now - this.#lostSince > LOST)
      this.remark(`${this.#name()} is lost since ${(now - this.#lostSince).toFixed(1)} s: the source does not see it`);
  }

  #name(): string {
    return this.#followed === undefined || this.#followed === "" ? "the car" : `"${shortened(this.#followed)}"`;
  }

  #notice(name: string): void {
    if (this.#names.size < MOST_NAMES) this.#names.add(shortened(name));
  }

  #isFollowed(name: string): boolean {
    this.#notice(name);
    this.#followed ??= name;
    if (name !== this.#followed) {
      const isChosen = this.#settings.name !== "";
      if (!isChosen || this.#last === undefined)
        this.remark(
          `objects seen: ${this.names.join(", ")}; ${this.#name()} is followed` +
            `${isChosen ? ", which is not among them" : ""}: choose with --pose-name`,
        );
    }
    return name === this.#followed;
  }

  #refuse(why: string): boolean {
    this.refusal = why;
    this.remark(`poses of ${this.#name()} are not used: ${why}`);
    return false;
  }

  /** Whether this is the pose before once more, or an older one. */
  #repeats(pose: SeenPose, arrived: number): boolean {
    const last = this.#last;
    if (last === undefined) return false;
    if (pose.taken < last.taken && last.taken - pose.taken < OLDEST) return true; // overtaken in the network
    const isSame = pose.x === last.x && pose.y === last.y && pose.heading === last.heading;
    if (!isSame) {
      this.#speed = Math.hypot(pose.x - last.x, pose.y - last.y) / Math.max(1e-3, arrived - this.#arrived);
      this.#repeatsSince = Number.NaN;
      return false;
    }
    if (pose.taken === last.taken) return true;
    if (this.#speed < MOVING) return false;
    if (Number.isNaN(this.#repeatsSince)) this.#repeatsSince = arrived;
    if (arrived - this.#repeatsSince > FROZEN)
      this.remark(`${this.#name()} was moving, and its pose has not changed for ${FROZEN} s: the stream is frozen`);
    return true;
  }

  /** Hands a pose on: of the car's own origin, in the frame of the track. */
  #hand(pose: SeenPose, arrived: number): void {
    const seconds = this.#clock.date(pose.taken, pose.sent, arrived);
    this.#last = pose;
    this.#arrived = arrived;
    this.#lostSince = Number.NaN;
    if (arrived - seconds > OLDEST) {
      this.remark(`poses are ${(arrived - seconds).toFixed(1)} s old: not used`);
      return;
    }
    this.refusal = "";
    const { frame, mount } = this.#settings;
    const turned = pose.heading - mount.angle;
    const x = pose.x - mount.x * Math.cos(turned) + mount.y * Math.sin(turned);
    const y = pose.y - mount.x * Math.sin(turned) - mount.y * Math.cos(turned);
    const [cos, sin] = [Math.cos(frame.angle), Math.sin(frame.angle)];
    this.#row[PoseEntry.seconds] = seconds;
    this.#row[PoseEntry.arrived] = arrived;
    this.#row[PoseEntry.x] = frame.x + cos * x - sin * y;
    this.#row[PoseEntry.y] = frame.y + sin * x + cos * y;
    this.#row[PoseEntry.heading] = wrapAngle(turned + frame.angle);
    this.#put(this.#row);
  }
}
