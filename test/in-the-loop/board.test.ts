/** What `doctor --ask-board` and `stop --device` say to the real firmware. */
import { expect, test } from "@jest/globals";
import { board as checks } from "../../src/doctor/board.js";
import { askBoard, disarmBoard } from "../../src/links/board.js";
import { ArmResult, Board, protocol, ResetFlag, SensorFlag, WelcomeResult } from "../../src/links/wire/protocol.js";
import { fakeSystem, findings } from "../doctor/fake.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { expectAll, widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { BoardTransport } from "./virtual-host.js";

stopBoardsAfterEachTest();

/** A port to the board, and time that passes on it. */
async function reconnected(board: SimulatedBoard): Promise<[BoardTransport, (ms: number) => Promise<void>]> {
  const port = new BoardTransport();
  await board.disconnect();
  await board.connect(port.arrive);
  const pause = async (ms: number) => {
    const bytes = port.takeSent();
    if (bytes.length > 0) await board.send(bytes);
    await board.run(ms);
  };
  return [port, pause];
}

atmega.test("a board says which firmware it has, why it started, and what is wired to it", async () => {
  const { board } = await startBoard();
  await board.order("BATTERY 1000");
  await board.order("GYRO 0");
  const [port, pause] = await reconnected(board);
  const answer = await askBoard(port, pause, 7);
  if ("bytes" in answer) throw new Error("it did not answer");
  expect(answer.welcome).toMatchObject({
    result: WelcomeResult.accepted,
    version: protocol.version,
    board: Board.atmega328p,
    nonce: 7,
  });
  expect(answer.welcome.resetCause).toBe(ResetFlag.powerOn);
  const chip = SensorFlag.gyro | SensorFlag.accelerometer | SensorFlag.standing;
  expect(answer.telemetry.sensors).toBe(chip | SensorFlag.battery | SensorFlag.session);
  // 150 kΩ above 12 kΩ: 13.5 times what is at the pin; the converter has 10 bits
  expect(answer.telemetry.battery).toBeCloseTo(13.5, 0);

  const found = await findings(checks, fakeSystem({ askBoard: async () => answer }), {
    folder: "/runs",
    device: "/dev/ttyACM0",
    askBoard: true,
  });
  expect(found).toMatchObject({
    firmware: expect.stringMatching(/^ok: ATmega328P, protocol version 2$/),
    "last start": "ok: by power on",
    gyro: "ok: measures",
    "self-test": "ok: gyro noise 0.0005 rad/s of 0.1, bias 0.0000 rad/s of 0.02",
    battery: expect.stringMatching(/^ok: 13\.\d\d V$/),
    radio: expect.stringMatching(/^note: not received.*→ switch the transmitter on/),
  });
});

atmega.test("a board that drives is disarmed without a session of ours, and says so", async () => {
  const { board, host } = await startBoard();
  expect(await host.getArmed()).toBe(ArmResult.armed);
  await host.drive(100, 0.5, 0);
  const [port, pause] = await reconnected(board);
  const fromUs = board.nowUs;
  expect(await disarmBoard(port, pause)).toBe("disarmed");
  await board.run(60);
  expect(board.nowUs - fromUs).toBeLessThan(200_000); // so it was not the time-out
  expectAll(widths(board.throttle, fromUs + 40_000), 1500);
});

test("nothing at the other end: no answer", async () => {
  const pause = async () => {};
  expect(await askBoard(new BoardTransport(), pause, 1)).toStrictEqual({ bytes: 0 });
  expect(await disarmBoard(new BoardTransport(), pause)).toStrictEqual({ bytes: 0 });
});
