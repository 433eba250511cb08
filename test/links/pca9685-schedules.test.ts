/**
 * Random schedules of faults (seeded) while a car drives over simulated PCA9685 chips: whatever goes wrong, the motor
 * is neutral in time, nothing starts by itself, and a fresh start drives again. LAPGRAD_SOAK=200 runs so many schedules
 * instead of one.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { COMMANDED_WITHIN_US, NEUTRAL_WITHIN_US } from "../in-the-loop/pulses.js";
import { randomSchedule, SABOTAGES, type Sabotage, Saboteur } from "../in-the-loop/sabotage.js";
import { driveOnce, expectRecorded, isDisturbed, randomFrom, SCHEDULES, SEGMENTS } from "../in-the-loop/schedules.js";
import { closeFakes, FakePca9685, PCA_CAR } from "../support/fake-pca9685.js";
import { noteOutcome } from "../support/outcomes.js";
import { newFolder } from "../support/runs.js";

/** There is no hello to a helper, no sensor that could lie, no clock that wraps, and one way to hang. */
const KINDS = SABOTAGES.filter((kind) => !["master", "rollover", "freeze", "lie"].includes(kind));
const config = completeConfig({ ...PCA_CAR, hidden: [4], window: "0:0:0", "rollout-segments": SEGMENTS });

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterEach(closeFakes);
afterAll(() => rm(folder, { recursive: true }));

/** The motor is not driven in a span of time [µs]. */
function expectNeutral({ driven }: FakePca9685, fromUs: number, toUs = Number.POSITIVE_INFINITY): void {
  expect(driven.filter((us) => us >= fromUs && us < toUs)).toEqual([]);
}

/** Neutral where a schedule leaves the driver without commands, or suspends it for 0.3 s. */
function expectNeutralBy(fake: FakePca9685, schedule: readonly Sabotage[], beganUs: number): void {
  for (const { kind, at, lasts } of schedule) {
    if (!["silence", "stall", "cable", "hang"].includes(kind)) continue;
    const until = kind === "hang" ? 0.3 : lasts;
    expectNeutral(fake, beganUs + 1e6 * at + NEUTRAL_WITHIN_US, beganUs + 1e6 * (at + until));
  }
}

for (let seed = 1; seed <= SCHEDULES; seed++)
  test(`schedule ${seed}`, async () => {
    const random = randomFrom(seed);
    const schedule = randomSchedule(random, KINDS);
    const drives = join(folder, `${seed}`);
    const fake = await FakePca9685.make({ plant: "nominal" });
    // it is put back by hand, between two drives
    const car = { run: (ms: number) => fake.run(ms), put: () => {} };
    let saboteur: Saboteur | undefined;
    const { host, result } = await driveOnce(config, fake, car, drives, 1, (made) => {
      made.poses = fake;
      saboteur = new Saboteur(schedule, random, fake, made, fake);
    });
    const what = `${JSON.stringify(schedule)}: ${result.stopped}`;
    const driving = host.spanOf(RuntimeState.driving);
    if (!driving || !saboteur) throw new Error(`it never drove: ${what}`);

    expectNeutral(fake, 0, driving.from);
    expectNeutralBy(fake, schedule, driving.from);
    const late = isDisturbed(schedule, (driving.to - driving.from) / 1e6) ? NEUTRAL_WITHIN_US : COMMANDED_WITHIN_US;
    expectNeutral(fake, driving.to + late);
    const names = await expectRecorded(drives, result, driving, saboteur.suspensions, schedule);

    // a fresh start drives again, and not before it was armed
    fake.put();
    const restartUs = fake.nowUs;
    const again = await driveOnce(config, fake, car, drives, 1000, (made) => {
      made.poses = fake;
    });
    expect(again.result).toEqual({ steps: expect.any(Number), stopped: undefined });
    const second = again.host.spanOf(RuntimeState.driving);
    if (!second) throw new Error("it did not drive again");
    expectNeutral(fake, restartUs, second.from);
    expect(fake.driven.filter((us) => us > second.from).length).toBeGreaterThan(100);
    expectNeutral(fake, second.to + COMMANDED_WITHIN_US);
    noteOutcome({ link: "pca9685", seed, schedule, fault: names[0] ?? null });
  });
