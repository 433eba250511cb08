/** The ATmega328P's firmware on its pins: boot, arming, silence, restarts, hangs, the wrap of its clock. */
import { expect } from "@jest/globals";
import { ArmResult, BoardState, Cause, protocol, ResetFlag, WelcomeResult } from "../../src/links/wire/protocol.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { TestHost } from "./host.js";
import { byReset, expectAll, LATEST_NEUTRAL_US, PERIOD_US, widths } from "./pulses.js";

stopBoardsAfterEachTest();

atmega.test("neutral from the first pulse on, 3 µs after reset, and nothing moves without arming", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  await host.drive(500, 1, 1);
  expect(board.throttle[0]?.riseUs).toBeLessThan(10);
  expect(board.throttle.length).toBe(28);
  expectAll(widths(board.throttle, 0), 1500);
  expectAll(widths(board.steering, 0), 1500);
  const gaps = board.throttle.slice(1).map(({ riseUs }, i) => riseUs - board.throttle[i].riseUs);
  for (const gap of gaps) expect(Math.abs(gap - PERIOD_US)).toBeLessThanOrEqual(1);
  expect(host.telemetry.state).toBe(BoardState.disarmed);
  expect(host.telemetry.resetCause).toBe(ResetFlag.powerOn);
});

atmega.test("arms only after 300 ms of neutral commands on a live link", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  expect(await host.arm()).toBe(ArmResult.staleLink);
  await host.drive(200, 0, 0);
  expect(await host.arm()).toBe(ArmResult.neutralTooShort);
  await host.drive(20, 0.01, 0);
  expect(await host.arm()).toBe(ArmResult.notNeutral);
  await host.drive(340, 0, 0);
  expect(await host.arm()).toBe(ArmResult.armed);
  const armedUs = board.nowUs;
  await host.drive(200, 0.5, -0.5);
  expectAll(widths(board.throttle, 0, armedUs), 1500);
  expectAll(widths(board.throttle, armedUs + 100_000), 1750);
  expectAll(widths(board.steering, armedUs + 100_000), 1250);
  expect(host.telemetry.throttlePulse).toBe(1750);
});

atmega.test("refuses another protocol version, and then to arm", async () => {
  const { host } = await startBoard();
  await host.hello(1, protocol.version + 1);
  expect(host.welcome.result).toBe(WelcomeResult.wrongVersion);
  expect(host.welcome.version).toBe(protocol.version);
  await host.drive(400, 0, 0);
  expect(await host.arm()).toBe(ArmResult.noSession);
});

atmega.test("silence: neutral within 200 ms and one pulse period, and latched", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  await host.drive(300, 0.5, 1);
  const lastUs = board.nowUs - PERIOD_US;
  await board.run(400);
  expectAll(widths(board.throttle, lastUs, lastUs + 190_000), 1750);
  expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
  expectAll(widths(board.steering, lastUs + LATEST_NEUTRAL_US + 40_000), 1500);
  expect(host.telemetry.cause).toBe(Cause.commandTimeout);
  const backUs = board.nowUs;
  await host.drive(500, 0.5, 1);
  expectAll(widths(board.throttle, backUs), 1500);
  expect(host.telemetry.state).toBe(BoardState.failsafe);
  await host.drive(340, 0, 0);
  expect(await host.arm()).toBe(ArmResult.armed);
});

// simavr alone takes no notice of a compare value whose high byte alone is new
atmega.test("stops reach the pin from a pulse whose compare value differs in the high byte only", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  for (const us of [1628, 1756]) {
    const [from, to] = [us, 1500].map((width) => 2 * width - 1);
    expect((from - to) % 256).toBe(0);
    await host.drive(200, (us - 1500) / 500, 0);
    expectAll(widths(board.throttle, board.nowUs - 60_000), us);
    await host.drive(20, 0, 0);
    const neutralUs = board.nowUs;
    await host.drive(60, 0, 0);
    expectAll(widths(board.throttle, neutralUs), 1500);
  }
});

