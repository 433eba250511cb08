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
  /** it drove nothing, and only recorded */
  readonly isHeardOnly: boolean;
  readonly outcome: StopOutcome;
  readonly seconds: number;
}

/** What a process answered when it was asked to stop its robot. */
interface Answer {
  readonly about: About | undefined;
  /** it drives for another folder than what is meant, and was not asked to stop */
  readonly isOther: boolean;
  readonly isAtRest: boolean;
}

/** Stops every driver of a robot or, if a folder is given, those whose drive is recorded in it. */
export async function stopDrivers(folder: string | undefined, givesUpAfter = GIVES_UP_AFTER): Promise<StoppedDriver[]> {
  const stopped = await Promise.all(findDrivingProcesses().map((driver) => stopDriver(driver, folder, givesUpAfter)));
  return stopped.filter((driver) => driver !== undefined);
}

/** Undefined if it is none of those that are meant, or gone. */
export async function stopDriver(
  { pid, socket, isOurs }: DrivingProcess,
  folder: string | undefined,
  givesUpAfter: number,
): Promise<StoppedDriver | undefined> {
  const began = performance.now();
  const passed = () => performance.now() - began;
  let about: About | undefined;
  const finished = (outcome: StopOutcome): StoppedDriver => {
    const { device = null, drives = null, isHeardOnly = false } = about ?? {};
    return { pid, device, drives, isHeardOnly, outcome, seconds: passed() / 1000 };
  };
  if (!isOurs) return finished("another user's");
  for (let isSignalled = false; ; await sleep(AGAIN_AFTER)) {
    const answer = await ask(socket, folder, givesUpAfter - passed());
    about ??= answer.about;
    if (answer.isOther) return undefined;
    if (answer.isAtRest) return finished("at rest");
    if (!findDrivingProcesses().some((driver) => driver.socket === socket))
      return about || isSignalled ? finished("ended") : undefined;
    if (passed() > givesUpAfter) return finished("not stopped");
    if (about || folder !== undefined || isSignalled || passed() < SIGNAL_AFTER) continue;
    process.kill(pid, "SIGINT");
    isSignalled = true;
  }
}

/** Asks a process to stop its robot, and waits for its rest [ms]. */
async function ask(socket: string, folder: string | undefined, milliseconds: number): Promise<Answer> {
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
      if (folder !== undefined && about.drives !== folder && !about.drives.startsWith(folder + sep))
        return { about, isOther: true, isAtRest: false };
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

/** Throws if that is no such line. */
function aboutFrom(line: string): About {
  const { pid, device, drives, isHeardOnly = false } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (
    typeof pid !== "number" ||
    typeof device !== "string" ||
    typeof drives !== "string" ||
    typeof isHeardOnly !== "boolean"
  )
    throw new Error("not a driver of a robot");
  return { pid, device, drives, isHeardOnly };
}
