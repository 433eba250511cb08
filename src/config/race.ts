/** What the setting `race` asks of the others. */
import { UserError } from "../errors.js";
import type { TaskDefinition } from "../tasks/definition.js";
import type { RunConfig } from "./schema.js";

/** Of a race a robot is stopped where it could touch the track's edge at its narrowest [m]; without a track nothing. */
export function raceRoom({ track, halfWidth = 0 }: TaskDefinition): number {
  const room = track ? Math.min(...track.left, ...track.right) - halfWidth : 0;
  return room > 0 ? room : Number.POSITIVE_INFINITY;
}

/** Refuses what cannot be raced: a race needs a car on a track with room, a pace of its own, and laps without stops. */
export function checkRace(config: RunConfig, { name, track, halfWidth }: TaskDefinition): void {
  if (!config.race) return;
  if (!track)
    throw new UserError(
      `race is true, but ${name} has no track with room to its sides: race on car-track, the figure-8 too: ` +
        "--track examples/tracks/figure8.yaml --track-speed fastest",
    );
  if (halfWidth === undefined)
    throw new UserError(`race is true, but the limits of ${name}'s robot are not known; allowed is car-track`);
  if (config["update-every"] === "rollout")
    throw new UserError("race is true, but update-every is rollout: a race is laps without stops; leave it out");
  if (config.pace !== 1)
    throw new UserError(
      `pace is ${config.pace}, but a race finds its own; allowed is 1: to begin slowly give --track-speed fastest:0.3`,
    );
  const least = Math.min(...track.left, ...track.right);
  const needed = halfWidth + config["race-margin"];
  if (least <= needed)
    throw new UserError(
      `the track ${track.name} has ${least} m of room at its narrowest, but half the robot and race-margin take ` +
        `${needed} m: widen the track, or lower --race-margin`,
    );
}
