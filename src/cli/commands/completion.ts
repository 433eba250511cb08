/** `lapgrad completion`: the script by which a shell completes words; it asks the tables (complete.ts). */
import { resolve } from "node:path";
import yargs from "yargs";
import { here, programOf } from "../../installation.js";
import { choice } from "../arguments.js";
import { defineCommand } from "../command.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

export default defineCommand({
  describe: "a script by which a shell completes commands, options and their values",
  args: {
    shell: { type: choice(...SHELLS), positional: true, describe: "which shell", defaultNote: "the one in $SHELL" },
  },
  examples: {
    "lapgrad completion bash": "what bash is to load: docs/shell.md",
    "lapgrad completion fish --json": "the same as JSON",
  },
  async run({ shell }, output) {
    const program = programOf(here());
    const path = /^[\w./-]*\/[\w./-]*$/.test(program) ? resolve(program) : "lapgrad";
    const script = await scriptFor(path, shell);
    output.print(`${script}\n`);
    output.result({ shell: shell ?? null, script });
  },
});

/** What yargs writes for a shell, or for the one in $SHELL; `path`: how the program is called. */
async function scriptFor(path: string, shell: (typeof SHELLS)[number] | undefined): Promise<string> {
  const before = process.env.SHELL;
  if (shell !== undefined) process.env.SHELL = shell; // by which yargs chooses
  try {
    let script = "";
    const parser = yargs([]).scriptName(path).exitProcess(false).completion("completion");
    await parser.parse(["completion"], {}, (_error, _typed, text) => {
      script = text;
    });
    return script;
  } finally {
    if (before === undefined) delete process.env.SHELL;
    else process.env.SHELL = before;
  }
}
