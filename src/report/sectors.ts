/** Times of the thirds of a track. */
import type { Recording } from "../recording/recording.js";
import type { ReportFrame } from "./input.js";

/** Sectors that a track is cut into, equally long in task time, the first from its start. */
export const SECTORS = 3;

/**
 * Seconds that the robot was in each sector during a recording, by the point of the track that it was nearest to. A lap
 * may begin anywhere: what it drove of a sector before and after is taken together.
 */
export function sectorTimes(
  { states, times, info }: Pick<Recording, "states" | "times" | "info">,
  track: ReportFrame["track"],
): number[] {
  const width = info.columns.state.length;
  const taken = Array.from({ length: SECTORS }, () => 0);
  let at = -1;
  for (let t = 0; t + 1 < times.length; t++) {
    at = placeOf(states[t * width], states[t * width + 1], track, at);
    taken[Math.floor((SECTORS * at) / track.length)] += times[t + 1] - times[t];
  }
  return taken;
}

/** Seconds of each sector by the speeds that a race at a usage asks for, of `lapTime` [s] at usage 1. */
export function askedSectorTime(lapTime: number, usage: number): number {
  return lapTime / Math.sqrt(usage) / SECTORS;
}

/** Of the track's points the nearest, not far from the last one: a figure-8 crosses itself. */
function placeOf(x: number, y: number, track: ReportFrame["track"], last: number): number {
  const reach = last < 0 ? track.length : Math.ceil(track.length / 8);
  let [best, least] = [Math.max(0, last), Number.POSITIVE_INFINITY];
  for (let ahead = last < 0 ? 0 : -2; ahead < reach; ahead++) {
    const place = (Math.max(0, last) + ahead + track.length) % track.length;
    const distance = Math.hypot(x - track[place][0], y - track[place][1]);
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}
