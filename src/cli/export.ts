import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { textOf } from "./arguments.js";

const command: CommandModule = {
  command: "export <run>",
  describe: "write a run's policy for other programs: ONNX, C, JSON or WebAssembly",
  builder: (argv) =>
    argv
      .positional("run", { type: "string", demandOption: true, describe: "folder of the run" })
      .option("what", {
        type: "string",
        default: "policy",
        describe: "policy: from state to command, clock and controller included; network: the network alone (onnx)",
        requiresArg: true,
      })
      .option("format", { type: "string", default: "onnx", describe: "onnx, c, json or wasm", requiresArg: true })
      .option("precision", {
        type: "string",
        describe: "of onnx: float32, or float64 for checking [default: float32]",
        requiresArg: true,
      })
      .option("timing", {
        type: "string",
        describe: "simulation or hardware [default: as the run was driven]",
        requiresArg: true,
      })
      .option("checkpoint", {
        type: "string",
        default: "best",
        describe: "best, last, or a number of updates",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "file to write [default: policy.onnx, policy.c … in the run's folder]",
        requiresArg: true,
      })
      .example("$0 export runs/mine", "runs/mine/policy.onnx, checked against the core")
      .example("$0 export runs/mine --format c --out policy.c", "one C99 file for a microcontroller")
      .example("$0 export runs/mine --what network --timing hardware", "the network alone"),
  handler: async (argv) => {
    const { exportCommand } = await import("./export-run.js");
    await exportCommand(
      {
        run: String(argv.run),
        what: String(argv.what),
        format: String(argv.format),
        precision: textOf(argv.precision),
        timing: textOf(argv.timing),
        checkpoint: String(argv.checkpoint),
        out: textOf(argv.out),
      },
      outputFor(argv.json === true),
    );
  },
};
export default command;
