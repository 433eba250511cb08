/**
 * The whole program against the real firmware by the clock on the wall: the command line, the control thread on its own
 * descriptor, kill -9 while driving, resume, Ctrl-C, `lapgrad stop`. Nothing is asserted about how punctual a computer
 * is that others use too: a drive that the gates stop for lateness is begun anew.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { newFolder } from "../support/runs.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "./car.js";
import { expectAll, NEUTRAL_WITHIN_US, widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const SLICE_MS = 5;
const TRIES = 6;

/** Lets the board's time pass as the wall's does, in slices; when this process is late the board waits for it. */
class Pacer {
  #runs = true;
  readonly #done: Promise<void>;

  constructor(board: SimulatedBoard, car: SimulatedCar) {
    this.#done = this.#pace(board, car);
  }

  async #pace(board: SimulatedBoard, car: SimulatedCar): Promise<void> {
    for (let due = performance.now(); this.#runs; due = Math.max(due + SLICE_MS, performance.now() - SLICE_MS)) {
      await board.order("TAKE");
      await car.run(SLICE_MS);
      const wait = due + SLICE_MS - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async stop(): Promise<void> {
    this.#runs = false;
    await this.#done;
  }
}

interface Program {
  readonly child: ChildProcess;
  readonly said: () => string;
}

function lapgrad(...words: string[]): Program {
  const child = spawn(process.execPath, ["build/src/cli/main.js", ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const keep = (data: Buffer) => {
    text += data.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return { child, said: () => text };
}

/** Settings of the simulated car, and those that let a busy computer drive it. */
const robotAt = (device: string) =>
  `--link serial --device ${device} --wheel-travel ${WHEEL_TRAVEL} --corridor 4 --stale-after 0.5 --max-speed 9`.split(
    " ",
  );
const TRAINING = "--hidden 8 --update-every 8 --rollouts 9".split(" ");

const moves = (board: SimulatedBoard, fromUs: number) => widths(board.throttle, fromUs).some((us) => us > 1550);

/** Starts the program, and waits until it has driven for a second, or has ended. */
async function driven(board: SimulatedBoard, ...words: string[]): Promise<Program> {
  const fromUs = board.nowUs;
  const program = lapgrad(...words);
  while (program.child.exitCode === null && !moves(board, fromUs)) await sleep(20);
  await sleep(1000);
  if (!moves(board, board.nowUs - 100_000)) await ended(program);
  return program;
}

/** Does something again as long as this computer was too busy for the program in it, which the gates then stopped. */
async function inTime(attempt: () => Promise<Program>): Promise<Program> {
  for (let i = 0; i < TRIES; i++) {
    const program = await attempt();
    const { exitCode } = program.child;
    const isLate = exitCode !== null && exitCode !== 0 && /late|old|heard/.test(program.said());
    if (!isLate) return program;
  }
  throw new Error("this computer is too busy to drive in time");
}

/** Waits until a file of that name is made in a folder, or the program has ended. */
async function appears(inFolder: string, name: RegExp, { child }: Program): Promise<void> {
  if (child.exitCode !== null) return;
  const watcher = watch(inFolder);
  await new Promise<void>((resolve) => {
    watcher.on("change", (_, file) => {
      if (name.test(String(file))) resolve();
    });
    child.once("exit", () => resolve());
  });
  watcher.close();
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Until the board's own time, which lags where this computer is busy, is `us`. */
const passes = async (board: SimulatedBoard, us: number) => {
  while (board.nowUs < us) await sleep(20);
};
const ended = async ({ child }: Program) =>
  child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;

/** A simulated car that is driven by the wall's clock, and a run for it. */
interface Wall {
  readonly board: SimulatedBoard;
  readonly car: SimulatedCar;
  readonly device: string;
  readonly run: string;
}

async function byTheWall(body: (wall: Wall) => Promise<void>): Promise<void> {
  const { board } = await startBoard();
  await board.disconnect();
  const car = await SimulatedCar.make(board, { plant: "nominal" });
  const device = await board.order("OPEN");
  const pacer = new Pacer(board, car);
  try {
    await body({ board, car, device, run: join(folder, "run") });
  } finally {
    await pacer.stop();
  }
}

/** Begins the training of a new run, and waits until it has driven for a second, or has ended. */
async function trained({ board, device, run }: Wall): Promise<Program> {
  await rm(run, { recursive: true, force: true });
  return driven(board, "train", "--out", run, "--arm", ...robotAt(device), ...TRAINING);
}

atmega.test("kill -9 while driving: neutral on the pins in time; resumed, and stopped by Ctrl-C: nothing is lost", () =>
  byTheWall(async (wall) => {
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
      const program = lapgrad("train", "--resume", run, "--arm");
      while (program.child.exitCode === null && !moves(board, resumedUs)) await sleep(20);
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
  byTheWall(async (wall) => {
    const { board, run } = wall;
    await inTime(async () => {
      const program = await trained(wall);
      const stop = lapgrad("stop", run);
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
