/** Tracks that cross themselves, with features for laps of every length. */
import { carTrack } from "../../../src/tasks/car-track.js";
import type { TaskDefinition, TrackFeatures } from "../../../src/tasks/definition.js";
import { onTrack } from "../../../src/tasks/path.js";
import { trackThrough } from "../../../src/tracks/make.js";
import { shapes } from "../../../src/tracks/shapes.js";
import type { SpeedPlan } from "../../../src/tracks/track.js";

function onPoints(
  name: string,
  points: readonly (readonly [number, number])[],
  wanted: SpeedPlan,
  features?: TrackFeatures,
) {
  return { ...onTrack(carTrack, trackThrough(name, points, wanted), features), name };
}

/** A lemniscate, which crosses itself at right angles: its speed and curvature change everywhere. */
const lemniscate = Array.from({ length: 60 }, (_, i): [number, number] => {
  const angle = (2 * Math.PI * (i + 0.3)) / 60;
  const scale = 2 / (1 + Math.sin(angle) ** 2);
  return [scale * Math.cos(angle), scale * Math.cos(angle) * Math.sin(angle)];
});

const trials: readonly TaskDefinition[] = [
  onPoints("figure-8 as a track", shapes.figure8.points({ radius: 1.5 }), { constant: 3.4 }),
  onPoints("lemniscate at changing speed", lemniscate, { usage: 0.2 }),
  onPoints(
    "larger lemniscate, two harmonics",
    lemniscate.map(([x, y]) => [2 * x, 2 * y]),
    { constant: 2 },
  ),
  onPoints(
    "large lemniscate, four harmonics",
    lemniscate.map(([x, y]) => [4 * x, 4 * y]),
    { constant: 2 },
  ),
  onPoints("lemniscate at changing speed, seen along the path", lemniscate, { usage: 0.2 }, "path"),
  onPoints("figure-8 seen along the path", shapes.figure8.points({ radius: 1.5 }), { constant: 3.4 }, "path"),
];
export default trials;
