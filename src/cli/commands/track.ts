/** `lapgrad track`: looks at a closed path, draws it, and makes one of another file or of a drive. */
import { basename } from "node:path";
import { clearanceOf, fittedModel, speedPlanOf, TRACK_LINE, TRACK_SPEED } from "../../config/track.js";
import { messageOf, UserError } from "../../errors.js";
import { exists, unusedPath, writeAtomically } from "../../files.js";
import { digits, formatTable, type Output, roomOf } from "../../output.js";
import { openRecording } from "../../recording/open.js";
import { trackPage } from "../../report/track-page.js";
import { isPlanar } from "../../runtime/track.js";
import { PLANAR_STATE } from "../../tasks/planar.js";
import { taskNamed } from "../../tasks/tasks.js";
import { CAR, checkRows, checkTrack, type Robot, type TrackCheck } from "../../tracks/check.js";
import { type DrivenLap, lapOfDrive } from "../../tracks/from-drive.js";
import { onRacingLine } from "../../tracks/line.js";
import { trackFrom } from "../../tracks/make.js";
import { placed } from "../../tracks/place.js";
import { readRawTrack } from "../../tracks/read.js";
import { fastestProfile, limitsOfModel } from "../../tracks/speed.js";
import { type Limits, type RawTrack, type SpeedPlan, shapeOf, type Track, turningsOf } from "../../tracks/track.js";
import { trackFile } from "../../tracks/write.js";
import { VERSION } from "../../version.js";
import { type Arguments, type ArgumentTable, type ArgumentType, choice, flag, number, path } from "../arguments.js";
import { defineCommand } from "../command.js";

/** Most throttle of the car's controller. */
const THROTTLE = taskNamed("car-track").controller.parameters.throttleLimit;

/** Ends of a lap, or laps, that lie farther apart [m] make a track that is no good. */
const BESIDE = 0.15;

const positive = number("a number above 0", (value) => value > 0);
const finite = number("a finite number", Number.isFinite);
const speed: ArgumentType<string> = {
  label: "speed",
  parse(given, name) {
    if (speedPlanOf(given) !== null) return given;
    throw new UserError(`${name} is ${given}; allowed is ${TRACK_SPEED}`);
  },
};
const line: ArgumentType<string> = {
  label: "line",
  parse(given, name) {
    if (clearanceOf(given) !== null) return given;
    throw new UserError(`${name} is ${given}; allowed is ${TRACK_LINE}`);
  },
};
const point: ArgumentType<readonly [number, number]> = {
  label: "x,y",
  parse(given, name) {
    const [x, y, ...more] = given.split(",").map(Number);
    if (given.trim() !== "" && more.length === 0 && Number.isFinite(x) && Number.isFinite(y)) return [x, y];
    throw new UserError(`${name} is ${given}; allowed are two numbers, e.g. --origin 1.5,-2`);
  },
};

const args = {
  action: {
    type: choice("check", "show", "convert", "from-drive"),
    positional: true,
    required: true,
    describe: "say whether it makes sense; draw a page; write another file; make one of a recorded drive",
  },
  file: {
    type: path("a track as CSV or YAML, or for from-drive a recording"),
    positional: true,
    required: true,
    describe: "a track as CSV or YAML (docs/tracks.md); for from-drive a recording",
  },
  out: { type: path("a file, e.g. mine.yaml"), describe: "file to write", defaultNote: "beside the first" },
  speed: { type: speed, default: "file", describe: `speed along the track: ${TRACK_SPEED}` },
  line: { type: line, default: "file", describe: `line along the track: ${TRACK_LINE}` },
  scale: { type: positive, describe: "factor on all lengths, e.g. 0.1" },
  mirror: { type: flag, describe: "mirror it at the x axis" },
  rotation: { type: finite, describe: "turn it counter-clockwise [degrees]" },
  origin: { type: point, describe: "move its origin there [m]" },
  reverse: { type: flag, describe: "drive it the other way round" },
  width: { type: positive, describe: "room to each side, in place of the file's [m]" },
  smooth: { type: positive, default: 0.1, describe: "of a drive: it is smoothed over this length [m]" },
  gap: { type: positive, default: 1, describe: "of a drive: most that may be missing between its lap's ends [m]" },
  leastRadius: { type: positive, default: CAR.leastRadius, describe: "least circle that the robot turns [m]" },
  lateral: { type: positive, default: CAR.lateral, describe: "its acceleration across the path [m/s²]" },
  accelerate: { type: positive, default: CAR.accelerate, describe: "its acceleration along it, from rest [m/s²]" },
  brake: { type: positive, default: CAR.brake, describe: "its braking [m/s²]" },
  top: { type: positive, default: CAR.top, describe: "its highest speed [m/s]" },
  limits: {
    type: path("the folder of a run, e.g. runs/mine"),
    describe: "run whose fitted model says what the robot can do, in place of these four",
  },
} satisfies ArgumentTable;
type Given = Arguments<typeof args>;