// simavr alone takes a compare value at once: a pulse would last a whole period longer
atmega.test("a command that comes in the middle of a pulse leaves the pulse as it is", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  const beganUs = board.nowUs;
  for (let i = 0; i < 300; i++) {
    await board.send(host.driveFrame(0, i % 2 ? -1 : 1)); // at every phase of the pulses, 0.1 ms apart
    await board.run(PERIOD_US / 1000 + 0.1);
  }
  const steering = widths(board.steering, beganUs + 2 * PERIOD_US);
  expect(steering.length).toBeGreaterThan(290);
  expect(Math.min(...steering)).toBeGreaterThanOrEqual(999);
  expect(Math.max(...steering)).toBeLessThanOrEqual(2001);
});

atmega.test("a host that restarts while driving finds the board disarmed and must arm again", async () => {
  const { board, host } = await startBoard();
  await host.getArmed(1);
  await host.drive(200, 0.5, 0);
  const second = new TestHost(board);
  await board.disconnect();
  await board.connect(second.receive);
  const helloUs = board.nowUs;
  await second.hello(2);
  await second.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, helloUs + 2 * PERIOD_US), 1500);
  expect(second.telemetry.cause).toBe(Cause.newSession);
  expect(second.welcome.session).not.toBe(host.welcome.session);
  expect(await second.arm()).toBe(ArmResult.notNeutral);
  await second.drive(340, 0, 0);
  expect(await second.arm()).toBe(ArmResult.armed);
});

// timer 0 counts 1024 µs per overflow; its 32-bit count of overflows is preset so that the clock wraps at these times
atmega.test("driving, failsafe and arming work while the clock wraps", async () => {
  for (const wrapMs of [100, 500, 700, 900]) {
    const { board, host } = await startBoard();
    await board.order(`POKE clock_overflows ${2 ** 22 - Math.round((wrapMs * 1000) / 1024)}`);
    await board.run(1);
    expect(await host.getArmed()).toBe(ArmResult.armed);
    const armedUs = board.nowUs;
    await host.drive(300, 0.5, 0);
    const lastUs = board.nowUs - PERIOD_US;
    await board.run(400);
    expectAll(widths(board.throttle, armedUs + 100_000, lastUs + 190_000), 1750);
    expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
    expect(host.telemetry.time).toBeLessThan(2_000_000);
    expect(host.telemetry.failsafes).toBe(1);
  }
});

for (const [order, what] of [
  ["HANG", "interrupts still run"],
  ["FREEZE", "nothing runs"],
] as const)
  atmega.test(`a main loop that hangs while ${what}: watchdog, then neutral`, async () => {
    const { board, host } = await startBoard();
    await host.getArmed();
    await host.drive(200, 0.5, 0);
    const hungUs = board.nowUs;
    const { session } = host.welcome;
    await board.order(order);
    for (let i = 0; i < 20; i++) {
      await board.send(host.driveFrame(0.5, 0));
      await board.run(20);
    }
    // the pulse in flight is cut, all others are whole, the first of the new program too
    expect(board.resets).toHaveLength(1);
    const { whole, cut } = byReset(board.throttle, board.resets);
    expect(cut.length).toBeLessThanOrEqual(1);
    expectAll(widths(whole, hungUs, board.resets[0]), 1750);
    expectAll(widths(whole, board.resets[0]), 1500);
    // 125 ms of watchdog, then the first new pulse
    expectAll(widths(board.throttle, hungUs + 130_000), 1500);
    expect(host.telemetry.state).toBe(BoardState.disarmed);
    expect(host.telemetry.cause).toBe(Cause.boot);
    expect(host.telemetry.resetCause & ResetFlag.watchdog).toBe(ResetFlag.watchdog);
    expect(host.telemetry.sessionErrors).toBeGreaterThan(5);
    await host.hello(1);
    expect(host.welcome.session).not.toBe(session);
  });
