/** `lapgrad stop`: stops what drives a robot on this computer, waits until it is at rest, and says so. */
import { realpath } from "node:fs/promises";
import { connect } from "node:net";
import { sep } from "node:path";
import { UserError } from "../errors.js";
import { problemOf } from "../files.js";
import type { Output } from "../output.js";
import { type About, AT_REST, type Driver, findDrivers, STOP } from "../runtime/stop-socket.js";

/** A robot brakes for up to three seconds before it is disarmed [ms]. */
const PATIENCE = 5000;

type Outcome = "at rest" | "ended" | "not stopped" | "another user's";

interface Stopped {
  readonly pid: number;
  /** null if the process did not say */
  readonly device: string | null;
  readonly drives: string | null;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const WORDS: Readonly<Record<Outcome, (pid: number) => string>> = {
  "at rest": () => "at rest and disarmed",
  ended: () => "the process has ended, and its robot stops",
  "not stopped": (pid) =>
    `NOT STOPPED: cut the robot's power; or kill -9 ${pid}: a board with our firmware then stops by itself within 200 ms`,
  "another user's": () => "NOT STOPPED: another user's, use sudo lapgrad stop; or cut the robot's power",
};

/** Stops the robots; whether none drives any more. `run`: only those whose drive is recorded in that folder. */
export async function stopCommand(
  run: string | undefined,
  device: string | undefined,
  output: Output,
  patience = PATIENCE,
): Promise<boolean> {
  if (device === "") throw new UserError("--device is empty; allowed is a serial port, e.g. /dev/ttyACM0");
  const folder = run === undefined ? undefined : await folderOf(run);
  const drivers = await Promise.all(findDrivers().map((driver) => stopDriver(driver, folder, patience)));
  const robots = drivers.filter((stopped) => stopped !== undefined);
  for (const { pid, device: at, drives, outcome, seconds } of robots) {
    const what = [`process ${pid}`, at, drives].filter((part) => part !== null).join(", ");
    const after = outcome === "at rest" ? ` after ${seconds.toFixed(2)} s` : "";
    output.say(`${what}: ${WORDS[outcome](pid)}${after}`);
  }
  if (robots.length === 0) output.say(`nothing drives a robot ${folder === undefined ? "here" : `in ${folder}`}`);
  const areStopped = robots.every(({ outcome }) => outcome === "at rest" || outcome === "ended");
  const board = device === undefined || !areStopped ? null : await disarm(device, output);
  output.result({ robots, board });
  return areStopped && board !== "silent";
}

async function folderOf(run: string): Promise<string> {
  return realpath(run).catch((error) => {
    throw new UserError(`cannot stop what drives in ${run}: ${problemOf(error)}; lapgrad stop stops every robot`);
  });
}

/** Undefined if it is none of those that are meant, or gone. */
async function stopDriver(
  { pid, socket, isOurs }: Driver,
  folder: string | undefined,
  patience: number,
): Promise<Stopped | undefined> {
  const began = performance.now();
  let about: About | undefined;
  const finished = (outcome: Outcome): Stopped => {
    const seconds = (performance.now() - began) / 1000;
    return { pid, device: about?.device ?? null, drives: about?.drives ?? null, outcome, seconds };
  };
  if (!isOurs) return finished("another user's");
  const line = connect(socket).setEncoding("utf8");
  const timer = setTimeout(() => line.destroy(), patience);
  let said = "";
  try {
    for await (const text of line) {
      said += text;
      if (about || !said.includes("\n")) continue;
      about = JSON.parse(said) as About;
      if (folder !== undefined && about.drives !== folder && !about.drives.startsWith(folder + sep)) return undefined;
      line.write(`${STOP}\n`);
    }
  } catch {
    // nobody is there any more, or nobody answered in time
  } finally {
    clearTimeout(timer);
    line.destroy();
  }
  if (said.endsWith(`${AT_REST}\n`)) return finished("at rest");
  const isThere = findDrivers().some((driver) => driver.socket === socket);
  if (!isThere && !about) return undefined;
  return finished(isThere ? "not stopped" : "ended");
}

/** Tells a board itself, which nothing drives, to disarm. */
async function disarm(device: string, output: Output): Promise<"disarmed" | "silent"> {
  const [{ disarmBoard }, { withBoard }] = await Promise.all([
    import("../links/board.js"),
    import("../runtime/board.js"),
  ]);
  const isDisarmed = await withBoard(device, disarmBoard);
  output.say(
    isDisarmed
      ? `${device}: the board says that it is disarmed`
      : `${device}: NO ANSWER: cut the robot's power; lapgrad doctor --device ${device} tells what keeps the port`,
  );
  return isDisarmed ? "disarmed" : "silent";
}
