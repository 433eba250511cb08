/**
 * Random schedules of faults (seeded) while a car drives through a simulated VESC: whatever goes wrong, the motor is
 * braked in time, nothing starts by itself, and a fresh start drives again. LAPGRAD_SOAK=200 runs so many schedules
 * instead of one.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { COMMANDED_WITHIN_US, NEUTRAL_WITHIN_US } from "../in-the-loop/pulses.js";
import { randomSchedule, SABOTAGES, type Sabotage, Saboteur } from "../in-the-loop/sabotage.js";
import { driveOnce, expectRecorded, isDisturbed, randomFrom, SCHEDULES, SEGMENTS } from "../in-the-loop/schedules.js";
import { ELECTRICAL_TRAVEL, FakeVesc } from "../support/fake-vesc.js";
import { noteOutcome } from "../support/outcomes.js";
import { newFolder } from "../support/runs.js";

/** There is no other program's hello to a VESC, no clock of its own that wraps, and one way to hang. */
const KINDS = SABOTAGES.filter((kind) => !["master", "rollover", "freeze"].includes(kind));
const config = completeConfig({
  link: "vesc",
  "wheel-travel": ELECTRICAL_TRAVEL,
  hidden: [4],
  window: "0:0:0",
  "rollout-segments": SEGMENTS,
});

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** The motor is not driven in a span of time [µs]. */
function expectBraked({ driven }: FakeVesc, fromUs: number, toUs = Number.POSITIVE_INFINITY): void {
  expect(driven.filter((us) => us >= fromUs && us < toUs)).toEqual([]);
}

/** Braked where a schedule leaves the VESC without commands; one that hangs is started anew, and may be driven then. */
function expectBrakedBy(fake: FakeVesc, schedule: readonly Sabotage[], beganUs: number): void {
  for (const { kind, at, lasts } of schedule) {
    if (!["silence", "stall", "cable"].includes(kind)) continue;
    // while it hangs its time-out does not run, and its start begins another
    const hangs = schedule.filter((other) => other.kind === "hang" && other.at < at + lasts);
    const last = Math.max(at, ...hangs.map((hang) => hang.at + 0.05));
    expectBraked(fake, beganUs + 1e6 * last + NEUTRAL_WITHIN_US, beganUs + 1e6 * (at + lasts));
  }
}

for (let seed = 1; seed <= SCHEDULES; seed++)
  test(`schedule ${seed}`, async () => {
    const random = randomFrom(seed);
    const schedule = randomSchedule(random, KINDS);
    const drives = join(folder, `${seed}`);
    const fake = await FakeVesc.make({ plant: "nominal" });
    let saboteur: Saboteur | undefined;
    const { host, result } = await driveOnce(config, fake, fake, drives, 1, (made) => {
      saboteur = new Saboteur(schedule, random, fake, made, fake);
    });
    const what = `${JSON.stringify(schedule)}: ${result.stopped}`;
    const driving = host.spanOf(RuntimeState.driving);
    if (!driving || !saboteur) throw new Error(`it never drove: ${what}`);

    expect(fake.resets.length).toBeLessThanOrEqual(schedule.filter(({ kind }) => kind === "hang").length);
    expectBraked(fake, 0, driving.from);
    expectBrakedBy(fake, schedule, driving.from);
    const late = isDisturbed(schedule, (driving.to - driving.from) / 1e6) ? NEUTRAL_WITHIN_US : COMMANDED_WITHIN_US;
    expectBraked(fake, driving.to + late);
    const names = await expectRecorded(drives, result, driving, saboteur.suspensions, schedule);

    // a fresh start drives again, and not before it was armed
    fake.lie = () => {};
    const restartUs = fake.nowUs;
    const again = await driveOnce(config, fake, fake, drives, 1000, () => {});
    expect(again.result).toEqual({ steps: expect.any(Number), stopped: undefined });
    const second = again.host.spanOf(RuntimeState.driving);
    if (!second) throw new Error("it did not drive again");
    expectBraked(fake, restartUs, second.from);
    expect(fake.driven.filter((us) => us > second.from).length).toBeGreaterThan(100);
    expectBraked(fake, second.to + COMMANDED_WITHIN_US);
    noteOutcome({ link: "vesc", seed, schedule, fault: names[0] ?? null });
  });
