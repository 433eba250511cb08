/** Stops what drives a robot on this computer, and waits until it is at rest. */
import { connect } from "node:net";
import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type About, AT_REST, type DrivingProcess, findDrivingProcesses, STOP } from "./stop-socket.js";

/** Gives up on a robot after this time [ms]: it brakes for up to three seconds before it is disarmed. */
const GIVES_UP_AFTER = 5000;
/** A process that was not heard, because others fill its socket, is asked again after this time [ms]. */
const AGAIN_AFTER = 20;
/** One that does not say who it is within this is sent the signal of Ctrl-C, which nobody can keep from it [ms]. */
const SIGNAL_AFTER = 1000;
/** A process says no more than this [characters]. */
const LONGEST = 16384;

/** `ended`: the process is gone, and its robot stops by itself. */
export type StopOutcome = "at rest" | "ended" | "not stopped" | "another user's";

export interface StoppedDriver {
  readonly pid: number;
  /** null if the process did not say */
  readonly device: string | null;
  readonly drives: string | null;
  /** null if it has no name, or did not say */
  readonly robot: string | null;
  /** it drove nothing, and only recorded */
  readonly isHeardOnly: boolean;
  readonly outcome: StopOutcome;
  readonly seconds: number;
}

/** What a process answered when it was asked to stop its robot. */
interface Answer {
  readonly about: About | undefined;
  /** it is another one than what is meant, and was not asked to stop */
  readonly isOther: boolean;
  readonly isAtRest: boolean;
}

/** Which drivers are meant: whose drive is recorded in this folder, and whose robot has this name; absent: any. */
export interface WantedDriver {
  readonly folder?: string | undefined;
  readonly robot?: string | undefined;
}

/** Stops every driver of a robot that is meant. */
export async function stopDrivers(wanted: WantedDriver, givesUpAfter = GIVES_UP_AFTER): Promise<StoppedDriver[]> {
  const stopped = await Promise.all(findDrivingProcesses().map((driver) => stopDriver(driver, wanted, givesUpAfter)));
  return stopped.filter((driver) => driver !== undefined);
}

/** Undefined if it is none of those that are meant, or gone. */
export async function stopDriver(
  { pid, socket, isOurs }: DrivingProcess,
  wanted: WantedDriver,
  givesUpAfter: number,
): Promise<StoppedDriver | undefined> {
  const isAny = wanted.folder === undefined && wanted.robot === undefined;
  const began = performance.now();
  const passed = () => performance.now() - began;
  let about: About | undefined;
  const finished = (outcome: StopOutcome): StoppedDriver => {
    const { device = null, drives = null, robot = null, isHeardOnly = false } = about ?? {};
    return { pid, device, drives, robot, isHeardOnly, outcome, seconds: passed() / 1000 };
  };
  if (!isOurs) return finished("another user's");
  for (let isSignalled = false; ; await sleep(AGAIN_AFTER)) {
    const answer = await ask(socket, wanted, givesUpAfter - passed());
    about ??= answer.about;
    if (answer.isOther) return undefined;
    if (answer.isAtRest) return finished("at rest");
    if (!findDrivingProcesses().some((driver) => driver.socket === socket))
      return about || isSignalled ? finished("ended") : undefined;
    if (passed() > givesUpAfter) return finished("not stopped");
    if (about || !isAny || isSignalled || passed() < SIGNAL_AFTER) continue;
    process.kill(pid, "SIGINT");
    isSignalled = true;
  }
}

/** Asks a process to stop its robot, and waits for its rest [ms]. */
async function ask(socket: string, wanted: WantedDriver, milliseconds: number): Promise<Answer> {
  const connection = connect(socket).setEncoding("utf8");
  const givesUp = () => connection.destroy();
  let timer = setTimeout(givesUp, Math.max(1, Math.min(milliseconds, SIGNAL_AFTER)));
  let about: About | undefined;
  let said = "";
  try {
    for await (const text of connection) {
      said += text;
      if (said.length > LONGEST) break;
      if (about || !said.includes("\n")) continue;
      about = aboutFrom(said);
      if (!isMeant(about, wanted)) return { about, isOther: true, isAtRest: false };
      connection.write(`${STOP}\n`);
      clearTimeout(timer);
      timer = setTimeout(givesUp, milliseconds);
    }
  } catch {
    // nobody is there any more, or nobody answered in time
  } finally {
    clearTimeout(timer);
    connection.destroy();
  }
  return { about, isOther: false, isAtRest: about !== undefined && said.endsWith(`${AT_REST}\n`) };
}

function isMeant({ drives, robot }: About, wanted: WantedDriver): boolean {
  const { folder } = wanted;
  const isThere = folder === undefined || drives === folder || drives.startsWith(folder + sep);
  return isThere && (wanted.robot === undefined || wanted.robot === robot);
}

/** Throws if that is no such line. */
function aboutFrom(line: string): About {
  const { pid, device, drives, robot, isHeardOnly = false } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (
    typeof pid !== "number" ||
    typeof device !== "string" ||
    typeof drives !== "string" ||
    !(robot === undefined || typeof robot === "string") ||
    typeof isHeardOnly !== "boolean"
  )
    throw new Error("not a driver of a robot");
  return { pid, device, drives, robot, isHeardOnly };
}
