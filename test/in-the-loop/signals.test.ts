/**
 * What is done to a process that drives, by signals, by its terminal, and by a main thread that hangs: the car stands
 * before anything else happens.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { readRecording } from "../../src/recording/reader.js";
import { newFolder } from "../support/runs.js";
import { tool } from "../support/tools.js";
import { atmega, stopBoardsAfterEachTest } from "./boards.js";
import { expectAll, widths } from "./pulses.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { byTheWall, ended, inTime, isOver, moves, type Program, passes, sleep, trained, trainingAt } from "./wall.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** Letter of the process's state, as ps shows it; T: suspended. */
const stateOf = ({ child }: Program) => /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, "utf8"))?.[1];
/** Neutral on the pin, from now on as far as the board has what was sent. */
async function stands(board: SimulatedBoard): Promise<void> {
  const fromUs = board.nowUs + 50_000;
  await passes(board, fromUs + 100_000);
  expectAll(widths(board.throttle, fromUs), 1500);
}

/** What the gates find on a computer that is too busy, just before it is stopped for another reason. */
const BUSY = ["lateness", "lostLink", "staleState", "boardTimeout", "jump", "speed", "corridor", "grip"];

/** A drive that is over before anything was done to it: for nothing but a computer that is too busy. */
function isTooBusy(program: Program): undefined {
  expect(program.said()).toMatch(
    /was late|s old|was heard|heard no command|jumped by|the speed was|off the track|no tyre/,
  );
}

/** Asserts what stopped the last drive of a run, and that it ended disarmed; false: a busy computer stopped it. */
async function endedBy(run: string, fault: string): Promise<boolean> {
  const drives = join(run, "drives");
  const last = (await readdir(drives)).sort().at(-1) ?? "";
  const { events } = await readRecording(join(drives, last));
  const found = events.find(({ name }) => name !== "state")?.name ?? "";
  if (BUSY.includes(found)) return false;
  expect([found, events.at(-1)?.message]).toStrictEqual([fault, "fault"]);
  return true;
}

atmega.test("Ctrl-Z: at rest and disarmed, then suspended; when it goes on, the drive is over", () =>
  byTheWall(folder, async (wall) => {
    const { board, run } = wall;
    await inTime(async () => {
      const program = await trained(wall);
      program.child.kill("SIGTSTP");
      while (!isOver(program) && stateOf(program) !== "T") await sleep(20);
      if (isOver(program)) return isTooBusy(program);
      await stands(board);
      const suspendedUs = board.nowUs;
      await passes(board, suspendedUs + 500_000);
      program.child.kill("SIGCONT");
      await ended(program);
      expectAll(widths(board.throttle, suspendedUs), 1500);
      if (!(await endedBy(run, "suspended"))) return undefined;
      expect(program.said()).toContain("the program is being suspended (Ctrl-Z): the robot is being stopped");
      expect(program.child.exitCode).toBe(0);
      return program;
    });
  }),
);

atmega.test("SIGUSR1 opens no inspector, and the car drives on; SIGQUIT is as Ctrl-C", () =>
  byTheWall(folder, async (wall) => {
    await inTime(async () => {
      const program = await trained(wall);
      const signalledUs = wall.board.nowUs;
      program.child.kill("SIGUSR1");
      await passes(wall.board, signalledUs + 500_000);
      if (isOver(program)) return isTooBusy(program);
      const goesOn = moves(wall.board, signalledUs + 300_000);
      program.child.kill("SIGQUIT");
      await ended(program);
      expect(program.said()).not.toMatch(/debugger/i);
      await stands(wall.board);
      if (!(await endedBy(wall.run, "operatorStop"))) return undefined;
      expect([goesOn, program.child.exitCode]).toStrictEqual([true, 0]);
      return program;
    });
  }),
);

atmega.test("SIGUSR2, which would end the process without a word: as Ctrl-C", () =>
  byTheWall(folder, async (wall) => {
    await inTime(async () => {
      const program = await trained(wall);
      program.child.kill("SIGUSR2");
      await ended(program);
      await stands(wall.board);
      if (!(await endedBy(wall.run, "operatorStop"))) return undefined;
      expect({ code: program.child.exitCode, said: program.said() }).toMatchObject({ code: 0 });
      return program;
    });
  }),
);

atmega.test("the main thread hangs: stopped and disarmed after two seconds, with the fault named", () =>
  byTheWall(folder, async (wall) => {
    const { board, run } = wall;
    const hang = fileURLToPath(new URL("./hang.js", import.meta.url));
    await inTime(async () => {
      const program = await trained(wall, ["--import", hang]);
      if (isOver(program)) return isTooBusy(program);
      program.child.kill("SIGPROF");
      await sleep(2500); // it hangs for three
      if (isOver(program)) return isTooBusy(program);
      const hangsUs = board.nowUs;
      await passes(board, hangsUs + 100_000);
      const whileItHangs = widths(board.throttle, hangsUs);
      await ended(program);
      if (!(await endedBy(run, "mainThread"))) return undefined;
      expectAll(whileItHangs, 1500);
      expect(program.child.exitCode).toBe(1);
      expect(program.said()).toMatch(/the program's main thread hung for 2(\.0\d*)? s \(limit 2 s\)/);
      return program;
    });
  }),
);

(atmega.absent ? atmega : tool("script")).test("a terminal that is lost: the car stands, the terminal is blamed", () =>
  byTheWall(folder, async ({ board, device, run }) => {
    const errors = join(folder, "lost.txt");
    await inTime(async () => {
      await rm(run, { recursive: true, force: true });
      const words = [process.execPath, "build/src/cli/main.js", ...trainingAt(device, run)];
      const child = spawn("script", ["-qc", `exec ${words.join(" ")} 2> ${errors}`, "/dev/null"], {
        stdio: ["pipe", "ignore", "ignore"],
      });
      const program: Program = { child, said: () => readFileSync(errors, "utf8") };
      const fromUs = board.nowUs;
      while (!isOver(program) && !moves(board, fromUs)) {
        child.stdin?.write("\n");
        await sleep(200);
      }
      await sleep(500);
      if (isOver(program)) return isTooBusy(program);
      child.kill("SIGKILL"); // the terminal, not the program
      await ended(program);
      for (let i = 0; i < 100 && !existsSync(join(run, "report.html")); i++) await sleep(100);
      await stands(board);
      if (!(await endedBy(run, "terminalGone"))) return undefined;
      expect(program.said()).toContain("the terminal is gone");
      expect(program.said()).not.toContain("disk");
      return program;
    });
  }),
);
