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
import { FrameType, protocol, writeHello } from "../../src/links/wire/protocol.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { noteOutcome } from "../support/outcomes.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar } from "./car.js";
import { TestHost } from "./host.js";
import { byReset, COMMANDED_WITHIN_US, expectAll, NEUTRAL_WITHIN_US, widths } from "./pulses.js";
import { CAR } from "./robot.js";
import { randomSchedule, type Sabotage, Saboteur, type Victim } from "./sabotage.js";
import { driveOnce, expectRecorded, isDisturbed, randomFrom, SCHEDULES, SEGMENTS } from "./schedules.js";
import type { SimulatedBoard } from "./simulated-board.js";

const config = completeConfig({ ...CAR, hidden: [4], window: "0:0:0", "rollout-segments": SEGMENTS });

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-soak-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A board as it is sabotaged; another program says hello as ours does. */
function victimOf(board: SimulatedBoard): Victim {
  const master = new TestHost(board);
  const hello = { version: protocol.version, nonce: 4711 };
  return {
    get nowUs() {
      return board.nowUs;
    },
    connect: (receive) => board.connect(receive),
    disconnect: () => board.disconnect(),
    hang: async (kind) => {
      await board.order(kind.toUpperCase());
    },
    greet: () => board.send(master.frame(FrameType.hello, (to) => writeHello(to, 0, hello))),
  };
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
    const { host, result } = await driveOnce(config, board, car, drives, 1, (made) => {
      saboteur = new Saboteur(schedule, random, victimOf(board), made, car);
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
    const names = await expectRecorded(drives, result, driving, saboteur.suspensions, schedule);

    // a fresh start drives again, and not before it was armed
    car.lie = () => {};
    const restartUs = board.nowUs;
    const again = await driveOnce(config, board, car, drives, 1000, () => {});
    expect(again.result).toEqual({ steps: expect.any(Number), stopped: undefined });
    const second = again.host.spanOf(RuntimeState.driving);
    expectAll(widths(board.throttle, restartUs, second?.from ?? 0), 1500);
    expect(Math.max(...widths(board.throttle, second?.from ?? 0))).toBeGreaterThan(1600);
    expectAll(widths(board.throttle, (second?.to ?? 0) + COMMANDED_WITHIN_US), 1500);
    noteOutcome({ seed, schedule, fault: names[0] ?? null });
  });
