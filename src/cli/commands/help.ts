/** `lapgrad help`: what --help shows, and topics that belong to several commands. */
import { UserError } from "../../errors.js";
import { nearest } from "../../spelling.js";
import { text } from "../arguments.js";
import { defineCommand } from "../command.js";

/** The widest lines. */
const COLUMNS = 100;

export default defineCommand({
  describe: "help of a command, or of a topic: settings, tasks, man (the manual page)",
  args: {
    topic: { type: text, positional: true, describe: "a command, or settings, tasks or man", defaultNote: "all" },
  },
  examples: {
    "lapgrad help train": "the same as lapgrad train --help",
    "lapgrad help settings": "every setting, with its default",
    "lapgrad help man": "the manual page; written to a file, man ./lapgrad.1 shows it",
  },
  async run({ topic }, output) {
    const [{ helpOf }, { TOPICS, topicText }, { COMMAND_NAMES }] = await Promise.all([
      import("../help.js"),
      import("../topics.js"),
      import("../registry.js"),
    ]);
    const columns = Math.min(output.terminal?.columns ?? COLUMNS, COLUMNS);
    const command = COMMAND_NAMES.find((name) => name === topic);
    const known = TOPICS.find((name) => name === topic);
    if (topic !== undefined && !command && !known) {
      const near = nearest(topic, [...COMMAND_NAMES, ...TOPICS]);
      const allowed = `a command, or ${TOPICS.join(", ")}`;
      throw new UserError(
        `there is no help on "${topic}"; ${near ? `did you mean "${near}"?` : `allowed is ${allowed}`}`,
      );
    }
    const shown = known ? await topicText(known, columns) : await helpOf(command, columns);
    output.print(shown.endsWith("\n") ? shown : `${shown}\n`);
    output.result({ topic: topic ?? null, text: shown });
  },
});
