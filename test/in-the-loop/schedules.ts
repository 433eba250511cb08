/** Drives through random schedules of faults, whatever the robot: one drive, and what must hold of it anywhere. */
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { RunConfig } from "../../src/config/schema.js";
import type { Core } from "../../src/core/core.js";
import type { DriveResult } from "../../src/links/link.js";
import { readRecording } from "../../src/recording/reader.js";
import { setTiming } from "../../src/recording/timing.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import type { RuntimeState } from "../../src/runtime/states.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { PERIOD_US } from "./pulses.js";
import type { Sabotage, Span } from "./sabotage.js";
import { type VirtualBoard, VirtualHost } from "./virtual-host.js";

/** How many schedules are tried. */
export const SCHEDULES = Number(process.env.LAPGRAD_SOAK ?? 1);
export const SEGMENTS = 16;
/** A main thread that gives no heartbeat for this long is a fault [s], found at a control step. */
const HEARTBEAT_WITHIN = 2;
const FOUND_WITHIN = 0.06;

/** A host that remembers what its runtime was doing when. */
export class WatchedHost extends VirtualHost {
  readonly states: { readonly us: number; readonly state: RuntimeState }[] = [];
  override async pause(): Promise<void> {
    await super.pause();
    this.states.push({ us: this.board.nowUs, state: this.shared.runtimeState });
  }
  /** When a state was first and last seen. */
  spanOf(wanted: RuntimeState): Span | undefined {
    const seen = this.states.filter(({ state }) => state === wanted);
    const [first] = seen;
    const last = seen.at(-1);
    return first && last && { from: first.us, to: last.us };
  }
}

async function drivingCore(config: RunConfig): Promise<Core> {
  const core = await coreFor(config, 1, SEGMENTS, 10 * SEGMENTS);
  setTiming(core, "hardware");
  initialisePolicy(core, 1);
  return core;
}

/** One drive of a fresh host; what became of it. `car`: lets time pass, and is put back. */
export async function driveOnce(
  config: RunConfig,
  board: VirtualBoard,
  car: Pick<VirtualBoard, "run"> & { put(): void },
  drives: string,
  nonce: number,
  prepare: (host: WatchedHost) => void,
): Promise<{ host: WatchedHost; result: DriveResult }> {
  const core = await drivingCore(config);
  const host = new WatchedHost(config, board, car, core.parameterCount(), nonce);
  prepare(host);
  const operator = {
    signal: new AbortController().signal,
    say: () => {},
    confirm: async () => {
      car.put();
      return true;
    },
    takeHeartbeat: () => true,
  };
  const link = new RobotLink(host, config, operator, new Recorder(drives));
  await link.open();
  const result = await link.drive(core, 0, SEGMENTS, false);
  for (let i = 0; i < 60; i++) await host.pause();
  await link.close();
  return { host, result };
}

/** The main thread was suspended: a heartbeat that it missed too long has stopped the drive, with that fault. */
function expectHeartbeatObeyed(
  suspensions: readonly Span[],
  driving: Span,
  stalled: number,
  faults: readonly string[],
): void {
  const isFault = faults.includes("mainThread");
  let mayBe = false;
  for (const { from, to } of suspensions) {
    // the last heartbeat is up to two control steps older than the suspension
    const [earliest, latest] = [-FOUND_WITHIN, FOUND_WITHIN].map((by) => from + (HEARTBEAT_WITHIN + by) * 1e6);
    if (Math.min(to, driving.to) < earliest) continue;
    mayBe = true;
    expect(driving.to).toBeLessThanOrEqual(latest + stalled * 1e6);
    if (to > latest) expect(faults[0]).toBe("mainThread");
  }
  expect(mayBe || !isFault).toBe(true);
}

/**
 * Nothing of a drive is lost: every step that was driven is on disk, with the reason for which it was stopped; the
 * names of its faults.
 */
export async function expectRecorded(
  drives: string,
  { steps, stopped }: DriveResult,
  driving: Span,
  suspensions: readonly Span[],
  schedule: readonly Sabotage[],
): Promise<string[]> {
  if (stopped !== undefined) expect(stopped).toMatch(/.{10,}; .{10,}/);
  const recording = await readRecording(join(drives, "0001.mcap"));
  expect(recording.times.length).toBeGreaterThanOrEqual(steps);
  const faults = recording.events.filter(({ level }) => level === "fault");
  const names = faults.map(({ name }) => name);
  const drivenFor = recording.times[steps - 1];
  const stalled = schedule.reduce((sum, { kind, lasts }) => sum + (kind === "stall" ? lasts : 0), 0);
  expectHeartbeatObeyed(suspensions, driving, stalled, names);
  if (stopped !== undefined) expect(names).not.toHaveLength(0);
  // a whole drive ends with a fault only where the main thread was suspended and could not end it before
  else
    for (const { time } of faults) {
      const foundUs = driving.from + time * 1e6;
      const isAway = suspensions.some(({ from, to }) => foundUs >= from && foundUs <= to + PERIOD_US);
      expect([time > drivenFor, isAway]).toStrictEqual([true, true]);
    }
  return names;
}

const TRANSPORT_KINDS = [
  "lost",
  "flipped",
  "cut",
  "doubled",
  "swapped",
  "noise",
  "silence",
  "stall",
  "cable",
  "hang",
  "freeze",
];

/** Whether something may have kept the stop from arriving. */
export function isDisturbed(schedule: readonly Sabotage[], since: number): boolean {
  return schedule.some(
    ({ kind, at, lasts }) => TRANSPORT_KINDS.includes(kind) && since > at - 0.1 && since < at + lasts + 0.2,
  );
}

/** Uniform numbers in [0, 1) from a seed. */
export function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
