/**
 * Each process of a drive on a board is suspended for 50 ms to 2 s, or killed: either the drive goes on in good order,
 * or the car stands in time, the reason is said, and nothing moves by itself when the process goes on.
 * LAPGRAD_STALLS=20 draws twenty of each instead of one.
 */
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { noteOutcome } from "../support/outcomes.js";
import { newFolder } from "../support/runs.js";
import {
  childrenOf,
  drawStalls,
  endedBy,
  movesAgain,
  type Stall,
  stall,
  TooBusy,
  whereIdle,
  wordsOf,
} from "../support/stalls.js";
import { atmega, stopBoardsAfterEachTest } from "./boards.js";
import { expectAll, NEUTRAL_WITHIN_US, widths } from "./pulses.js";
import { byTheWall, ended, isOver, moves, type Program, passes, trained, type Wall } from "./wall.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  // a service manager's program that is always content
  await writeFile(join(folder, "systemd-notify"), "#!/bin/sh\n");
  await chmod(join(folder, "systemd-notify"), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * Silence that another layer notices [ms], with what a control step and the computer add; what the notifier's shell
 * does is nothing to the drive.
 */
const LASTS = { learner: 300, board: 300, notifier: Number.POSITIVE_INFINITY } as const;
type Who = keyof typeof LASTS;

/** What stops a drive whose learner or board stood still. */
const SILENCE = ["lateness", "lostLink", "staleState", "boardTimeout"];

async function tryStall(wall: Wall, one: Stall): Promise<void> {
  const { board } = wall;
  const env = { PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: join(folder, "notify") };
  const program = await trained(wall, [], env);
  if (isOver(program)) throw new TooBusy(program.said());
  const [shell] = childrenOf(program.child.pid);
  const pids: Record<Who, number | undefined> = { learner: program.child.pid, board: board.pid, notifier: shell };
  const who = one.who as Who;
  const stalledUs = board.nowUs;
  await stall(pids[who] ?? 0, one.ms);
  const continuedUs = board.nowUs;
  await Promise.race([ended(program), passes(board, continuedUs + 1_000_000)]);
  const goesOn = !isOver(program) && moves(board, board.nowUs - 100_000);
  if (goesOn) {
    expect(one.ms).toBeLessThanOrEqual(LASTS[who]);
    program.child.kill("SIGINT");
  }
  await ended(program);
  // one that was killed has ended only now
  await passes(board, board.nowUs + NEUTRAL_WITHIN_US + 100_000);
  const neutral = widths(board.throttle, stalledUs).map((us) => (Math.abs(us - 1500) <= 1 ? 0 : us));
  expect(movesAgain(neutral)).toBe(false);
  expectAll(widths(board.throttle, board.nowUs - 100_000), 1500);
  // what another layer cannot have noticed, and this computer stopped later
  const isLater = moves(board, stalledUs + NEUTRAL_WITHIN_US);
  if (!goesOn && one.ms <= LASTS[who] && (isLater || who === "notifier")) throw new TooBusy(program.said());
  const fault = goesOn ? null : await expectStopped(wall, program, one, stalledUs);
  // that it is being stopped keeps no busy computer from stopping it for another reason just before
  const { exitCode: code } = program.child;
  if (goesOn && code === 1 && /was stopped: /.test(program.said())) throw new TooBusy(program.said());
  if (goesOn) expect({ code, said: program.said() }).toMatchObject({ code: 0 });
  noteOutcome({ link: "serial", who, ms: Number.isFinite(one.ms) ? one.ms : null, fault });
}

/** Neutral in time, and the reason is said and written down, unless nobody was left to do so; the reason. */
async function expectStopped(
  { board, run }: Wall,
  program: Program,
  { ms }: Stall,
  stalledUs: number,
): Promise<string> {
  expectAll(widths(board.throttle, stalledUs + NEUTRAL_WITHIN_US), 1500);
  if (!Number.isFinite(ms)) return "killed";
  const fault = await endedBy(run);
  expect({ code: program.child.exitCode, said: program.said() }).toMatchObject({
    code: 1,
    said: expect.stringMatching(/(lap|rollout) \d+ was stopped: .{10,}; .{10,}/),
  });
  // the board's time lags where this computer is busy: then positions, speeds and turns do not fit the host's clock
  if (!SILENCE.includes(fault)) throw new TooBusy(program.said());
  return fault;
}

for (const one of drawStalls(["learner", "board", "notifier"], ["learner", "notifier"], 304))
  atmega.test(wordsOf(one), () => byTheWall(folder, (wall) => whereIdle(() => tryStall(wall, one))));
