/** What tasks on a track have in common: everything that follows from the track itself. */
import { trackThrough } from "../tracks/make.js";
import { extentOf, windowOf } from "../tracks/path-table.js";
import { shapes } from "../tracks/shapes.js";
import { lapTimeOf, type SpeedPlan, shapeOf, type Track } from "../tracks/track.js";
import type { TaskDefinition } from "./definition.js";

/** Half the width of the paper's figure-8 [m], and its speed [m/s]: positions and velocities in the network's input. */
const FEATURE_HALF = 3;
const FEATURE_SPEED = 3.5;
/** How far beyond the track a rollout goes on [m]. */
const BEYOND = 7;
/** Most seconds that the highest harmonic of the clock takes: a lap of the paper's figure-8 has one. */
const PER_HARMONIC = 8;
/** The same where a robot walks: 25 s a lap of the figure-8. */
const PER_HARMONIC_WALKING = 36;
/** Below this speed it walks [m/s]. */
const WALKING = 1.2;
/** Numbers of harmonics that the core has a task for. */
const HARMONICS = [1, 2, 4] as const;

/** What is driven where no other track is given: an oval that begins at the origin. */
export function ownOval(wanted: SpeedPlan): Track {
  const radius = 1.2;
  const points = shapes.oval.points({ straight: 3, radius });
  return trackThrough(
    "oval",
    points.map(([x, y]) => [x, y + radius]),
    wanted,
  );
}

/** Harmonics of the clock in the network's input, by the time of a lap [s]. */
function harmonicsFor(lapTime: number, speed: number): number {
  const each = speed < WALKING ? PER_HARMONIC_WALKING : PER_HARMONIC;
  return HARMONICS.find((harmonics) => harmonics * each >= lapTime) ?? HARMONICS[HARMONICS.length - 1];
}

type OfTrack = "track" | "reward" | "reference" | "task" | "timing" | "bounds" | "initialState";
type Robot = Omit<TaskDefinition, OfTrack> & {
  readonly timing: Omit<TaskDefinition["timing"], "lapTime">;
};

/** The task of driving a track with a robot. */
export function onTrack(robot: Robot, track: Track): TaskDefinition {
  const { controlPeriod, networkPeriod } = robot.timing;
  const lapTime = lapTimeOf(track);
  const window = windowOf(track);
  const { middle, half } = extentOf(track);
  const reach = half + BEYOND;
  const [low, high] = [-1, 1].map((side) => [middle[0] + side * reach, middle[1] + side * reach]);
  return {
    ...robot,
    track,
    reward: {
      kind: "path",
      parameters: { lapTime, window, speedWeight: 1 / 30, headingWeight: 10 / 30, speedFactor: 1 },
      positive: ["lapTime", "window", "speedFactor"],
      notNegative: ["speedWeight", "headingWeight"],
    },
    reference: {
      kind: "spline",
      parameters: { duration: networkPeriod - controlPeriod, positionWeight: 10 },
      positive: ["positionWeight"],
    },
    task: {
      kind: `path${harmonicsFor(lapTime, track.length / lapTime)}`,
      parameters: {
        lapTime,
        window,
        middleX: middle[0],
        middleY: middle[1],
        positionScale: FEATURE_HALF / half,
        velocityScale: Math.min(1, FEATURE_SPEED / Math.max(...track.speed)),
        leastSpeed: 0.01,
      },
      positive: ["lapTime", "window", "positionScale", "velocityScale"],
      notNegative: ["leastSpeed"],
    },
    timing: { ...robot.timing, lapTime },
    bounds: { low: [...low, -20, -1e4], high: [...high, 20, 1e4] },
    initialState: [track.x[0], track.y[0], 0, shapeOf(track).heading[0]],
  };
}
