/** What a check of `doctor` is: a question to the system, and an answer with its remedy. */
import type { System } from "./system.js";

/** `problem`: lapgrad cannot run or drive here; `note`: it can, but something should be known. */
export type Status = "ok" | "note" | "problem";

export interface Finding {
  /** of what, where a check answers for several things; otherwise the check's own name */
  readonly name?: string;
  readonly status: Status;
  readonly found: string;
  /** what to do, a command to copy where there is one; null if nothing is to be done */
  readonly remedy: string | null;
}

export interface DoctorOptions {
  /** folder that runs are to be written to; need not exist */
  readonly folder: string;
  /** the serial port that will be used, if it is to be the only one looked at */
  readonly device?: string;
  /** the board at it may be asked who it is, which resets an Arduino */
  readonly askBoard?: boolean;
  /** so may a VESC be */
  readonly askVesc?: boolean;
}

export interface Check {
  readonly name: string;
  /** Looks, and changes nothing that it does not put back; what it throws becomes a problem of its own. */
  run(system: System, options: DoctorOptions): Answer | Promise<Answer>;
}
export type Answer = Finding | readonly Finding[];

export interface Group {
  readonly name: string;
  readonly checks: readonly Check[];
}

export function ok(found: string): Finding {
  return { status: "ok", found, remedy: null };
}

/** Nothing is to be done about a note without a remedy. */
export function note(found: string, remedy: string | null): Finding {
  return { status: "note", found, remedy };
}

export function problem(found: string, remedy: string): Finding {
  return { status: "problem", found, remedy };
}

/** For what this machine does not have and need not have: nothing is wrong. */
export function notApplicable(why: string): Finding {
  return ok(`not applicable here: ${why}`);
}

export function named(name: string, finding: Finding): Finding {
  return { ...finding, name };
}
