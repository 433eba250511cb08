/**
 * Random schedules of faults (seeded) while a car drives through the firmware: whatever goes wrong, the pins keep their
 * limits, the motor is neutral in time, nothing starts by itself, and a fresh start drives again. LAPGRAD_SOAK=200 runs
 * so many schedules instead of a few.
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
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar } from "./car.js";
import { COMMANDED_WITHIN_US, expectAll, NEUTRAL_WITHIN_US, widths } from "./pulses.js";
import { CAR } from "./robot.js";
import { randomSchedule, type Sabotage, Saboteur } from "./sabotage.js";
import type { Pulse, SimulatedBoard } from "./simulated-board.js";
import { VirtualHost } from "./virtual-host.js";

const SCHEDULES = Number(process.env.LAPGRAD_SOAK ?? 1);
const SEGMENTS = 16;
/** From a hanging program to its reset by the watchdog, about [µs]. */
const RESET_US = 140_000;

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
  /** When a state was first and last seen [µs]. */
  spanOf(wanted: RuntimeState): { readonly from: number; readonly to: number } | undefined {
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
    if (fromUs + 20_000 < toUs) expectAll(widths(wholePulses(board, schedule, beganUs), fromUs, toUs), 1500);
  }
}

/** Throttle pulses but those that the watchdog's reset of a hanging board has cut. */
function wholePulses(board: SimulatedBoard, schedule: readonly Sabotage[], beganUs: number): Pulse[] {
  const resets = schedule.filter(({ kind }) => kind === "hang" || kind === "freeze");
  const isCut = ({ riseUs, widthUs }: Pulse) =>
    widthUs < 1500 &&
    resets.some(({ at }) => Math.abs(riseUs - beganUs - at * 1e6 - RESET_US) < NEUTRAL_WITHIN_US - RESET_US);
  return board.throttle.filter((pulse) => !isCut(pulse));
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

    for (const pulse of [...board.throttle, ...board.steering]) {
      expect(pulse.widthUs).toBeGreaterThanOrEqual(999);
      expect(pulse.widthUs).toBeLessThanOrEqual(2001);
    }
    expectAll(widths(board.throttle, 0, driving.from), 1500);
    expectNeutralBy(board, schedule, driving.from, board.nowUs);
    const late = isDisturbed(schedule, (driving.to - driving.from) / 1e6) ? NEUTRAL_WITHIN_US : COMMANDED_WITHIN_US;
    expectAll(widths(wholePulses(board, schedule, driving.from), driving.to + late), 1500);
    if (result.stopped !== undefined) expect(result.stopped).toMatch(/.{10,}; .{10,}/);

    // nothing of it is lost: every step that was driven is on disk
    const recording = await readRecording(join(drives, "0001.mcap"));
    expect(recording.times.length).toBeGreaterThanOrEqual(result.steps);
    const isFault = recording.events.some(({ level }) => level === "fault");
    // a main thread that is suspended beyond the end of a whole drive is a fault of what comes after it
    const drivenFor = recording.times[result.steps - 1];
    const hangsOn = schedule.some(({ kind, at, lasts }) => kind === "main" && at + lasts > drivenFor);
    if (result.stopped !== undefined || !hangsOn) expect(isFault).toBe(result.stopped !== undefined);

    // a fresh start drives again, and not before it was armed
    car.lie = () => {};
    const restartUs = board.nowUs;
    const again = await drive(board, car, drives, 1000, () => {});
    expect(again.result).toEqual({ steps: expect.any(Number), stopped: undefined });
    const second = again.host.spanOf(RuntimeState.driving);
    expectAll(widths(board.throttle, restartUs, second?.from ?? 0), 1500);
    expect(Math.max(...widths(board.throttle, second?.from ?? 0))).toBeGreaterThan(1600);
    expectAll(widths(board.throttle, (second?.to ?? 0) + COMMANDED_WITHIN_US), 1500);
  });

/** Uniform numbers in [0, 1) from a seed. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
