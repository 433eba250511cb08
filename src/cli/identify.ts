import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";

const command: CommandModule = {
  command: "identify <recordings..>",
  describe: "fit the car model and the plant `identified` to recorded driving; report prediction errors",
  builder: (argv) =>
    argv
      .positional("recordings", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "MCAP files, runs (all their rollouts), or the authors' JSON[.gz]",
      })
      .option("check", {
        type: "string",
        array: true,
        describe: "other recordings, to see the prediction errors on them too",
        requiresArg: true,
      })
      .option("skip-segments", {
        type: "string",
        describe:
          "segments left out at the start of every recording [default: 40 on a real car, which launches; 0 in simulation]",
        requiresArg: true,
      })
      .option("out", {
        type: "string",
        describe: "YAML file for the identified plant, to be used with --config",
        requiresArg: true,
      })
      .example("$0 identify runs/mine", "what the car of a run was")
      .example(
        "$0 identify jetracer-hw-train-1.json.gz --check jetracer-hw-train-2.json.gz",
        "fit one training run on the real car, predict another",
      )
      .example(
        "$0 identify runs/mine --out my-car.yaml && $0 train --config my-car.yaml",
        "train in simulation on the car that was recorded",
      ),
  handler: async (argv) => {
    const { identifyCommand } = await import("./identify-run.js");
    const paths = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
    await identifyCommand(
      {
        recordings: paths(argv.recordings),
        check: paths(argv.check),
        ...(argv.skipSegments === undefined ? {} : { skipSegments: String(argv.skipSegments) }),
        ...(argv.out === undefined ? {} : { out: String(argv.out) }),
      },
      outputFor(argv.json === true),
    );
  },
};
export default command;
