/**
 * Each process of a drive on topics is suspended for 50 ms to 2 s, or killed: either the drive goes on in good order,
 * or the car stands in time, the reason is said, and nothing moves by itself when the process goes on.
 * LAPGRAD_STALLS=20 draws twenty of each instead of one.
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { noteOutcome } from "../../support/outcomes.js";
import { newFolder } from "../../support/runs.js";
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
} from "../../support/stalls.js";
import { GIVEN, Processes, type Started } from "./processes.js";

/** Silence of a process that another one notices by the table of time-outs [s]: ros2.timeout is 0.3 s here. */
const NOTICED = { learner: 0.2, node: 0.2, plant: 0.3 } as const;
type Who = keyof typeof NOTICED;
/** What a beat of the node, a control step and the clock on the wall may add [s]. */
const MORE = 0.15;

/** What stops a drive in which that process stood still, or whose computer is busy. */
const BUSY = ["was late", "the measured state is .* s old", "nothing was heard"];
const RELAY_STOPPED = /(lap|rollout) \d+ was stopped: the ROS node stopped the robot: it heard nothing of/;
const REASONS: Readonly<Record<Who, readonly string[]>> = {
  learner: [...BUSY, "the ROS node stopped the robot: it heard nothing of"],
  node: [...BUSY, "the ROS node stopped the robot: it heard nothing of", "the process of the ROS node ended"],
  plant: [...BUSY, "no message with the state came for", "did not advance", "jumped by", "disagree", "speed changed"],
};

/** Starts plant and learner, and does it to one of their processes when the car has been driven for a second. */
async function tryStall(all: Processes, { who: name, ms }: Stall): Promise<void> {
  const who = name as Who;
  const plant = all.start("plant", { link: "ros2", plant: "identified" });
  const learner = all.start("train", { ...GIVEN, rollouts: 100 });
  await all.driven(50, learner).catch((error) => {
    throw new TooBusy(String(error));
  });
  const [node] = childrenOf(learner.child.pid);
  const began = performance.now() / 1000;
  await stall({ learner: learner.child.pid, node, plant: plant.child.pid }[who] ?? 0, ms);
  await Promise.race([learner.ended, setTimeout(1000)]);
  const isMoving = () =>
    all.throttles().some(({ time, value }) => time > performance.now() / 1000 - 0.1 && value !== 0);
  const goesOn = learner.child.exitCode === null && learner.child.signalCode === null && isMoving();
  if (goesOn) learner.child.kill("SIGINT");
  const code = await learner.ended;
  await all.left();
  const commands = all.throttles().filter(({ time }) => time >= began);
  expect(movesAgain(commands.map(({ value }) => value))).toBe(false);
  const until = (commands.findLast(({ value }) => value !== 0)?.time ?? began) - began;
  // what nobody can have noticed, and this computer stopped later
  const isShort = ms / 1000 < NOTICED[who] + MORE;
  if (!goesOn && isShort && until > NOTICED[who] + MORE) throw new TooBusy(learner.texts.stderr);
  if (goesOn) expect([isShort, code]).toStrictEqual([true, 0]);
  else expectStopped(learner, who, ms, until);
  if (who !== "plant" || Number.isFinite(ms)) await expectAtRest(plant);
  // what ends with its node or by a signal leaves no fault in its recording
  const isDead = who !== "plant" && !Number.isFinite(ms);
  // long enough for the node to notice it before the learner can
  if (who === "learner" && Number.isFinite(ms) && ms > 500) expect(learner.texts.stderr).toMatch(RELAY_STOPPED);
  const fault = goesOn ? null : isDead ? "killed" : await endedBy(join(all.folder, "run"));
  noteOutcome({ link: "ros2", who, ms: Number.isFinite(ms) ? ms : null, fault, seconds: until });
}

function expectStopped(learner: Started, who: Who, ms: number, until: number): void {
  expect(until).toBeLessThan(NOTICED[who] + MORE);
  if (who === "learner" && !Number.isFinite(ms)) return; // nobody is left to say it
  expect({ code: learner.child.exitCode, said: learner.texts.stderr }).toMatchObject({
    code: 1,
    said: expect.stringMatching(new RegExp(REASONS[who].join("|"))),
  });
}

/** The car stands by what it truly does, and its program ends in order. */
async function expectAtRest(plant: Started): Promise<void> {
  await setTimeout(500);
  plant.child.kill("SIGTERM");
  expect(await plant.ended).toBe(0);
  const { finalState } = JSON.parse(plant.texts.stdout) as { finalState: number[] };
  expect(Math.abs(finalState[2])).toBeLessThan(0.05);
}

for (const one of drawStalls(["learner", "node", "plant"], ["learner", "node", "plant"], 304))
  test(wordsOf(one), () =>
    whereIdle(async () => {
      const all = new Processes(await newFolder());
      await tryStall(all, one).finally(() => all.end());
    }),
  );
