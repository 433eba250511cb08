/** Limits, radio and sensors of the ATmega328P's firmware, on its pins. */
import { expect } from "@jest/globals";
import {
  ArmResult,
  BoardState,
  Cause,
  ConfigFlag,
  ConfigureResult,
  HealthFlag,
  SensorFlag,
} from "../../src/links/wire/protocol.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { defaultConfig } from "./host.js";
import { expectAll, PERIOD_US, widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";

stopBoardsAfterEachTest();

const AUTO = 1000;
const STOP = 1500;
const MANUAL = 2000;
/** The radio is measured in steps of 4 µs, at both edges, and after other interrupts. */
const RADIO_US = 12;

async function radio(board: SimulatedBoard, steering: number, throttle: number, mode: number): Promise<void> {
  for (const [channel, width] of [steering, throttle, mode].entries()) await board.order(`RADIO ${channel} ${width}`);
}

atmega.test("pulses keep to the configured limits, trim and direction", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  const config = { ...defaultConfig, steeringMin: 1200, steeringCentre: 1480, steeringMax: 1700 };
  const limits = { throttleMin: 1400, throttleMax: 1600, flags: ConfigFlag.steeringReversed };
  expect(await host.configure({ ...config, ...limits })).toBe(ConfigureResult.applied);
  expect(await host.getArmed()).toBe(ArmResult.armed);
  expectAll(widths(board.steering, board.nowUs - 100_000), 1480);
  await host.drive(200, 1, 1);
  expectAll(widths(board.throttle, board.nowUs - 100_000), 1600);
  expectAll(widths(board.steering, board.nowUs - 100_000), 1200);
  await host.drive(300, -1, -0.5);
  expectAll(widths(board.throttle, board.nowUs - 100_000), 1400);
  expectAll(widths(board.steering, board.nowUs - 100_000), 1590);
});

atmega.test("a configuration out of limits, or while armed, changes nothing", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  expect(await host.configure({ ...defaultConfig, throttleMax: 2101 })).toBe(ConfigureResult.outOfLimits);
  expect(host.configured.throttleMax).toBe(2000);
  await host.getArmed();
  expect(await host.configure({ ...defaultConfig, throttleNeutral: 1550 })).toBe(ConfigureResult.notDisarmed);
  await host.disarm();
  expectAll(widths(board.throttle, 0), 1500);
});

atmega.test("slew: 1000 µs/s is 20 µs from pulse to pulse; back to neutral at once", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  await host.configure({ ...defaultConfig, throttleSlew: 1000, steeringSlew: 2000 });
  await host.getArmed();
  const fromUs = board.nowUs;
  await host.drive(400, 1, -1);
  const throttle = widths(board.throttle, fromUs + PERIOD_US);
  const steering = widths(board.steering, fromUs + PERIOD_US);
  // the tick and the pulse period are not in phase: 1 µs more or less
  for (const [i, width] of throttle.slice(1).entries()) expect(Math.abs(width - throttle[i] - 20)).toBeLessThan(2);
  for (const [i, width] of steering.slice(1, 12).entries()) expect(Math.abs(steering[i] - width - 40)).toBeLessThan(3);
  await host.drive(20, 0, -1);
  const backUs = board.nowUs;
  await board.run(40);
  expectAll(widths(board.throttle, backUs), 1500);
});

atmega.test("the radio takes over while a host drives, and the host must arm again", async () => {
  const { board, host } = await startBoard();
  await radio(board, 1500, 1500, AUTO);
  expect(await host.getArmed()).toBe(ArmResult.armed);
  await host.drive(200, 0.5, 0);
  expect(host.telemetry.sensors & SensorFlag.rc).toBe(SensorFlag.rc);
  await radio(board, 1300, 1500, MANUAL);
  await host.drive(200, 0.5, 0);
  expect(host.telemetry.state).toBe(BoardState.manual);
  expectAll(widths(board.throttle, board.nowUs - 60_000), 1500, RADIO_US);
  await radio(board, 1300, 1600, MANUAL);
  await host.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, board.nowUs - 60_000), 1600, RADIO_US);
  expectAll(widths(board.steering, board.nowUs - 60_000), 1300, RADIO_US);
  await radio(board, 1300, 1600, AUTO);
  await host.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, board.nowUs - 100_000), 1500);
  expect(host.telemetry.state).toBe(BoardState.disarmed);
  expect(host.telemetry.cause).toBe(Cause.rcManual);
});

