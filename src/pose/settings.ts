/** What a configuration says of poses from outside. */
import { DEGREE } from "../angles.js";
import { type PoseName, poseParts } from "../config/poses.js";
import type { RunConfig } from "../config/schema.js";
import type { IntakeSettings } from "./intake.js";
import type { Placement } from "./placement.js";
import type { Scene } from "./scene.js";
import { type Where, whereOf } from "./where.js";

export interface PoseSettings {
  readonly kind: PoseName;
  readonly where: Where | undefined;
  readonly intake: IntakeSettings;
  /** what is drawn over pictures, by a source that has some */
  readonly scene?: Scene;
}

/**
 * The source that a configuration has; undefined: none.
 * @throws UserError if its address is none
 */
export function poseSettingsFrom(config: RunConfig): PoseSettings | undefined {
  if (config.pose === "") return undefined;
  const [kind, place] = poseParts(config.pose);
  return {
    kind: kind as PoseName,
    where: place === undefined ? undefined : whereOf(place),
    intake: { name: config["pose-name"], ...placementsFrom(config) },
  };
}

/** Where a source's frame lies on the track, and what it sees on the car. */
export function placementsFrom(config: RunConfig): Pick<IntakeSettings, "frame" | "mount"> {
  return { frame: placementOf(config["pose-frame"]), mount: placementOf(config["pose-mount"]) };
}

function placementOf([x = 0, y = 0, degrees = 0]: readonly number[]): Placement {
  return { x, y, angle: DEGREE * degrees };
}
