/** The setting `track`: from the file that a user names to the text that a run keeps. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import { digits, shortened } from "../output.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { onRacingLine } from "../tracks/line.js";
import { trackFrom, withSpeed } from "../tracks/make.js";
import { readRawTrack } from "../tracks/read.js";
import { type CarModel, limitsOfModel } from "../tracks/speed.js";
import { isTrackText, textOf } from "../tracks/text.js";
import type { RawTrack, SpeedPlan, Track } from "../tracks/track.js";

export const TRACK_SPEED = "file (fastest, if it says none), a number [m/s], or fastest:usage, e.g. fastest:0.8";

/** What `track-speed` says: undefined leaves it to the file; null: nothing that is allowed. */
export function speedPlanOf(given: string): SpeedPlan | undefined | null {
  if (given === "file") return undefined;
  if (given === "fastest") return {};
  const usage = /^fastest:(\d*\.?\d+)$/.exec(given);
  const number = Number(usage ? usage[1] : given);
  if (given.trim() === "" || !(number > 0) || number > (usage ? 1.5 : 30)) return null;
  return usage ? { usage: number } : { constant: number };
}

export const TRACK_LINE = "file (its own), racing, or racing:room left beside the robot [m], e.g. racing:0.4";

/** Room that a racing line leaves between robot and edges unless told otherwise [m]. */
const CLEARANCE = 0.3;

/** Room that the line which `track-line` says leaves [m]; undefined: the file's line; null: nothing that is allowed. */
export function clearanceOf(given: string): number | undefined | null {
  if (given === "file") return undefined;
  if (given === "racing") return CLEARANCE;
  const room = /^racing:(\d*\.?\d+)$/.exec(given);
  return room ? Number(room[1]) : null;
}

/** The settings that a track is made from. */
interface Given {
  readonly track?: string | undefined;
  readonly "track-line"?: string | undefined;
  readonly "track-speed"?: string | undefined;
  readonly "track-limits"?: string | undefined;
  readonly race?: boolean | undefined;
}

/** The text of a task's track: of the file that is given, or the task's own; empty, if the task has none. */
export function trackText(task: TaskDefinition, given: Given): string {
  const { track = "", "track-line": line = "file", "track-speed": speed = "file" } = given;
  const { "track-limits": limits = "" } = given;
  if (!task.track) {
    if (track === "") return "";
    throw new UserError(`${task.name} has no track: leave --track ${shortened(track)} out, or train car-track`);
  }
  if (isTrackText(track)) return track;
  const plan = speedPlanOf(speed) ?? undefined;
  const clearance = clearanceOf(line) ?? undefined;
  if (track === "" && plan === undefined && clearance === undefined && !given.race) return textOf(task.track);
  const throttle = task.controller.parameters.throttleLimit;
  const wanted = plan && limits !== "" ? { ...limitsOfModel(fittedModel(limits), throttle), ...plan } : plan;
  const onLine = (raw: RawTrack, how: SpeedPlan | undefined): Track =>
    clearance === undefined ? trackFrom(raw, how) : onRacingLine(raw, how, (task.halfWidth ?? 0) + clearance);
  if (track !== "") {
    const raw = readRawTrack(track);
    return textOf(onLine(raw, given.race ? wholeLimits(raw.name, raw, wanted) : (wanted ?? raw.wanted)));
  }
  const how = given.race ? wholeLimits(task.name, {}, wanted ?? {}) : wanted;
  return textOf(clearance === undefined ? withSpeed(task.track, how) : onLine(rawOf(task.track), how));
}

/** A track as a file would give it. */
function rawOf({ name, x, y, right, left }: Track): RawTrack {
  return { name, x: [...x], y: [...y], right: [...right], left: [...left] };
}

/** Limits that a file gives. */
function limitsIn({ wanted }: Pick<RawTrack, "wanted">): SpeedPlan {
  return wanted?.constant === undefined ? { ...wanted } : {};
}

/** Of a race: all of the limits, whose part is found while driving; refuses speeds that somebody else chose. */
function wholeLimits(name: string, raw: Pick<RawTrack, "speed" | "wanted">, given: SpeedPlan | undefined): SpeedPlan {
  const plan = given ?? raw.wanted;
  if (plan?.constant === undefined && (plan || !raw.speed)) return { ...limitsIn(raw), ...plan, usage: 1 };
  const fixed = plan?.constant === undefined ? "speeds of its own" : `a speed of ${digits(plan.constant)} m/s`;
  throw new UserError(
    `${name} has ${fixed}, but a race finds its own: give --track-speed fastest, or leave --race out`,
  );
}

const NAMES = ["throttleGain", "offset", "linearDrag", "drag", "inverseGrip"] as const;

/** The model that a run of a car fitted last. */
export function fittedModel(run: string): CarModel {
  const path = join(run, "metrics.jsonl");
  const refuse = (why: string): never => {
    throw new UserError(`track-limits: ${why}; give the folder of a run of a car that was trained with model-fit`);
  };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return refuse(`cannot read ${path}: ${problemOf(error)}`);
  }
  // without a line that a crash cut off
  const lines = text
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.includes('"inverseGrip"'));
  const model = lines.length > 0 ? JSON.parse(lines[lines.length - 1]).model : {};
  const values = NAMES.map((name) => Number(model[name]?.value));
  if (!values.every(Number.isFinite)) return refuse(`${path} holds no fitted model`);
  const [throttleGain, offset, linearDrag, drag, inverseGrip] = values;
  return { throttleGain, offset, linearDrag, drag, inverseGrip };
}