atmega.test("the radio's stop position stops within three pulse periods", async () => {
  const { board, host } = await startBoard();
  await radio(board, 1500, 1500, AUTO);
  await host.getArmed();
  await host.drive(200, 0.5, 0);
  await radio(board, 1500, 1500, STOP);
  const stopUs = board.nowUs;
  await host.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, stopUs + 3 * PERIOD_US), 1500);
  expect(host.telemetry.cause).toBe(Cause.rcStop);
});

atmega.test(
  "a required radio: no arming without it; lost while driving: neutral within 100 ms and two periods",
  async () => {
    const { board, host } = await startBoard();
    await host.hello(1);
    await host.configure({ ...defaultConfig, flags: ConfigFlag.rcRequired });
    expect(await host.getArmed()).toBe(ArmResult.rcLost);
    await radio(board, 1500, 1500, AUTO);
    await host.drive(340, 0, 0);
    expect(await host.arm()).toBe(ArmResult.armed);
    await host.drive(200, 0.5, 0);
    await radio(board, 0, 0, 0);
    const lostUs = board.nowUs;
    await host.drive(300, 0.5, 0);
    expectAll(widths(board.throttle, lostUs, lostUs + 80_000), 1750);
    expectAll(widths(board.throttle, lostUs + 100_000 + 2 * PERIOD_US), 1500);
    expect(host.telemetry.cause).toBe(Cause.rcLost);
  },
);

atmega.test("a radio that was received once is required, until another host comes", async () => {
  const { board, host } = await startBoard();
  await radio(board, 1500, 1500, AUTO);
  expect(await host.getArmed()).toBe(ArmResult.armed);
  await host.drive(200, 0.5, 0);
  await radio(board, 0, 0, 0);
  const lostUs = board.nowUs;
  await host.drive(300, 0.5, 0);
  expectAll(widths(board.throttle, lostUs, lostUs + 80_000), 1750);
  expectAll(widths(board.throttle, lostUs + 100_000 + 2 * PERIOD_US), 1500);
  expect(host.telemetry.cause).toBe(Cause.rcLost);
  expect(await host.getArmed()).toBe(ArmResult.rcLost);
  expect(await host.getArmed(2)).toBe(ArmResult.armed);
});

for (const [what, order, cause, afterMs] of [
  ["a blow of 6 g", "ACCEL 12000 4000 2048", Cause.shock, 10],
  ["a car on its side for 0.3 s", "ACCEL 0 2048 0", Cause.tilt, 310],
] as const)
  atmega.test(`${what}: neutral within a pulse period, and latched`, async () => {
    const { board, host } = await startBoard();
    await board.order("GYRO 0");
    await board.run(2500);
    expect(await host.getArmed()).toBe(ArmResult.armed);
    await host.drive(200, 0.5, 0);
    const fromUs = board.nowUs;
    await board.order(order);
    await host.drive(400, 0.5, 0);
    if (afterMs > 200) expectAll(widths(board.throttle, fromUs, fromUs + 250_000), 1750);
    expectAll(widths(board.throttle, fromUs + 1000 * afterMs + PERIOD_US), 1500);
    expect(host.telemetry).toMatchObject({ state: BoardState.failsafe, cause });
    await board.order("ACCEL 0 0 2048");
    await host.drive(400, 0.5, 0);
    expectAll(widths(board.throttle, fromUs + 400_000), 1500);
    await host.drive(340, 0, 0);
    expect(await host.arm()).toBe(ArmResult.armed);
  });

