/** Where the rollouts of an update come from: separate drives from sampled starts, or one drive that never stops. */
import { isSimulated } from "../config/links.js";
import { resolveTask, segmentsPerLap } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import { parseWindow } from "../config/window.js";
import type { Core, RegionName } from "../core/core.js";
import { setWindows } from "../core/windows.js";
import type { DriveResult, Link } from "../links/link.js";
import type { Batch } from "../rules/definition.js";
import { updateRules } from "../rules/rules.js";
import { pacesOf } from "./paces.js";
import { type Race, taskTime } from "./race.js";

/** What was driven since the last update, as it lies in the core: a separate rollout, or a piece of one drive. */
export interface Collected extends DriveResult {
  readonly slot: number;
  /** first segment that was driven now; those before were kept from what was driven before */
  readonly from: number;
  /** first segment of the rollout that it belongs to: of one drive a rollout is a lap */
  readonly begin: number;
  /** first segment of it that counts in the window that it belongs to, and how many of that have been driven */
  readonly counted: number;
  readonly inWindow: number;
  /** segments since the drive began */
  readonly driven: number;
  /** the rollout is over with it */
  readonly completes: boolean;
}

export interface Collector {
  /** what the core needs room for */
  readonly room: { readonly rollouts: number; readonly steps: number; readonly segments: number };
  /** drives until the next update: rollout `i` of a batch, or a piece */
  drive(core: Core, link: Link, i: number): Promise<Collected>;
  /** what the last `count` drives of a batch mean for an update rule */
  batch(count: number): Omit<Batch, "cost">;
  /** a lap is over, and the next one may be of another length */
  beginLap?(core: Core): void;
  /** the one drive was stopped, and the next begins from rest */
  beginAnew?(): void;
  /** what a checkpoint must hold to drive on from here */
  state(core: Core): Record<string, Float64Array>;
  restore(core: Core, arrays: Readonly<Record<string, Float64Array>>): void;
}

/**
 * Room for rollouts of `segments` segments; a robot's network is called at the step nearest to its period, which may be
 * one later.
 */
export function roomFor(config: RunConfig, rollouts: number, segments: number): Collector["room"] {
  const perSegment = config["steps-per-segment"] + (isSimulated(config) ? 0 : 2);
  return { rollouts, steps: segments * perSegment, segments };
}

/** Every rollout starts from rest at a sampled start [paper, Algorithm 1, line 3]. */
function separateRollouts(config: RunConfig): Collector {
  const segments = config["rollout-segments"];
  const counted = parseWindow(config.window);
  const modelRollouts = {
    first: config.batch,
    foreseen: 0,
    continuation: 0,
    restart: segments,
    counted,
    window: counted,
  };
  const paces = pacesOf(config);
  return {
    room: roomFor(config, config.batch + (rollsOutModel(config) ? config.batch + 1 : 0), segments),
    drive: async (core, link, i) => {
      core.sampleStart(i);
      return {
        ...(await link.drive(core, i, segments, false)),
        slot: i,
        from: 0,
        begin: 0,
        counted: 0,
        inWindow: segments,
        driven: segments,
        completes: true,
      };
    },
    batch: (count) => ({ first: 0, count, isWhole: true, isJudged: true, windowPart: 1, modelRollouts, paces }),
    state: (core) => (config["plant-change"].length > 0 ? { drivenBefore: drivenTime(core) } : {}),
    restore: (core, { drivenBefore }) => {
      if (drivenBefore) core.write("drivenBefore", drivenBefore);
    },
  };
}

/** Since standstill at the start of the run, by which a plant changes [s]; one number. */
function drivenTime(core: Core): Float64Array {
  const clock = core.view("plantMemory")[core.exports.PlantMemory.clock];
  return Float64Array.of(core.view("drivenBefore")[0] + clock);
}

/**
 * Segments before a piece whose network outputs vary already, at most: the gradient then sees a policy that was in
 * force before, and not the passage to it alone.
 */
const BURN_IN = 40;
/** Laps that are kept in front of a piece: what the model did not explain there is expected again. */
const KEPT = 2;
/**
 * Laps ahead that the model is driven: what a policy leads to shows in the laps after the next one. On a long track it
 * is fewer, by this many segments: an update must be ready before the next piece of it is driven.
 */
