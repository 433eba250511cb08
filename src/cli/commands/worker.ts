/** `lapgrad worker`: does jobs that --engine bullmq left in Redis. */
import { availableParallelism } from "node:os";
import { withoutPassword } from "../../sweeps/engine.js";
import { flag, text } from "../arguments.js";
import { defineCommand } from "../command.js";
import { watchInterrupts } from "../interrupt.js";
import { workers } from "../shared.js";

export default defineCommand({
  describe: "do jobs of plans that wait in Redis, until Ctrl-C (docs/sweeps.md)",
  args: {
    url: {
      type: text,
      positional: true,
      required: true,
      describe: "redis://HOST[:PORT], rediss:// with TLS; the password in LAPGRAD_REDIS_PASSWORD",
    },
    workers,
    untilDone: { type: flag, describe: "end when no plan is followed any more" },
  },
  examples: {
    "lapgrad worker redis://desk:6379": "on every computer that has time",
    "lapgrad worker rediss://me@desk:6379 --workers 4": "with TLS, as a user whose password is in the environment",
  },
  async run({ url, workers = availableParallelism(), untilDone }, output) {
    const { work } = await import("../../sweeps/bullmq/work.js");
    const interrupt = watchInterrupts();
    try {
      const { signal } = interrupt;
      output.say(`${workers} at a time from ${withoutPassword(url)}; Ctrl-C ends it, and others do what it had begun`);
      const done = await work(url, { workers, untilDone: untilDone ?? false, signal, say: (line) => output.say(line) });
      output.say(`${done} jobs done`);
      output.result({ done });
    } finally {
      interrupt.release();
    }
  },
});
