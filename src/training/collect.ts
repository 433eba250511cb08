/** Where the rollouts of an update come from: separate drives from sampled starts, or one drive that never stops. */
import { parseWindow } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { resolveTask, segmentsPerLap } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core, RegionName } from "../core/core.js";
import { setWindows } from "../core/windows.js";
import type { DriveResult, Link } from "../links/link.js";
import type { Batch } from "../rules/definition.js";
import { updateRules } from "../rules/rules.js";

/** A rollout, a separate drive or a piece of a longer one, as it lies in the core. */
export interface CollectedRollout extends DriveResult {
  readonly slot: number;
  /** first segment that belongs to it; those before were kept from the rollout before */
  readonly from: number;
}

export interface Collector {
  /** what the core needs room for */
  readonly room: { readonly rollouts: number; readonly steps: number; readonly segments: number };
  /** the drive that settles the robot before the first rollout, not counted; undefined if there is none */
  settle(core: Core, link: Link): Promise<CollectedRollout | undefined>;
  /** drives rollout `i` of a batch of `count` */
  drive(core: Core, link: Link, i: number): Promise<CollectedRollout>;
  /** the slots that the last batch of `count` lies in */
  batch(count: number): Omit<Batch, "cost">;
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
  const modelRollouts = { first: config.batch, continuation: 0, restart: segments, counted };
  return {
    room: roomFor(config, config.batch + (rollsOutModel(config) ? config.batch + 1 : 0), segments),
    settle: async () => undefined,
    drive: async (core, link, i) => {
      core.sampleStart(i);
      return { ...(await link.drive(core, i, segments, false)), slot: i, from: 0 };
    },
    batch: (count) => ({ first: 0, count, modelRollouts }),
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
 * Segments before a rollout whose network outputs vary already, a lap of the car: the gradient then sees a policy that
 * was in force before the rollout, and not the passage to it alone.
 */
const BURN_IN = 40;
/**
 * Rollouts that settle the robot: after one lap `single-track` is still on its way from the start to the drive that it
 * keeps to.
 */
const SETTLING = 2;
/** Laps ahead that the model is driven: what a policy leads to shows in the laps after the next one. */
const AHEAD = 3;
/** What the plant remembers, in a checkpoint. */
const PLANT: readonly RegionName[] = ["plantState", "plantMemory", "externalMemory"];
/** Before the names of the drive's arrays in a checkpoint. */
const PREFIX = "drive.";

/** Whether the update rule drives the model too, which needs slots of its own. */
function rollsOutModel(config: RunConfig): boolean {
  return updateRules[config.update].needs.modelRollouts === true;
}

/**
 * One drive without stops; a rollout is a lap of it, or some segments, and parameters change in between (not in paper).
 */
function oneDrive(config: RunConfig, segments: number, lap: number): Collector {
  const ahead = Math.max(AHEAD * lap, segments);
  const settling = SETTLING * segments;
  const longest = Math.max(segments + BURN_IN, settling, rollsOutModel(config) ? ahead : 0);
  const counted = { start: 0, length: segments, stride: 0 };
  const modelRollouts = { first: 2, continuation: ahead, restart: ahead, counted };
  let current = 0;
  let settled = false;
  return {
    room: roomFor(config, 2 + (rollsOutModel(config) ? 2 : 0), longest),
    settle: async (core, link) => {
      if (settled) return undefined;
      settled = true;
      core.sampleStart(current);
      return { ...(await link.drive(core, current, settling, true)), slot: current, from: 0 };
    },
    drive: async (core, link) => {
      const previous = current;
      current = 1 - current;
      const from = Math.min(BURN_IN, core.view("counts", previous)[1]); // less, while the drive is young
      setWindows(core, { start: from, length: 0, stride: 0 });
      core.setOption("windowBurnIn", from);
      return { ...(await link.driveOn(core, current, segments, previous, from)), slot: current, from };
    },
    batch: () => ({ first: current, count: 1, modelRollouts }),
    state: (core) => {
      if (!settled || !isSimulated(config)) return {}; // a robot that was stopped settles anew
      const arrays: Record<string, Float64Array> = {};
      for (const name of PLANT) if (core.view(name).length > 0) arrays[name] = core.view(name).slice();
      for (const name of core.rolloutRegions()) {
        const used = core.usedPart(name, current);
        if (used.length > 0) arrays[PREFIX + name] = used;
      }
      return arrays;
    },
    restore: (core, arrays) => {
      for (const name of PLANT) if (arrays[name]) core.write(name, arrays[name]);
      const held = core.rolloutRegions().filter((name) => arrays[PREFIX + name]);
      if (held.includes("counts")) core.write("counts", arrays[`${PREFIX}counts`], current); // the others' sizes
      for (const name of held) core.writeUsed(name, arrays[PREFIX + name], current);
      settled = held.length > 0;
    },
  };
}

export function collectorFor(config: RunConfig): Collector {
  const every = config["update-every"];
  if (every === "rollout") return separateRollouts(config);
  const { task } = resolveTask(config);
  const lap = segmentsPerLap(task, config.pace) ?? 0; // 0: a task without laps
  return oneDrive(config, every === "lap" ? lap : Number(every), lap);
}
