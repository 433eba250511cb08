/** A terminal that is lost: an ssh connection that broke, a window that was closed. */
import { closeSync, fstatSync } from "node:fs";
import { isatty } from "node:tty";
import { codeOf } from "../files.js";

/** Whether a write failed because the terminal is gone; the same code of a file says that its disk does not work. */
export function isTerminalGone(error: unknown, file: number): boolean {
  return codeOf(error) === "EIO" && isDevice(file);
}

/** Node gives a terminal its settings back when it ends, and ends with a stack trace instead if that one is gone. */
export function leaveLostTerminals(): void {
  for (const file of [0, 1, 2]) if (isDevice(file) && !isatty(file)) closeSync(file);
}

function isDevice(file: number): boolean {
  try {
    return fstatSync(file).isCharacterDevice();
  } catch {
    return false; // closed
  }
}
