/** The RP2040's firmware in rp2040js: boot, protocol and failsafe on its pins. */
import { expect } from "@jest/globals";
import { ArmResult, Board, BoardState, Cause, ResetFlag } from "../../src/links/wire/protocol.js";
import { firmware } from "../support/firmware.js";
import { TestHost } from "./host.js";
import { expectAll, LATEST_NEUTRAL_US, PERIOD_US, widths } from "./pulses.js";
import { SimulatedRp2040, uf2Image } from "./simulated-rp2040.js";

const rp2040 = firmware("rp2040");

async function startBoard(wrapMs?: number) {
  const board = new SimulatedRp2040(rp2040.path("rp2040.uf2"), (bytes) => host.receive(bytes), wrapMs);
  const host = new TestHost(board);
  await board.run(50);
  return { board, host };
}

rp2040.test("the loader ends with the checksum that the boot ROM wants", async () => {
  const { bootChecksum } = await import(new URL("../../../scripts/firmware/rp2040.mjs", import.meta.url).href);
  expect(bootChecksum(new TextEncoder().encode("123456789"))).toBe(0x0376e6e7); // the check value of CRC-32/MPEG-2
  const image = Buffer.from(uf2Image(rp2040.path("rp2040.uf2")));
  expect(image.readUInt32LE(252)).toBe(bootChecksum(image.subarray(0, 252)));
  expect(image.readUInt32LE(256)).toBe(0x20040000); // the stack, first of the vectors
});

rp2040.test("neutral from the first pulse on, and nothing moves without arming", async () => {
  const { board, host } = await startBoard();
  await host.hello(7);
  expect(host.welcome).toMatchObject({ nonce: 7, board: Board.rp2040 });
  await host.drive(300, 1, 1);
  expect(board.throttle[0]?.riseUs).toBeLessThan(1000);
  expectAll(widths(board.throttle, 0), 1500);
  expectAll(widths(board.steering, 0), 1500);
  expect(host.telemetry.state).toBe(BoardState.disarmed);
  expect(host.reader.checksumErrors + host.reader.framingErrors).toBe(0);
});

rp2040.test("arms after 300 ms of neutral, drives, and goes neutral in silence", async () => {
  const { board, host } = await startBoard();
  await host.hello(1);
  await host.drive(200, 0, 0);
  expect(await host.arm()).toBe(ArmResult.neutralTooShort);
  await host.drive(140, 0, 0);
  expect(await host.arm()).toBe(ArmResult.armed);
  await host.drive(300, 0.5, -0.5);
  const lastUs = board.nowUs - PERIOD_US;
  await board.run(300);
  expectAll(widths(board.throttle, lastUs, lastUs + 190_000), 1750);
  expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
  expectAll(widths(board.steering, lastUs - 100_000, lastUs), 1250);
  expect(host.telemetry).toMatchObject({ state: BoardState.failsafe, cause: Cause.commandTimeout, failsafes: 1 });
  const backUs = board.nowUs;
  await host.drive(100, 0.5, 0);
  expectAll(widths(board.throttle, backUs), 1500);
});

rp2040.test("driving and failsafe work while the clock wraps", async () => {
  for (const wrapMs of [600, 800]) {
    const { board, host } = await startBoard(wrapMs);
    await host.getArmed();
    await host.drive(300, 0.5, 0);
    const lastUs = board.nowUs - PERIOD_US;
    await board.run(300);
    expectAll(widths(board.throttle, lastUs - 150_000, lastUs + 190_000), 1750);
    expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
    expect(host.telemetry.time).toBeLessThan(1_000_000);
  }
});

// rp2040js tells when the watchdog would reset the chip; what that resets is played by the test
rp2040.test("a processor that stands still: watchdog after 120 ms, then neutral", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  await host.drive(200, 0.5, 0);
  const frozenUs = board.nowUs;
  board.freeze();
  await board.run(95); // fed at most 20 ms before
  expect(board.starts).toBe(1);
  await board.run(30);
  expect(board.starts).toBe(2);
  await host.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, frozenUs + 125_000), 1500);
  expect(host.telemetry.state).toBe(BoardState.disarmed);
  expect(host.telemetry.resetCause).toBe(ResetFlag.watchdog);
  expect(host.telemetry.sessionErrors).toBeGreaterThan(5);
});
