/** Poses from outside, from the thread that receives them to the robot's own idea of where it is. */
import type { HeardRobot } from "../links/robot.js";
import { PoseEntry } from "../pose/shared-poses.js";
import type { PoseSource } from "../pose/source.js";

export class OutsidePoses {
  readonly #source: Pick<PoseSource, "poll">;
  readonly #pose = new Float64Array(PoseEntry.count);

  constructor(source: Pick<PoseSource, "poll">) {
    this.#source = source;
  }

  /** Hands the newest pose on, if there is one. */
  handTo(robot: HeardRobot): void {
    if (this.#source.poll(this.#pose)) robot.takePose?.(this.#pose);
  }
}
