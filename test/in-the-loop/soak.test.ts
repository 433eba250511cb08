/**
 * Random schedules of faults (seeded) while a car drives through the firmware: whatever goes wrong, the pins keep their
 * limits, the motor is neutral in time, nothing starts by itself, and a fresh start drives again. LAPGRAD_SOAK=200 runs
 * so many schedules instead of one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import type { DriveResult } from "../../src/links/link.js";
import { readRecording } from "../../src/recording/reader.js";
import { setTiming } from "../../src/recording/timing.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { noteOutcome } from "../support/outcomes.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar } from "./car.js";
import { byReset, COMMANDED_WITHIN_US, expectAll, NEUTRAL_WITHIN_US, PERIOD_US, widths } from "./pulses.js";
import { CAR } from "./robot.js";
import { randomSchedule, type Sabotage, Saboteur, type Span } from "./sabotage.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { VirtualHost } from "./virtual-host.js";

const SCHEDULES = Number(process.env.LAPGRAD_SOAK ?? 1);
const SEGMENTS = 16;
/** A main thread that gives no heartbeat for this long is a fault [s], found at a control step. */
const HEARTBEAT_WITHIN = 2;
const FOUND_WITHIN = 0.06;

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-soak-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A host that remembers what its runtime was doing when. */
class WatchedHost extends VirtualHost {
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

const config = completeConfig({ ...CAR, hidden: [4], window: "0:0:0", "rollout-segments": SEGMENTS });

async function drivingCore(): Promise<Core> {
  const core = await coreFor(config, 1, SEGMENTS, "strict", 10 * SEGMENTS);
  setTiming(core, "hardware");
  initialisePolicy(core, 1);
  return core;
}

/** One drive of a fresh host; what became of it, and of the pins. */
async function drive(
  board: SimulatedBoard,
  car: SimulatedCar,
  drives: string,
  nonce: number,
  prepare: (host: WatchedHost) => void,
): Promise<{ host: WatchedHost; result: DriveResult }> {
  const core = await drivingCore();
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

/** Neutral where a schedule leaves the board without commands, or the board itself starts anew. */
function expectNeutralBy(board: SimulatedBoard, schedule: readonly Sabotage[], beganUs: number, endUs: number): void {
  for (const { kind, at, lasts } of schedule) {
    // a board that hangs before its time-out has passed is stopped by its watchdog, in that one's time
    const hangs = schedule.filter((other) => ["hang", "freeze"].includes(other.kind) && other.at >= at);
    const last = Math.max(at, ...hangs.map((hang) => hang.at).filter((hang) => hang < at + NEUTRAL_WITHIN_US / 1e6));
    const fromUs = beganUs + last * 1e6 + NEUTRAL_WITHIN_US;
    const isReset = kind === "hang" || kind === "freeze";
    const toUs = isReset ? endUs : beganUs + (at + lasts) * 1e6;
    if (!["silence", "stall", "cable"].includes(kind) && !isReset) continue;
    if (fromUs + 20_000 < toUs) expectNeutral(board, fromUs, toUs);
  }
}

/** Neutral throttle in a span of time [µs]: pulses that a reset cut are no longer than that. */
function expectNeutral(board: SimulatedBoard, fromUs: number, toUs?: number): void {
  const { whole, cut } = byReset(board.throttle, board.resets);
  expectAll(widths(whole, fromUs, toUs), 1500);
  for (const us of widths(cut, fromUs, toUs)) expect(us).toBeLessThanOrEqual(1501);
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
function isDisturbed(schedule: readonly Sabotage[], since: number): boolean {
  return schedule.some(
    ({ kind, at, lasts }) => TRANSPORT_KINDS.includes(kind) && since > at - 0.1 && since < at + lasts + 0.2,
  );
}

for (let seed = 1; seed <= SCHEDULES; seed++)
  atmega.test(`schedule ${seed}`, async () => {
    const random = randomFrom(seed);
    const schedule = randomSchedule(random);
    const drives = join(folder, `${seed}`);
    const { board } = await startBoard();
    const car = await SimulatedCar.make(board, { plant: "nominal" });
    if (schedule.some(({ kind }) => kind === "rollover")) {
      // the board's clock wraps some time during the drive, which begins two seconds from now
      const wrapMs = 2000 + 2000 * random();
      await board.order(`POKE clock_overflows ${2 ** 22 - Math.round((wrapMs * 1000) / 1024)}`);
    }
    let saboteur: Saboteur | undefined;
    const { host, result } = await drive(board, car, drives, 1, (made) => {
      saboteur = new Saboteur(schedule, random, board, made, car);
    });
    const what = `${JSON.stringify(schedule)}: ${result.stopped}`;
    const driving = host.spanOf(RuntimeState.driving);
    if (!driving || !saboteur) throw new Error(`it never drove: ${what}`);

    const resets = schedule.filter(({ kind }) => kind === "hang" || kind === "freeze").length;
    expect(board.resets.length).toBeLessThanOrEqual(resets);
    for (const pulses of [board.throttle, board.steering]) {
      const { whole, cut } = byReset(pulses, board.resets);
      expect(cut.length).toBeLessThanOrEqual(board.resets.length);
      for (const { widthUs } of [...whole, ...cut]) expect(widthUs).toBeLessThanOrEqual(2001);
      for (const { widthUs } of whole) expect(widthUs).toBeGreaterThanOrEqual(999);
    }
    expectAll(widths(board.throttle, 0, driving.from), 1500);
    expectNeutralBy(board, schedule, driving.from, board.nowUs);
    const late = isDisturbed(schedule, (driving.to - driving.from) / 1e6) ? NEUTRAL_WITHIN_US : COMMANDED_WITHIN_US;
    expectNeutral(board, driving.to + late);
    if (result.stopped !== undefined) expect(result.stopped).toMatch(/.{10,}; .{10,}/);

    // nothing of it is lost: every step that was driven is on disk
    const recording = await readRecording(join(drives, "0001.mcap"));
    expect(recording.times.length).toBeGreaterThanOrEqual(result.steps);
    const faults = recording.events.filter(({ level }) => level === "fault");
    const names = faults.map(({ name }) => name);
    const drivenFor = recording.times[result.steps - 1];
    const stalled = schedule.reduce((sum, { kind, lasts }) => sum + (kind === "stall" ? lasts : 0), 0);
    expectHeartbeatObeyed(saboteur.suspensions, driving, stalled, names);
    if (result.stopped !== undefined) expect(names).not.toHaveLength(0);
    // a whole drive ends with a fault only where the main thread was suspended and could not end it before
    else
      for (const { time } of faults) {
        const foundUs = driving.from + time * 1e6;
        const isAway = saboteur.suspensions.some(({ from, to }) => foundUs >= from && foundUs <= to + PERIOD_US);
        expect([time > drivenFor, isAway]).toStrictEqual([true, true]);
      }

    // a fresh start drives again, and not before it was armed
    car.lie = () => {};
    const restartUs = board.nowUs;
    const again = await drive(board, car, drives, 1000, () => {});
    expect(again.result).toEqual({ steps: expect.any(Number), stopped: undefined });
    const second = again.host.spanOf(RuntimeState.driving);
    expectAll(widths(board.throttle, restartUs, second?.from ?? 0), 1500);
    expect(Math.max(...widths(board.throttle, second?.from ?? 0))).toBeGreaterThan(1600);
    expectAll(widths(board.throttle, (second?.to ?? 0) + COMMANDED_WITHIN_US), 1500);
    noteOutcome({ seed, schedule, fault: names[0] ?? null });
  });

/** Uniform numbers in [0, 1) from a seed. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
