/** What tasks on a track have in common: everything that follows from the track itself. */
import { trackThrough } from "../tracks/make.js";
import { extentOf, windowOf } from "../tracks/path-table.js";
import { shapes } from "../tracks/shapes.js";
import { textOf } from "../tracks/text.js";
import { lapTimeOf, type SpeedPlan, shapeOf, type Track } from "../tracks/track.js";
import type { PartDefinition, TaskDefinition, TrackFeatures } from "./definition.js";

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

type OfTrack = "track" | "features" | "reward" | "reference" | "task" | "timing" | "bounds" | "initialState";
type Robot = Omit<TaskDefinition, OfTrack> & {
  readonly timing: Omit<TaskDefinition["timing"], "lapTime">;
};

/** Least forward speed of a setpoint made from a measured state [m/s]. */
const LEAST_SPEED = 0.01;
/** Factors of what the network sees of the path, the same on every track. */
const ALONG = { distanceScale: 3, headingScale: 3, speedScale: 0.5, delayScale: 5, curvatureScale: 1 };

/** A network that knows this track by heart: it sees where on it the robot is. */
function atPlaces(track: Track, lapTime: number): PartDefinition {
  const { middle, half } = extentOf(track);
  return {
    kind: `path${harmonicsFor(lapTime, track.length / lapTime)}`,
    parameters: {
      lapTime,
      window: windowOf(track),
      leastSpeed: LEAST_SPEED,
      middleX: middle[0],
      middleY: middle[1],
      positionScale: FEATURE_HALF / half,
      velocityScale: Math.min(1, FEATURE_SPEED / Math.max(...track.speed)),
    },
  };
}

/** A network that knows how tracks are driven: it sees the robot beside the path, and the path before the robot. */
function alongPath(track: Track, lapTime: number, ahead: number): PartDefinition {
  const parameters = { lapTime, window: windowOf(track), leastSpeed: LEAST_SPEED, ahead, ...ALONG };
  return { kind: "alongPath", parameters };
}

/** The task of driving a track with a robot, whose network sees it as `features` say. */
export function onTrack(robot: Robot, track: Track, features: TrackFeatures = "place"): TaskDefinition {
  const { controlPeriod, networkPeriod } = robot.timing;
  const lapTime = lapTimeOf(track);
  const window = windowOf(track);
  const { middle, half } = extentOf(track);
  const reach = half + BEYOND;
  const [low, high] = [-1, 1].map((side) => [middle[0] + side * reach, middle[1] + side * reach]);
  return {
    ...robot,
    track,
    features,
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
      ...(features === "path" ? alongPath(track, lapTime, networkPeriod) : atPlaces(track, lapTime)),
      positive: ["lapTime", "window", "positionScale", "velocityScale", "ahead"],
      notNegative: ["leastSpeed"],
    },
    timing: { ...robot.timing, lapTime },
    bounds: { low: [...low, -20, -1e4], high: [...high, 20, 1e4] },
    initialState: [track.x[0], track.y[0], 0, shapeOf(track).heading[0]],
  };
}

/** What a recording keeps of the track of a task that has one. */
export function trackOfTask({ track, features }: TaskDefinition): {
  readonly track?: string;
  readonly features?: TrackFeatures;
} {
  return track && features ? { track: textOf(track), features } : {};
}
