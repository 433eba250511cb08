/** What a bad line does to the ATmega328P's firmware, on its pins: damaged, repeated, late, lost and too many bytes. */
import { createHash } from "node:crypto";
import { expect } from "@jest/globals";
import { ArmResult, BoardState, Cause } from "../../src/links/wire/protocol.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import type { TestHost } from "./host.js";
import { expectAll, LATEST_NEUTRAL_US, PERIOD_US, widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";

stopBoardsAfterEachTest();

/**
 * Drives at half throttle, then sends only what `bad` makes, every 20 ms, for 400 ms; the throttle must go neutral in
 * time.
 */
async function expectNeutralUnder(bad: (host: TestHost, i: number) => Uint8Array) {
  const { board, host } = await startBoard();
  expect(await host.getArmed()).toBe(ArmResult.armed);
  await host.drive(300, 0.5, 0);
  const lastUs = board.nowUs - PERIOD_US;
  for (let i = 0; i < 20; i++) {
    await board.send(bad(host, i));
    await board.run(20);
  }
  await board.run(60); // the counters come with the next telemetry
  expectAll(widths(board.throttle, lastUs, lastUs + 190_000), 1750);
  expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
  expect(host.telemetry.state).toBe(BoardState.failsafe);
  expect(host.telemetry.cause).toBe(Cause.commandTimeout);
  return { board, host };
}

/** Half throttle still arrives when only some frames are bad. */
async function expectStillDriving(board: SimulatedBoard, host: TestHost): Promise<void> {
  const fromUs = board.nowUs;
  await host.drive(200, 0.5, 0);
  expectAll(widths(board.throttle, fromUs + 60_000), 1750);
  expect(host.telemetry.state).toBe(BoardState.armed);
}

atmega.test("one flipped bit in every frame: none counts", async () => {
  const { host } = await expectNeutralUnder((from, i) => {
    const frame = from.driveFrame(1, 0);
    // a bit of the payload's last bytes, which are no 0 and become none
    frame[frame.length - 4 - (i % 2)] ^= i % 2 ? 0x40 : 0x80;
    return frame;
  });
  expect(host.telemetry.checksumErrors + host.telemetry.framingErrors).toBe(20);
});

atmega.test("frames cut off: thrown away after 10 ms of silence, the next one counts", async () => {
  const { board, host } = await expectNeutralUnder((from) => from.driveFrame(1, 0).subarray(0, 8));
  expect(host.telemetry.framingErrors).toBe(20);
  await host.drive(340, 0, 0);
  expect(await host.arm()).toBe(ArmResult.armed);
  await board.send(host.driveFrame(0.5, 0).subarray(0, 8));
  await board.run(20);
  await expectStillDriving(board, host);
});

atmega.test("the same frame again and again does not count", async () => {
  const { host } = await expectNeutralUnder((from) => from.driveFrame(1, 0, (from.sequence - 1) & 0xff));
  expect(host.telemetry.sequenceErrors).toBe(20);
});

atmega.test("frames in the wrong order: late ones change nothing", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  await host.drive(100, 0.5, 0);
  for (let i = 0; i < 10; i++) {
    const late = host.driveFrame(-1, -1);
    const punctual = host.driveFrame(0.5, 0);
    await board.send(punctual);
    await board.send(late);
    await board.run(20);
  }
  await board.run(60);
  expectAll(widths(board.throttle, board.nowUs - 180_000), 1750);
  expectAll(widths(board.steering, board.nowUs - 180_000), 1500);
  expect(host.telemetry.sequenceErrors).toBe(10);
});

atmega.test("noise between frames costs at most the frame it touches", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  let state = 1;
  for (let i = 0; i < 50; i++) {
    const noise = Uint8Array.from({ length: 40 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    await board.send(noise);
    await board.send(Uint8Array.of(0));
    await board.send(host.driveFrame(0.5, 0));
    await board.run(20);
  }
  expectAll(widths(board.throttle, board.nowUs - 800_000), 1750);
  expect(host.telemetry.framesAccepted).toBeGreaterThan(70);
});

atmega.test("more bytes than the chip can take: counted as lost, and driving goes on afterwards", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  await board.order("BYTE 40"); // sixteen times the speed of the line
  await board.send(new Uint8Array(3000).fill(0x55));
  await board.run(20);
  await board.order("BYTE 640");
  await host.drive(60, 0, 0);
  expect(host.telemetry.uartErrors).toBeGreaterThan(100);
  await expectStillDriving(board, host);
});

atmega.test("the cable is pulled while driving: neutral; plugged in again: nothing moves before arming", async () => {
  const { board, host } = await startBoard();
  await host.getArmed();
  await host.drive(300, 0.5, 0);
  const lastUs = board.nowUs - PERIOD_US;
  await board.disconnect();
  await board.run(400);
  expectAll(widths(board.throttle, lastUs + LATEST_NEUTRAL_US), 1500);
  await board.connect(host.receive);
  host.reader.reset();
  const backUs = board.nowUs;
  await host.drive(300, 0.5, 0);
  expectAll(widths(board.throttle, backUs), 1500);
  expect(host.telemetry.state).toBe(BoardState.failsafe);
  await host.drive(340, 0, 0);
  expect(await host.arm()).toBe(ArmResult.armed);
  await expectStillDriving(board, host);
});

atmega.test("the same drive twice gives the same edges and bytes", async () => {
  const hashes = [];
  for (let i = 0; i < 2; i++) {
    const { board, host } = await startBoard();
    await host.getArmed();
    await host.drive(1000, 0.3, 0.7);
    await board.run(300);
    hashes.push(createHash("sha256").update(board.log.join("\n")).digest("hex"));
  }
  expect(hashes[0]).toBe(hashes[1]);
});
