/** The beginning of everything with a robot: it answers, and measures its state; or why not. */
import { UserError } from "../errors.js";
import { Fault, type FoundFault } from "../links/faults.js";
import { RobotPhase } from "../links/robot.js";
import { type Operator, stopReason } from "./operator.js";
import type { Shared } from "./shared.js";
import { explainFault } from "./stops.js";

/** A robot that has not answered within this will not [s]; a gyro needs 1.3 s to find its bias. */
const ANSWER_WITHIN = 5;
/** Fewer may be noise on a line that nothing drives. */
const FOREIGN_BYTES = 16;
/** Age of a state from which a drive may start [s]. */
const FRESH = 0.5;

/**
 * Waits until the robot answers and measures its state.
 * @param name the link's
 * @param pause lets the control thread make a step
 * @param faultOf what the robot has said of itself since
 * @throws UserError if it does not, or if it is stopped meanwhile
 */
export async function findState(
  name: string,
  shared: Shared,
  operator: Pick<Operator, "say" | "signal">,
  pause: () => Promise<void>,
  faultOf: () => FoundFault | undefined,
): Promise<void> {
  const refusal = (fault: FoundFault) => new UserError(`${name}: ${explainFault(fault)}`, 1);
  while (shared.ticks === 0) await pause(); // from the first step on its clock is known
  const began = shared.now;
  let told = false;
  while (shared.phase === RobotPhase.connecting || shared.age > FRESH) {
    await pause();
    const known = faultOf();
    if (known) throw refusal(known);
    if (operator.signal.aborted) throw refusal({ fault: stopReason(operator.signal), value: Number.NaN, limit: 0 });
    const waited = shared.now - began;
    const fault = shared.phase === RobotPhase.connecting ? Fault.noAnswer : Fault.noState;
    if (waited > ANSWER_WITHIN) throw refusal(unanswered(fault, shared.bytes));
    if (!told && fault === Fault.noState && shared.age > FRESH)
      operator.say("the robot answers; waiting for its state (keep it still)");
    told ||= fault === Fault.noState && shared.age > FRESH;
  }
}

/** Silence, or bytes that mean nothing: another device, or another baud rate. */
function unanswered(fault: Fault, bytes: number): FoundFault {
  const isForeign = fault === Fault.noAnswer && bytes >= FOREIGN_BYTES;
  return isForeign
    ? { fault: Fault.foreignBytes, value: bytes, limit: ANSWER_WITHIN }
    : { fault, value: ANSWER_WITHIN, limit: ANSWER_WITHIN };
}
