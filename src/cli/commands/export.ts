/** `lapgrad export`: writes a policy in another form, and says whether that does what the core does; or its numbers. */
import { dirname, join } from "node:path";
import { type ExportedPolicy, refuseUnlessSame, writePolicy } from "../../api/policy.js";
import { readCompleteConfig } from "../../config/config.js";
import { UserError } from "../../errors.js";
import type { Check } from "../../export/check.js";
import { forms } from "../../export/forms.js";
import { numbersOf } from "../../export/tables/numbers.js";
import { tables } from "../../export/tables/tables.js";
import { createFolder, writeAtomically } from "../../files.js";
import { formatTable, type Output, roomOf } from "../../output.js";
import { RunFolder } from "../../training/run-folder.js";
import { choice, path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { checkpoint, run } from "../shared.js";

export default defineCommand({
  describe:
    "write a run's policy for other programs (ONNX, C, JSON, WebAssembly), or its numbers (TensorBoard, tables)",
  args: {
    run,
    what: {
      type: choice("policy", "network"),
      default: "policy",
      describe: "policy: from state to command, clock and controller included; network: the network alone (onnx)",
    },
    format: {
      type: choice(...Object.keys(forms), ...Object.keys(tables)),
      default: "onnx",
      describe: "form of the file",
    },
    precision: {
      type: choice("float32", "float64"),
      describe: "of onnx: float32, or float64 for checking; the others are float64",
      defaultNote: "float32 for onnx",
    },
    timing: {
      type: choice("simulation", "hardware"),
      describe: "whose clock the policy follows",
      defaultNote: "as the run was driven",
    },
    checkpoint,
    out: {
      type: path("a file, e.g. policy.onnx"),
      describe: "file to write",
      defaultNote: "policy.onnx, policy.c, metrics.csv … in the run's folder",
    },
  },
  examples: {
    "lapgrad export runs/mine": "runs/mine/policy.onnx, checked against the core",
    "lapgrad export runs/mine --format c --out policy.c": "one C99 file for a microcontroller",
    "lapgrad export runs/mine --format tensorboard": "then tensorboard --logdir runs",
    "lapgrad export runs/mine --what network --timing hardware": "the network alone",
  },
  async run(args, output) {
    const { run, format } = args;
    if (format in tables) return exportNumbers(args, output);
    const exported = await writePolicy(run, args, "--");
    const { what, updates, timing, file, bytes } = exported;
    output.say(`${what} of ${run} after ${updates} updates, ${timing} timing: ${file} (${bytes} bytes)`);
    say(exported, output);
    output.result(exported);
    refuseUnlessSame(exported);
  },
});

/** Writes what a run was like in numbers, also while it trains. */
async function exportNumbers(
  args: { readonly run: string; readonly what: string; readonly format: string; readonly out?: string },
  output: Output,
): Promise<void> {
  const { run, format } = args;
  if (args.what !== "policy")
    throw new UserError(`--what ${args.what} is of a policy, and --format ${format} has none: leave it out`);
  for (const option of ["precision", "timing"])
    if (option in args)
      throw new UserError(`--${option} is of a policy, and --format ${format} has none: leave it out`);
  const folder = new RunFolder(run);
  await folder.refuseUnlessRun();
  const numbers = await numbersOf(run, await readCompleteConfig(folder.configPath));
  const file = args.out ?? join(run, tables[format].file);
  const content = Buffer.from(tables[format].write(numbers));
  await createFolder(dirname(file));
  await writeAtomically(file, content);
  const { unit, rollouts, updates } = numbers;
  output.say(`${rollouts.length} ${unit}s of ${run}: ${file}`);
  output.result({ run, format, file, bytes: content.length, rollouts: rollouts.length, updates: updates.length });
}

function say({ checks, unchecked }: ExportedPolicy, output: Output): void {
  if (checks === null) {
    output.say(`not checked against the core: ${unchecked}`);
    return;
  }
  const row = ({ what, precision, states, undecided, error, limit, passed }: Check): string[] => [
    `${what}, ${precision}`,
    `${states}`,
    `${undecided}`,
    error.toExponential(1),
    limit.toExponential(0),
    passed ? "yes" : "NO",
  ];
  output.say(
    formatTable(
      [["against the core", "compared", "undecided", "error", "limit", "passed"], ...checks.map(row)],
      roomOf(output),
    ),
  );
}
