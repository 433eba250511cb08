/** Stops what drives a robot on this computer, and waits until it is at rest. */
import { connect } from "node:net";
import { sep } from "node:path";
import { type About, AT_REST, type DrivingProcess, findDrivingProcesses, STOP } from "./stop-socket.js";

/** Gives up on a robot after this time [ms]: it brakes for up to three seconds before it is disarmed. */
const GIVES_UP_AFTER = 5000;

/** `ended`: the process is gone, and its robot stops by itself. */
export type StopOutcome = "at rest" | "ended" | "not stopped" | "another user's";

export interface StoppedDriver {
  readonly pid: number;
  /** null if the process did not say */
  readonly device: string | null;
  readonly drives: string | null;
  readonly outcome: StopOutcome;
  readonly seconds: number;
}

/** Stops every driver of a robot or, if a folder is given, those whose drive is recorded in it. */
export async function stopDrivers(folder: string | undefined, givesUpAfter = GIVES_UP_AFTER): Promise<StoppedDriver[]> {
  const stopped = await Promise.all(findDrivingProcesses().map((driver) => stopDriver(driver, folder, givesUpAfter)));
  return stopped.filter((driver) => driver !== undefined);
}

/** Undefined if it is none of those that are meant, or gone. */
async function stopDriver(
  { pid, socket, isOurs }: DrivingProcess,
  folder: string | undefined,
  givesUpAfter: number,
): Promise<StoppedDriver | undefined> {
  const began = performance.now();
  let about: About | undefined;
  const finished = (outcome: StopOutcome): StoppedDriver => {
    const seconds = (performance.now() - began) / 1000;
    return { pid, device: about?.device ?? null, drives: about?.drives ?? null, outcome, seconds };
  };
  if (!isOurs) return finished("another user's");
  const connection = connect(socket).setEncoding("utf8");
  const timer = setTimeout(() => connection.destroy(), givesUpAfter);
  let said = "";
  try {
    for await (const text of connection) {
      said += text;
      if (about || !said.includes("\n")) continue;
      about = JSON.parse(said) as About;
      if (folder !== undefined && about.drives !== folder && !about.drives.startsWith(folder + sep)) return undefined;
      connection.write(`${STOP}\n`);
    }
  } catch {
    // nobody is there any more, or nobody answered in time
  } finally {
    clearTimeout(timer);
    connection.destroy();
  }
  if (said.endsWith(`${AT_REST}\n`)) return finished("at rest");
  const isThere = findDrivingProcesses().some((driver) => driver.socket === socket);
  if (!isThere && !about) return undefined;
  return finished(isThere ? "not stopped" : "ended");
}
