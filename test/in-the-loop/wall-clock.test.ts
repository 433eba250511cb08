/**
 * The whole program against the real firmware by the clock on the wall: the command line, the control thread on its own
 * descriptor, kill -9 while driving, resume, Ctrl-C, `lapgrad stop`. Nothing is asserted about how punctual a computer
 * is that others use too: a drive that the gates stop for lateness is begun anew.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { newFolder } from "../support/runs.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { expectAll, NEUTRAL_WITHIN_US, widths } from "./pulses.js";
import { appears, byTheWall, ended, inTime, isOver, lapgrad, moves, passes, sleep, trained } from "./wall.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

atmega.test("kill -9 while driving: neutral on the pins in time; resumed, and stopped by Ctrl-C: nothing is lost", () =>
  byTheWall(folder, async (wall) => {
    const { board, car, run } = wall;
    const first = await inTime(async () => {
      const program = await trained(wall);
      // in the middle of a checkpoint, as far as the file system tells it in time
      await appears(join(run, "checkpoints"), /\.tmp$/, program);
      return program;
    });
    expect(first.child.exitCode).toBe(null);
    const killedUs = board.nowUs;
    first.child.kill("SIGKILL");
    await ended(first);
    await passes(board, killedUs + NEUTRAL_WITHIN_US + 100_000);
    expectAll(widths(board.throttle, killedUs + NEUTRAL_WITHIN_US), 1500);

    // what was driven is there, and going on begins at rest, with arming
    let recovered = "";
    const second = await inTime(async () => {
      car.put();
      const resumedUs = board.nowUs;
      const program = lapgrad(["train", "--resume", run, "--arm"]);
      while (!isOver(program) && !moves(board, resumedUs)) await sleep(20);
      const movedUs = board.throttle.find(({ riseUs, widthUs }) => riseUs >= resumedUs && widthUs > 1550)?.riseUs;
      expect((movedUs ?? Number.POSITIVE_INFINITY) - resumedUs).toBeGreaterThan(300_000);
      recovered += program.said();
      program.child.kill("SIGINT");
      await ended(program);
      return program;
    });
    expect(recovered).toMatch(/was not closed|recovered/i);
    await passes(board, board.nowUs + 100_000);
    expect(second.child.exitCode).toBe(0);
    expectAll(widths(board.throttle, board.nowUs - 60_000), 1500);
    const drives = join(run, "drives");
    expect((await readdir(drives)).slice(0, 2)).toEqual(["0001.mcap", "0002.mcap"]);
    const recording = await readRecording(join(drives, "0001.mcap"));
    expect(recording.events.map(({ name }) => name)).toContain("recovered");
  }),
);

atmega.test("lapgrad stop from another terminal: neutral on the pins, at rest, and the program ends in order", () =>
  byTheWall(folder, async (wall) => {
    const { board, run } = wall;
    await inTime(async () => {
      const program = await trained(wall);
      const stop = lapgrad(["stop", run]);
      await ended(stop);
      if (/nothing drives/.test(stop.said())) return program; // it was stopped for lateness just now
      expect(stop.said()).toMatch(/^process \d+, .*drives: at rest and disarmed after /);
      expect(stop.child.exitCode).toBe(0);
      await ended(program);
      expect(program.child.exitCode).toBe(0);
      expectAll(widths(board.throttle, board.nowUs - 60_000), 1500);
      return program;
    });
  }),
);

atmega.test(
  "who waits for a board's time waits no longer when it has ended, and keeps no test from ending",
  async () => {
    const { board } = await startBoard();
    const waiting = passes(board, Number.POSITIVE_INFINITY);
    await board.stop();
    await expect(waiting).resolves.toBeUndefined();
  },
);
