/** A robot that somebody pushes, or drives by radio, written down from when it measures until somebody ends it. */
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { FoundFault } from "../links/faults.js";
import { HeardDrive, type HeardSummary } from "../recording/heard-drive.js";
import { findState } from "./find-state.js";
import type { ControlHost } from "./host.js";
import { MeasuredTaker } from "./measured-rows.js";
import type { Operator } from "./operator.js";
import { HEAD, layoutFor, RecordKind } from "./records.js";
import { explainFault } from "./stops.js";

/** Nobody waits any longer for a state than this [s]. */
const SILENT = 5;

/** What was heard. */
export interface Heard extends HeardSummary {
  /** standard deviation that the position came to have [m], if it was summed up from wheel and gyro; null: measured */
  readonly uncertainty: number | null;
  /** why it ended before it was to, for people */
  readonly stopped: string | undefined;
}

/**
 * Records until the operator's signal, or for `seconds`.
 * @throws UserError if the robot does not measure, or nothing can be recorded
 */
export async function hear(
  host: ControlHost,
  config: RunConfig,
  operator: Pick<Operator, "say" | "signal">,
  path: string,
  seconds: number,
): Promise<Heard> {
  const { shared } = host;
  const { task } = resolveTask(config);
  const { states, inputs } = layoutFor(task);
  let drive: HeardDrive | undefined;
  let fault: FoundFault | undefined;
  let first = Number.NaN;
  const measured = new MeasuredTaker();
  /** what was measured before the first state of the recording */
  const early: Float64Array[] = [];
  const drain = () =>
    host.ring.drain((row) => {
      const [kind, time, name, value, limit] = row;
      if (kind === RecordKind.fault) fault = { fault: name, value, limit };
      if (kind === RecordKind.begin || kind === RecordKind.motion || kind === RecordKind.pose) {
        if (drive && !Number.isNaN(first)) measured.take(row, drive.recorder, first);
        else early.push(row);
      }
      if (kind !== RecordKind.reading || !drive) return;
      if (Number.isNaN(first)) {
        first = time;
        for (const one of early.splice(0)) measured.take(one, drive.recorder, first);
      }
      const middle = HEAD + states;
      drive.take(time - first, row.subarray(HEAD, middle), row.subarray(middle, middle + inputs));
    });
  const pause = async () => {
    shared.mainHeartbeat = shared.now;
    await host.pause();
    drain();
  };
  const reason = () => {
    if (fault) return explainFault(fault);
    if (shared.age > SILENT) return `nothing was measured for ${SILENT} s: check cable, power and topics`;
    return drive?.failure;
  };
  try {
    await host.start();
    await findState(config.link, shared, operator, pause, () => fault);
    drive = await HeardDrive.create(path, task, "hardware");
    const isReckoned = shared.isPlaceable;
    drive.note("info", "heard", `driven by somebody else; ${isReckoned ? RECKONED : "its pose is measured"}`);
    operator.say(`recording ${path}: drive it, and Ctrl-C or lapgrad stop when you are done`);
    const began = shared.now;
    while (!operator.signal.aborted && shared.now - began < seconds && reason() === undefined) await pause();
    const stopped = reason();
    if (stopped !== undefined) drive.note("warning", "ended", stopped);
    const uncertainty = isReckoned ? shared.uncertainty : null;
    return { ...(await drive.close()), uncertainty, stopped };
  } finally {
    await host.end().finally(() => drive?.close()); // what was recorded is whole, whatever the robot's end
  }
}

/** What a recording says of a pose that nobody measured. */
const RECKONED = "its pose is summed up from wheel and gyro, and drifts";
