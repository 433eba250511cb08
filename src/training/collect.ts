/** Where the rollouts of an update come from: separate drives from sampled starts, or one drive that never stops. */
import { parseWindow } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core, RegionName } from "../core/core.js";
import { setWindows } from "../core/windows.js";
import type { DriveResult, Link } from "../links/link.js";
import type { Batch, Rehearsals } from "./optimisers.js";

/** One rollout, or stretch of a longer drive, as it lies in the core. */
export interface Driven extends DriveResult {
  readonly slot: number;
  /** first segment that belongs to it; those before were kept from the stretch before */
  readonly from: number;
}

export interface Collector {
  /** what the core needs room for */
  readonly room: { readonly rollouts: number; readonly steps: number; readonly segments: number };
  /** sets the windows that count */
  prepare(core: Core): void;
  /** the drive that settles the robot before the first rollout, not counted; undefined if there is none */
  settle(core: Core, link: Link): Promise<Driven | undefined>;
  /** drives rollout `i` of a batch of `count` */
  drive(core: Core, link: Link, i: number): Promise<Driven>;
  /** the slots that the last batch of `count` lies in */
  batch(count: number): Omit<Batch, "cost">;
  /** what a checkpoint must hold to drive on from here */
  state(core: Core): Record<string, Float64Array>;
  restore(core: Core, arrays: Readonly<Record<string, Float64Array>>): void;
}

/** Room for rollouts of `segments` segments; a robot's network is called at the step nearest to its period, which may be one later. */
export function roomFor(config: RunConfig, rollouts: number, segments: number): Collector["room"] {
  const perSegment = config["steps-per-segment"] + (config.link === "sim" ? 0 : 2);
  return { rollouts, steps: segments * perSegment, segments };
}

/** Every rollout starts from rest at a sampled start [paper, Algorithm 1, line 3]. */
function separateRollouts(config: RunConfig): Collector {
  const segments = config["rollout-segments"];
  const counted = parseWindow(config.window);
  const rehearsals: Rehearsals = { first: config.batch, ahead: 0, anew: segments, counted };
  return {
    room: roomFor(config, config.batch + (rehearses(config) ? config.batch + 1 : 0), segments),
    prepare: () => {}, // the configured windows, which every core has
    settle: async () => undefined,
    drive: async (core, link, i) => {
      core.check(core.exports.sampleStart(i), "a start");
      return { ...(await link.drive(core, i, segments, false)), slot: i, from: 0 };
    },
    batch: (count) => ({ first: 0, count, rehearsals }),
    state: () => ({}),
    restore: () => {},
  };
}

/**
 * Segments before a stretch whose network outputs vary already, a lap of the car: the gradient then sees a policy that was in
 * force before the stretch, and not the passage to it alone.
 */
const BURN_IN = 40;
/** Stretches that settle the robot: after one lap `single-track` is still on its way from the start to the drive that it keeps to. */
const SETTLING = 2;
/** Laps ahead that are rehearsed: what a policy leads to shows in the laps after the next one. */
const AHEAD = 3;
const PREFIX = "drive.";

/** Whether the update rule rehearses in the model, which needs slots of its own. */
function rehearses(config: RunConfig): boolean {
  return config.update === "gauss-newton";
}

/** One drive without stops; parameters change at the boundaries of laps, or of stretches of some segments (not in paper). */
function oneDrive(config: RunConfig, segments: number, lap: number): Collector {
  const burnIn = BURN_IN;
  const ahead = Math.max(AHEAD * lap, segments);
  const settling = SETTLING * segments;
  const longest = Math.max(segments + burnIn, settling, rehearses(config) ? ahead : 0);
  const counted = { start: 0, length: segments, stride: 0 };
  const rehearsals: Rehearsals = { first: 2, ahead, anew: ahead, counted };
  let current = 0;
  let settled = false;
  return {
    room: roomFor(config, 2 + (rehearses(config) ? 2 : 0), longest),
    prepare: () => {}, // every stretch has a window of its own
    settle: async (core, link) => {
      if (settled) return undefined;
      settled = true;
      core.check(core.exports.sampleStart(current), "a start");
      return { ...(await link.drive(core, current, settling, true)), slot: current, from: 0 };
    },
    drive: async (core, link) => {
      const previous = current;
      current = 1 - current;
      const from = Math.min(burnIn, core.view("counts", previous)[1] ?? 0); // less, while the drive is young
      setWindows(core, { start: from, length: 0, stride: 0 });
      core.setOption("windowBurnIn", from);
      return { ...(await link.driveOn(core, current, segments, previous, from)), slot: current, from };
    },
    batch: () => ({ first: current, count: 1, rehearsals }),
    state: (core) => {
      if (!settled || config.link !== "sim") return {}; // a robot that was stopped settles anew
      const arrays: Record<string, Float64Array> = {};
      for (const name of ["plantState", "plantMemory"] as const) arrays[name] = core.view(name).slice();
      for (const name of driveRegions(core)) arrays[PREFIX + name] = usedPart(core, name, current);
      return arrays;
    },
    restore: (core, arrays) => {
      for (const name of ["plantState", "plantMemory"] as const) if (arrays[name]) core.view(name).set(arrays[name]);
      for (const name of driveRegions(core)) {
        const array = arrays[PREFIX + name];
        if (!array) continue;
        core.view(name, current).set(array);
        settled = true;
      }
    },
  };
}

/** Everything that the core keeps of a rollout. */
function driveRegions(core: Core): RegionName[] {
  const { Region } = core.exports;
  return (Object.keys(Region) as RegionName[]).filter(
    (name) => typeof Region[name] === "number" && isOfRollout(Region, name),
  );
}

function isOfRollout(Region: Core["exports"]["Region"], name: RegionName): boolean {
  return Region[name] >= Region.counts && Region[name] < Region.count;
}

/** What a rollout has of a region: its rows up to the last step, or segment. */
function usedPart(core: Core, name: RegionName, slot: number): Float64Array {
  const { Region } = core.exports;
  const view = core.view(name, slot);
  const [steps = 0, segments = 0] = core.view("counts", slot);
  if (Region[name] < Region.times) return view.slice();
  if (Region[name] >= Region.segmentStarts) return view.slice(0, (segments * view.length) / core.setup.segments);
  const more = name === "states" ? 1 : 0;
  return view.slice(0, ((steps + more) * view.length) / (core.setup.steps + more));
}

export function collectorFor(config: RunConfig): Collector {
  const every = config["update-every"];
  if (every === "rollout") return separateRollouts(config);
  const { timing } = resolveTask(config).task;
  const lap = Math.round((timing.lapTime ?? 0) / config["network-period"]);
  return oneDrive(config, every === "lap" ? lap : Number(every), lap);
}
