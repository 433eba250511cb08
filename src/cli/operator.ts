/** The person at the terminal: asked before a robot moves, and, with a dead-man's switch, while it does. */
import { createInterface } from "node:readline/promises";
import type { RunConfig } from "../config/schema.js";
import { UserError } from "../errors.js";
import { Fault } from "../links/faults.js";
import type { Output } from "../output.js";
import type { Operator } from "../runtime/operator.js";
import { GamepadSign, type Shared } from "../runtime/shared.js";
import { suspendAtRest } from "./interrupt.js";

/** What a terminal makes a signal of, unless its keys are read one by one. */
const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  "\u0003": "SIGINT",
  "\u001a": "SIGTSTP",
  "\u001c": "SIGQUIT",
};

/**
 * Refuses where somebody is needed at the terminal and there is none. `shared`: what a gamepad tells, where somebody
 * holds one.
 */
export async function operatorAt(
  config: RunConfig,
  deadMan: boolean,
  output: Output,
  signal: AbortSignal,
  stop: (fault: Fault) => void,
  shared?: () => Shared,
): Promise<Operator> {
  const isTerminal = process.stdin.isTTY === true;
  if (deadMan && !isTerminal)
    throw new UserError("--dead-man needs a terminal whose keys it can see: leave it out, or run in one (ssh -t)");
  if (config["update-every"] === "rollout" && !isTerminal && config.rollouts > 1)
    throw new UserError(
      "separate rollouts need somebody who puts the robot back before each: " +
        "run in a terminal, or use --update-every lap",
    );
  if (isTerminal) process.stdin.on("error", () => stop(Fault.terminalGone));
  const suspend = suspendAtRest(stop);
  const keys = deadMan ? watchKeys(signal) : undefined;
  return {
    signal,
    say: output.say,
    confirm: async (question) => {
      output.say(question);
      if (shared) return waitForGamepad(shared(), signal, output);
      if (!isTerminal) return true; // --arm permits it
      return keys ? keys.wait(output) : (await answer(signal, "press Enter to drive, n and Enter not to: ")) === "";
    },
    takeHeartbeat: () => keys?.take() ?? true,
    atRest: () => {
      keys?.release();
      suspend();
    },
  };
}

/** What a gamepad told is looked at this often [ms]. */
const LOOK = 20;

/** Until its button to begin is pressed; until then its sticks move the robot while its other button is held. */
async function waitForGamepad(shared: Shared, signal: AbortSignal, output: Output): Promise<boolean> {
  output.say("gamepad: hold its button to move the robot by the sticks, and press start meanwhile to drive");
  shared.takeGamepadSign();
  shared.isHandDriving = true;
  try {
    for (;;) {
      const sign = shared.takeGamepadSign();
      if (sign === GamepadSign.begin) return true;
      if (sign === GamepadSign.lost || signal.aborted || shared.stoppedFor !== Fault.none) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  } finally {
    shared.isHandDriving = false;
  }
}

/** A typed line; what was typed before the question is no answer to it. Undefined: interrupted. */
export async function answer(signal: AbortSignal, question: string): Promise<string | undefined> {
  await forgetTyped();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question, { signal })).trim();
  } catch {
    return undefined;
  } finally {
    terminal.close();
  }
}

/** Typed lines arrive this soon [ms]. */
const TYPED = 100;

async function forgetTyped(): Promise<void> {
  const forget = () => {};
  process.stdin.on("data", forget);
  await new Promise((resolve) => setTimeout(resolve, TYPED));
  process.stdin.off("data", forget);
  process.stdin.pause();
}

/** A key that is held repeats after half a second at the latest: after this long without one it was let go [ms]. */
const LET_GO = 700;

/** Keys as they are pressed; a key that is held repeats. */
function watchKeys(signal: AbortSignal) {
  let pressed = false;
  let last = Number.NEGATIVE_INFINITY;
  let onKey = (_: boolean) => {};
  process.stdin.setRawMode(true);
  process.stdin.on("data", (data) => {
    const key = data.toString();
    const asked = Object.entries(SIGNALS).find(([character]) => key.includes(character))?.[1];
    if (asked) {
      process.kill(process.pid, asked);
      return;
    }
    const now = performance.now();
    const isNew = now - last > LET_GO;
    last = now;
    pressed = true;
    onKey(isNew);
  });
  process.stdin.unref();
  const release = () => void process.stdin.setRawMode(false);
  process.once("exit", release);
  return {
    release,
    take: () => {
      const was = pressed;
      pressed = false;
      return was;
    },
    /** Until a key is pressed anew: one that is still held from before permits no other drive. */
    wait: (output: Output) =>
      new Promise<boolean>((resolve) => {
        if (signal.aborted) return resolve(false);
        output.say("hold the space bar to drive (if you hold it, let go first): letting go stops the robot");
        last = performance.now();
        onKey = (isNew) => {
          if (isNew) resolve(true);
        };
        signal.addEventListener("abort", () => resolve(false), { once: true });
      }),
  };
}