export default defineCommand({
  describe: "a closed path for the task car-track: check it, draw it, convert it, make it of a drive",
  args,
  examples: {
    "lapgrad track check examples/tracks/hairpins.yaml": "its length, lap time, crossings, and what cannot be driven",
    "lapgrad track show examples/tracks/long.yaml --out long.html": "a page with path, curvature and speed",
    "lapgrad track convert kidney.yaml --line racing:0.3 --out fast.yaml": "its fastest line that leaves 0.3 m of room",
    "lapgrad track convert oval.csv --scale 0.1 --out oval.yaml": "a real circuit, a tenth of its size",
    "lapgrad track from-drive drive.mcap --out mine.yaml": "the path that somebody drove",
  },
  async run(given, output) {
    const fitted = given.limits === undefined ? {} : limitsOfModel(fittedModel(given.limits), THROTTLE);
    const robot: Robot = { ...CAR, ...given, ...fitted };
    const lap = given.action === "from-drive" ? await drivenLap(given) : undefined;
    const raw = lap?.raw ?? readRawTrack(given.file);
    const plan = planFor(given, raw, fitted);
    const track = made(adjusted(raw, given), plan, given, output);
    const check = checkTrack(track, robot);
    if (lap) sayLap(lap, track, output);
    const before = given.line === "file" ? undefined : checkTrack(trackFrom(adjusted(raw, given), plan), robot);
    if (before)
      output.say(
        `by the limits a lap takes ${digits(check.fastestLap, 3)} s on the racing line, ` +
          `${digits(before.fastestLap, 3)} s on the file's`,
      );
    const path = given.action === "check" ? undefined : await write(given, track, check, robot);
    show(check, output);
    if (path !== undefined) output.say(`written: ${path}`);
    const { raw: _, ...driven } = lap ?? {};
    const compared = before && { fastestLapBefore: before.fastestLap };
    output.result({ ...check, ...compared, ...driven, ...(path !== undefined && { out: path }) });
  },
});

/** The track; what is wrong with it is the result of a check, and an error. */
function made(raw: RawTrack, plan: SpeedPlan | undefined, { action, line }: Given, output: Output): Track {
  const clearance = clearanceOf(line) ?? undefined;
  try {
    return clearance === undefined ? trackFrom(raw, plan) : onRacingLine(raw, plan, CAR.halfWidth + clearance);
  } catch (error) {
    const unknown = { length: null, lapTime: null, crossings: null, leastRadius: null };
    if (action === "check") output.result({ name: raw.name, ...unknown, problems: [messageOf(error)] });
    throw error;
  }
}

/** The speed that was given, within the limits of a fitted model if there is one; else the file's. */
function planFor({ speed: wanted }: Given, raw: RawTrack, fitted: Partial<Limits>): SpeedPlan | undefined {
  const plan = speedPlanOf(wanted);
  return plan ? { ...fitted, ...plan } : raw.wanted;
}

function adjusted(raw: RawTrack, given: Given): RawTrack {
  const moved = placed(raw, {
    ...given,
    direction: given.reverse ? "reverse" : "forward",
  });
  const { width } = given;
  if (width === undefined) return moved;
  const room = moved.x.map(() => width);
  return { ...moved, right: room, left: room };
}

async function drivenLap({ file, smooth, gap }: Given): Promise<DrivenLap> {
  const { recordings } = await openRecording(file);
  const [recording] = recordings;
  const { task } = recording.info;
  if (!isPlanar(taskNamed(task)))
    throw new UserError(`${file} is of ${task}, which does not drive in the plane: give the recording of a car`);
  return lapOfDrive(basename(file), recording.states, PLANAR_STATE.length, { smooth, gap });
}

/** Which lap was taken, and how much it can be believed. */
function sayLap({ gap, laps, apart, isBackwards }: DrivenLap, track: Track, output: Output): void {
  const turned = turningsOf(track);
  const way = turned > 0 ? "counter-clockwise" : turned < 0 ? "clockwise" : "crossing itself";
  output.say(
    `a lap of ${digits(track.length)} m, ${way}; its ends were ${digits(gap)} m apart: closed` +
      (gap > BESIDE ? ". That is much: look at it, lapgrad track show" : ""),
  );
  if (apart !== null)
    output.say(
      `the drive has ${digits(laps, 2)} laps, and the one whose ends meet best was taken; the lap beside it lies ` +
        `${digits(apart, 2)} m away` +
        (apart > BESIDE
          ? ": the measured pose drifts, or it was driven otherwise; the track is no better than that"
          : ""),
    );
  if (isBackwards)
    output.say("it rolled backwards: the track goes the way it moved; --reverse turns it to the way it looked");
}

async function write(given: Given, track: Track, check: TrackCheck, robot: Robot): Promise<string> {
  const ending = given.action === "show" ? ".html" : ".yaml";
  const out = given.out ?? (await unusedPath(given.file.replace(/(\.[^./]+)+$/, ""), ending));
  if (given.out !== undefined && (await exists(out)))
    throw new UserError(`${out} exists already: choose another file with --out, or remove it`);
  const fastest = fastestProfile(shapeOf(track).curvature, track.step, robot, 1);
  await writeAtomically(
    out,
    given.action === "show" ? trackPage(track, check, fastest, VERSION) : trackFile(track, out),
  );
  return out;
}

function show(check: TrackCheck, output: Output): void {
  output.say(formatTable([["track", check.name], ...checkRows(check)], roomOf(output)));
  for (const problem of check.problems) output.say(`problem: ${problem}`);
}
