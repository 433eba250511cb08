/** The person at the terminal of a guided set-up, who answers questions and presses Enter. */
import { UserError } from "../errors.js";
import { Fault } from "../links/faults.js";
import type { Output } from "../output.js";
import type { Person } from "../setup/rig.js";
import { answer } from "./operator.js";

/** `stop`: called when the terminal is gone. @throws UserError if there is none */
export function personAt(output: Output, signal: AbortSignal, stop: (fault: Fault) => void): Person {
  if (process.stdin.isTTY !== true)
    throw new UserError(
      "setup asks somebody beside the robot, and there is no terminal: run it in one (ssh -t), or give --yes, which " +
        "writes the file and moves nothing",
    );
  process.stdin.on("error", () => stop(Fault.terminalGone));
  return {
    signal,
    say: output.say,
    confirm: async (question, cancel) => {
      output.say(question);
      return (await answer(either(signal, cancel), "Enter when that is done, n and Enter to end: ")) === "";
    },
    choose: async (question, answers, cancel) => {
      output.say(question);
      for (const [name, meaning] of Object.entries(answers)) output.say(`  ${name}: ${meaning}`);
      const names = Object.keys(answers).join(", ");
      for (;;) {
        const typed = await answer(either(signal, cancel), `${names}; q to end: `);
        if (typed === undefined || typed === "q") return undefined;
        if (Object.hasOwn(answers, typed)) return typed;
        output.say(`got "${typed}"; allowed: ${names}, and q`);
      }
    },
  };
}

const either = (signal: AbortSignal, cancel: AbortSignal = signal) => AbortSignal.any([signal, cancel]);

/** Nobody: what would be asked is refused, with the option that says it. */
export function nobodyAt(output: Output, signal: AbortSignal): Person {
  const refuse = async (question: string, answers: object): Promise<never> => {
    throw new UserError(`${question} Allowed: ${Object.keys(answers).join(", ")}; with --yes it must be given`);
  };
  return { signal, say: output.say, confirm: (question) => refuse(question, {}), choose: refuse };
}
