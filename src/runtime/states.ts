/** The states of the control loop and all transitions between them; docs/safety.md shows both tables. */

/** What the runtime is doing. */
export enum RuntimeState {
  idle,
  armed,
  driving,
  stopping,
  fault,
}

/** What may move it to another state. */
export enum RuntimeEvent {
  /** ordered: the robot is to follow commands */
  arm,
  /** the robot says that it follows commands */
  armed,
  /** ordered: drive by the policy */
  drive,
  /** ordered: the drive is over, or the program ends */
  finish,
  /** something is to stop the robot: an order, a gate, the robot itself */
  fault,
  /** the robot stands after a drive that is over */
  rested,
  /** the robot stands after a fault */
  restedAfterFault,
}

/** What the control loop does on the way into a state. */
export type RuntimeAction = "startArming" | "startDriving" | "startBraking" | "disarm";

export interface Transition {
  /** the new state; undefined: it stays, and nothing is written down */
  readonly to?: RuntimeState;
  /** done before the state is entered */
  readonly action?: RuntimeAction;
}

/**
 * After a stop the robot counts as standing once it is slower than this [m/s] for `STILL_FOR` [s], or after
 * `STILL_AFTER` [s] in any case.
 */
export const STILL = 0.05;
export const STILL_FOR = 0.2;
export const STILL_AFTER = 3;
/**
 * The board needs 0.3 s of neutral commands before it can be armed; an answer that takes longer than this will not come
 * [s].
 */
export const ARM_WITHIN = 3;

/** An event that a state does not name changes nothing in it. */
export const transitions: Readonly<Record<RuntimeState, Readonly<Partial<Record<RuntimeEvent, Transition>>>>> = {
  [RuntimeState.idle]: {
    [RuntimeEvent.arm]: { to: RuntimeState.idle, action: "startArming" },
    [RuntimeEvent.armed]: { to: RuntimeState.armed },
    [RuntimeEvent.finish]: { action: "disarm" },
    [RuntimeEvent.fault]: { to: RuntimeState.fault, action: "disarm" },
  },
  [RuntimeState.armed]: {
    [RuntimeEvent.drive]: { to: RuntimeState.driving, action: "startDriving" },
    [RuntimeEvent.finish]: { to: RuntimeState.stopping, action: "startBraking" },
    [RuntimeEvent.fault]: { to: RuntimeState.stopping, action: "startBraking" },
  },
  [RuntimeState.driving]: {
    [RuntimeEvent.finish]: { to: RuntimeState.stopping, action: "startBraking" },
    [RuntimeEvent.fault]: { to: RuntimeState.stopping, action: "startBraking" },
  },
  [RuntimeState.stopping]: {
    [RuntimeEvent.rested]: { to: RuntimeState.idle, action: "disarm" },
    [RuntimeEvent.restedAfterFault]: { to: RuntimeState.fault, action: "disarm" },
  },
  [RuntimeState.fault]: {
    [RuntimeEvent.arm]: { to: RuntimeState.idle, action: "startArming" },
  },
};

/** For people. */
interface StateText {
  readonly board: string;
  readonly car: string;
}

const stateTexts: Readonly<Record<RuntimeState, StateText>> = {
  [RuntimeState.idle]: { board: "disarmed; while it is being armed: 300 ms of neutral commands", car: "neutral" },
  [RuntimeState.armed]: { board: "armed", car: "neutral" },
  [RuntimeState.driving]: { board: "armed", car: "follows the policy" },
  [RuntimeState.stopping]: { board: "armed", car: "neutral, until at rest" },
  [RuntimeState.fault]: { board: "disarmed", car: "neutral" },
};

const eventTexts: Readonly<Record<RuntimeEvent, string>> = {
  [RuntimeEvent.arm]: "a drive is begun: after Enter where there is a terminal, otherwise `--arm` permits it",
  [RuntimeEvent.armed]: "the robot answers that it is armed",
  [RuntimeEvent.drive]: "at once",
  [RuntimeEvent.finish]: "the drive is over, or the program ends",
  [RuntimeEvent.fault]: "a gate, a stop, or any other reason above",
  [RuntimeEvent.rested]: "it is at rest, after a drive that is over",
  [RuntimeEvent.restedAfterFault]: "it is at rest, after any other reason",
};

const actionTexts: Readonly<Record<RuntimeAction, string>> = {
  startArming: "forgets the last reason, and asks the robot to follow commands",
  startDriving: "takes the policy, and places the state at the start where it is dead reckoning",
  startBraking: "neutral commands",
  disarm: "the robot is told to follow no commands",
};

/** All transitions, for people. */
export function transitionRows() {
  return Object.entries(transitions).flatMap(([from, events]) =>
    Object.entries(events).map(([event, { to, action }]) => ({
      from: RuntimeState[Number(from)],
      when: eventTexts[Number(event) as RuntimeEvent],
      to: RuntimeState[to ?? Number(from)],
      does: action === undefined ? "" : actionTexts[action],
    })),
  );
}

/** All states, for people. */
export function stateRows(): ({ readonly state: string } & StateText)[] {
  return Object.entries(stateTexts).map(([state, text]) => ({ state: RuntimeState[Number(state)], ...text }));
}
