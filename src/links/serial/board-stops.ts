/** What a board's own stop means. */
import { Fault } from "../faults.js";
import { Cause } from "../wire/protocol.js";

/** A newer firmware may have causes that are not here. */
const FAULT_OF_CAUSE: Readonly<Partial<Record<number, Fault>>> = {
  [Cause.boot]: Fault.boardReset,
  [Cause.disarmFrame]: Fault.boardDisarmed,
  [Cause.commandTimeout]: Fault.boardTimeout,
  [Cause.rcLost]: Fault.boardRadioLost,
  [Cause.rcManual]: Fault.boardManual,
  [Cause.rcStop]: Fault.boardRadioStop,
  [Cause.newSession]: Fault.boardReset,
  [Cause.shock]: Fault.boardShock,
  [Cause.tilt]: Fault.boardTilt,
} satisfies Record<Cause, Fault>;

export const faultOfCause = (cause: number): Fault => FAULT_OF_CAUSE[cause] ?? Fault.boardDisarmed;