atmega.test("a car on its side is not armed", async () => {
  const { board, host } = await startBoard();
  await board.order("GYRO 0");
  await board.order("ACCEL 2048 0 300");
  await board.run(2500);
  expect(await host.getArmed()).toBe(ArmResult.tilted);
});

for (const [lie, flag, isMeasured] of [
  ["saturated", HealthFlag.gyroSaturated, true],
  ["frozen", HealthFlag.gyroFrozen, true],
  ["asleep", HealthFlag.gyroAsleep, false],
] as const)
  atmega.test(`a gyro that is ${lie} is told`, async () => {
    const { board, host } = await startBoard();
    await board.order("GYRO 0");
    await board.run(2500);
    expect(host.telemetry).toMatchObject({
      health: 0,
      accelForward: 0,
      accelLeft: 0,
      accelUp: 9.8,
      gyroSpread: 0.0005,
    });
    await board.order(`CHIP ${lie}`);
    await board.run(800);
    expect(host.telemetry.health).toBe(flag);
    expect((host.telemetry.sensors & SensorFlag.gyro) !== 0).toBe(isMeasured);
    await board.order("CHIP honest");
    await board.run(4000);
    expect(host.telemetry.health).toBe(0);
    expect(host.telemetry.sensors & SensorFlag.gyro).toBe(SensorFlag.gyro);
  });

atmega.test("a gyro that fails its self-test measures nothing", async () => {
  const { board, host } = await startBoard();
  await board.order("CHIP faulty");
  await board.order("GYRO 0");
  await board.run(2500);
  expect(host.telemetry.health).toBe(HealthFlag.gyroSelfTest);
  expect(host.telemetry.sensors & SensorFlag.gyro).toBe(0);
});

atmega.test("wheel, battery and gyro reach telemetry", async () => {
  const { board, host } = await startBoard();
  await board.order("BATTERY 815"); // of 1100 at the converter: 11.0 V at the battery
  await board.order("GYRO 0");
  await board.order("WHEEL 2000");
  await board.run(2500);
  await board.order("GYRO 3280"); // 100 °/s
  await board.run(1000);
  const { wheelTicks, yawAngle } = host.telemetry;
  expect(Math.abs(host.telemetry.wheelSpeed - 500)).toBeLessThan(2);
  expect(wheelTicks).toBeGreaterThan(1700);
  expect(Math.abs(host.telemetry.battery - 11)).toBeLessThan(0.05);
  expect(host.telemetry.yawRate).toBe(1.745);
  const chip = SensorFlag.gyro | SensorFlag.accelerometer | SensorFlag.standing;
  expect(host.telemetry.sensors).toBe(chip | SensorFlag.battery);
  await board.order("WHEEL -4000");
  await board.run(1000);
  expect(Math.abs(host.telemetry.wheelSpeed + 250)).toBeLessThan(2);
  // each telemetry is up to 50 ms old, which was 25 ticks forwards before and 12 backwards after
  expect(Math.abs(host.telemetry.wheelTicks - wheelTicks + 250)).toBeLessThan(40);
  expect(Math.abs(host.telemetry.yawAngle - yawAngle - 1.745)).toBeLessThan(0.01);
  await board.order("ACCEL 1024 -2048 2048");
  await board.run(100);
  expect(host.telemetry).toMatchObject({ accelForward: 4.9, accelLeft: -9.8, accelUp: 9.8, health: 0 });
  await board.order("BATTERY 0");
  await board.order("GYRO none");
  await board.order("WHEEL 0");
  await board.run(1000);
  expect(host.telemetry.health).toBe(HealthFlag.batteryLost);
  await board.order("BATTERY 815");
  await board.run(1100);
  expect(host.telemetry.health).toBe(0);
  expect(host.telemetry.sensors).toBe(SensorFlag.battery);
  expect(host.telemetry.yawRate).toBe(0);
  expect(host.telemetry.wheelSpeed).toBe(0);
});