const AHEAD = 3;
const MOST_AHEAD = 120;
/** Segments of the first piece of a drive, at least. */
const FIRST = 4;
/** Segments of a window, over which what was promised is compared with what was driven; a lap ends a window. */
const WINDOW = 10;
/** What the plant remembers, in a checkpoint. */
const PLANT: readonly RegionName[] = ["plantState", "plantMemory", "externalMemory"];
/** Before the names of the drive's arrays in a checkpoint. */
const PREFIX = "drive.";

/** Whether the update rule drives the model too, which needs slots of its own. */
function rollsOutModel(config: RunConfig): boolean {
  return updateRules[config.update].needs.modelRollouts === true;
}

/**
 * Segments of the piece that follows `driven` segments of a drive, in laps of `lap`; what is left of a lap is driven
 * with it if it were a single one, or no longer than new parameters are late.
 */
export function pieceAfter(driven: number, every: number, lap: number, delay: number): number {
  const wanted = driven === 0 ? Math.max(FIRST, every) : every;
  const left = lap - (driven % lap);
  return left <= wanted + Math.max(1, delay) ? left : wanted;
}

/** Whether a window of `segments` segments is over after `driven` segments of a drive in laps of `lap`. */
function endsWindow(segments: number, driven: number, lap: number): boolean {
  return segments >= WINDOW || driven % lap === 0;
}

/** Part of a lap of `lap` segments that a window of pieces of `every` segments is. */
function windowPart(every: number, lap: number): number {
  return 1 / Math.ceil(lap / (Math.ceil(WINDOW / every) * every));
}

/** Segments of the window that begins after `driven` segments of a drive. */
function windowAfter(driven: number, every: number, lap: number, delay: number): number {
  let end = driven;
  do end += pieceAfter(end, every, lap, delay);
  while (!endsWindow(end - driven, end, lap));
  return end - driven;
}

/**
 * One drive without stops, in laps of `lap` segments; parameters change after pieces of `every` segments (not in
 * paper), `update-delay` segments after the end of a piece: until then those drive on that drove before. On a robot
 * they act when they are ready.
 */
