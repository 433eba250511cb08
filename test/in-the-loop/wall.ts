/**
 * The command line against the real firmware by the clock on the wall. Nothing is asserted about how punctual a
 * computer is that others use too: a drive that the gates stop for lateness is begun anew.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { startBoard } from "./boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "./car.js";
import { widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";

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

export interface Program {
  readonly child: ChildProcess;
  readonly said: () => string;
}

/** `words` for lapgrad; `options` for Node; `env`: its environment besides this process's. */
export function lapgrad(
  words: readonly string[],
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Program {
  const args = [...options, "build/src/cli/main.js", ...words];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
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
  `--link serial --device ${device} --wheel-travel ${WHEEL_TRAVEL} --corridor 9 --stale-after 0.5 --max-speed 19`.split(
    " ",
  );
const TRAINING = "--hidden 8 --update-every 8 --rollouts 9".split(" ");

export const moves = (board: SimulatedBoard, fromUs: number) => widths(board.throttle, fromUs).some((us) => us > 1550);

/** Starts the program, and waits until it has driven for a second, or has ended. */
async function driven(
  board: SimulatedBoard,
  words: readonly string[],
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const fromUs = board.nowUs;
  const program = lapgrad(words, options, env);
  while (!isOver(program) && !moves(board, fromUs)) await sleep(20);
  await sleep(1000);
  if (!moves(board, board.nowUs - 100_000)) await ended(program);
  return program;
}

/** What the gates say of a computer that is too busy. */
const LATE = /was late|is [\d.]+ s old|nothing was heard/;

/**
 * Does something again as long as this computer was too busy for the program in it, which the gates then stopped;
 * undefined says so too.
 */
export async function inTime(attempt: () => Promise<Program | undefined>): Promise<Program> {
  let said = "";
  for (let i = 0; i < TRIES; i++) {
    const program = await attempt();
    if (!program) continue;
    const { exitCode, signalCode } = program.child;
    const isLate = (exitCode ?? signalCode ?? 0) !== 0 && LATE.test(program.said());
    if (!isLate) return program;
    said = program.said();
  }
  throw new Error(`this computer is too busy to drive in time: ${said}`);
}

/** Waits until a file of that name is made in a folder, or the program has ended. */
export async function appears(inFolder: string, name: RegExp, { child }: Program): Promise<void> {
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

export const isOver = ({ child }: Program) => child.exitCode !== null || child.signalCode !== null;
export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Until the board's own time, which lags where this computer is busy, is `us`, or the board has ended. */
export const passes = async (board: SimulatedBoard, us: number) => {
  while (board.nowUs < us && !board.hasEnded) await sleep(20);
};
export const ended = async ({ child }: Program) =>
  child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;

/** A simulated car that is driven by the wall's clock, and a run for it. */
export interface Wall {
  readonly board: SimulatedBoard;
  readonly car: SimulatedCar;
  readonly device: string;
  readonly run: string;
}

export async function byTheWall(folder: string, body: (wall: Wall) => Promise<void>): Promise<void> {
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

export const trainingAt = (device: string, run: string): readonly string[] => [
  ...["train", "--out", run, "--arm"],
  ...robotAt(device),
  ...TRAINING,
];

/** Begins the training of a new run, and waits until it has driven for a second, or has ended. */
export async function trained(
  { board, device, run }: Wall,
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  await rm(run, { recursive: true, force: true });
  return driven(board, trainingAt(device, run), options, env);
}