function oneDrive(config: RunConfig, every: number, nominal: number, race: Race | undefined): Collector {
  const most = race?.mostSegments ?? nominal;
  const isSmall = every < nominal;
  const delay = Math.min(config["update-delay"], every - 1);
  const late = isSimulated(config) ? delay : 0;
  const ahead = Math.max(Math.min(AHEAD * nominal, MOST_AHEAD), every);
  const kept = KEPT * most;
  const paces = pacesOf(config);
  const longest = Math.max(kept + 2 * delay + Math.max(most, FIRST), rollsOutModel(config) ? ahead : 0);
  let current = 0;
  /** segments since the drive began; 0: it did not */
  let driven = 0;
  /** segments of the lap that is driven, and those before it; laps of a race differ */
  let lap = nominal;
  let began = 0;
  /** segments of the window that is being driven, 0: the next piece begins one; those at its beginning do not count */
  let inWindow = 0;
  let uncounted = 0;
  /** a drive began before this one, which was stopped: its first lap, from rest, is compared with none */
  let isAnew = false;
  /** parameters that drive, and the pace; undefined: those in the core */
  let acting: { readonly parameters: Float64Array; readonly pace: number } | undefined;

  /** Drives on for `segments` segments into the other slot, with at most `most` segments in front; how many it were. */
  const driveOn = async (core: Core, link: Link, segments: number, most: number) => {
    const previous = current;
    current = 1 - current;
    const from = Math.min(most, core.view("counts", previous)[1]); // less, while the drive is young
    return { ...(await link.driveOn(core, current, segments, previous, from)), from };
  };

  /** Segments of the drive as if all laps were like this one; 0 only before the first. */
  const place = () => (driven === 0 ? 0 : driven - began + lap);

  const inForce = (core: Core) => ({ parameters: core.view("parameters").slice(), pace: core.pace });

  /** The same, the first segments of it with the parameters, and at the pace, that drove before. */
  const driveLate = async (core: Core, link: Link, segments: number) => {
    const newest = inForce(core);
    if (late === 0 || !acting) return driveOn(core, link, segments, kept);
    const paces = core.view("pace");
    const { driven: present } = core.exports.Pace;
    core.write("parameters", acting.parameters);
    paces[present] = acting.pace;
    const begun = await driveOn(core, link, late, kept);
    core.write("parameters", newest.parameters);
    if (core.pace === acting.pace) paces[present] = newest.pace; // the reflex did not take another meanwhile
    if (begun.stopped !== undefined) return begun;
    const rest = await driveOn(core, link, segments - late, kept + late);
    return { ...rest, from: begun.from };
  };

  /** Where the drive begins: somewhere on the task, at its speed; a race at rest at its start. */
  const start = (core: Core) => {
    if (!race) return core.sampleStart(current);
    core.writeStart(core.setup.task.initialState, 0, current);
    lap = race.segmentsFrom(0, core.pace);
  };

  return {
    ...(race && {
      beginLap: (core: Core) => {
        lap = race.segmentsFrom(taskTime(core, current, core.view("counts", current)[0]), core.pace);
      },
    }),
    room: roomFor(config, 2 + (rollsOutModel(config) ? 2 : 0), longest),
    drive: async (core, link) => {
      if (driven === 0) start(core);
      const segments = pieceAfter(place(), every, lap, delay);
      const result =
        driven === 0
          ? { ...(await link.drive(core, current, segments, true)), from: 0 }
          : await driveLate(core, link, segments);
      acting = inForce(core);
      const { from } = result;
      const acts = from + (driven > 0 ? delay : 0); // the present parameters
      if (inWindow === 0) uncounted = acts - from;
      const counted = inWindow === 0 ? acts : from;
      const before = driven - began; // segments of the lap that the piece goes on with
      const soFar = inWindow + segments - uncounted;
      driven += segments;
      const completes = driven - began === lap;
      inWindow = endsWindow(inWindow + segments, place(), lap) ? 0 : inWindow + segments;
      if (completes) began = driven;
      setWindows(core, { start: acts, length: 0, stride: 0 });
      core.setOption("windowBurnIn", Math.min(from, BURN_IN));
      const begin = Math.max(0, from - before);
      return { ...result, slot: current, begin, counted, inWindow: soFar, driven, completes };
    },
    beginAnew: () => {
      isAnew = true;
      driven = 0;
      began = 0;
      inWindow = 0;
      uncounted = 0;
      acting = undefined;
    },
    batch: () => {
      const counted = { start: 0, length: pieceAfter(place(), every, lap, delay) - delay, stride: 0 };
      const window = { start: 0, length: windowAfter(place(), every, lap, delay) - delay, stride: 0 };
      return {
        first: current,
        count: 1,
        isWhole: !isSmall && !(isAnew && driven <= nominal),
        isJudged: inWindow === 0,
        windowPart: windowPart(every, lap),
        modelRollouts: { first: 2, foreseen: delay, continuation: ahead, restart: ahead, counted, window },
        paces,
      };
    },
    state: (core) => {
      if (driven === 0 || !isSimulated(config)) return {}; // a robot that was stopped starts anew
      const arrays: Record<string, Float64Array> = { [`${PREFIX}segments`]: Float64Array.of(driven) };
      if (race) arrays[`${PREFIX}lap`] = Float64Array.of(lap);
      if (acting) {
        arrays[`${PREFIX}acting`] = acting.parameters;
        arrays[`${PREFIX}pace`] = Float64Array.of(acting.pace);
      }
      for (const name of PLANT) if (core.view(name).length > 0) arrays[name] = core.view(name).slice();
      for (const name of core.rolloutRegions()) {
        const used = core.usedPart(name, current);
        if (used.length > 0) arrays[PREFIX + name] = used;
      }
      return arrays;
    },
    restore: (core, arrays) => {
      isAnew = !isSimulated(config);
      for (const name of PLANT) if (arrays[name]) core.write(name, arrays[name]);
      const held = core.rolloutRegions().filter((name) => arrays[PREFIX + name]);
      if (held.includes("counts")) core.write("counts", arrays[`${PREFIX}counts`], current); // the others' sizes
      for (const name of held) core.writeUsed(name, arrays[PREFIX + name], current);
      driven = arrays[`${PREFIX}segments`]?.[0] ?? 0;
      lap = arrays[`${PREFIX}lap`]?.[0] ?? lap;
      began = driven; // checkpoints are made between laps
      const parameters = arrays[`${PREFIX}acting`];
      acting = parameters && { parameters, pace: arrays[`${PREFIX}pace`][0] };
    },
  };
}

export function collectorFor(config: RunConfig, race?: Race): Collector {
  const every = config["update-every"];
  if (every === "rollout") return separateRollouts(config);
  const { task } = resolveTask(config);
  const lap = segmentsPerLap(task, config.pace); // undefined: a task without laps, whose pieces are its rollouts
  const segments = every === "lap" ? (race?.mostSegments ?? lap) : Number(every);
  return oneDrive(config, segments as number, lap ?? (segments as number), race);
}
