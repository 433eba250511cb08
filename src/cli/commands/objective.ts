/** `lapgrad objective`: one training in simulation as one number, for programs that search for settings. */
import { trainFor } from "../../compare/training.js";
import { completeConfig } from "../../config/config.js";
import { isSimulated } from "../../config/links.js";
import { UserError } from "../../errors.js";
import { choice, text, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { drivingMinutes } from "../rules.js";
import { TRAINING, withTask } from "../settings.js";

export default defineCommand({
  describe: "train in simulation, and print how good that was as one number, less is better (docs/search.md)",
  args: {
    task: { type: text, positional: true, describe: "what to learn", defaultNote: "car-figure8" },
    minutes: { type: drivingMinutes, default: 1, describe: "driving that may be learned from [min]" },
    seeds: { type: wholeNumber(1), default: 1, describe: "trainings, from --seed on, whose mean is told" },
    measure: {
      type: choice("policy", "learning"),
      default: "policy",
      describe: "policy: what the last policy costs, in a rollout of its own; learning: the mean of all driving",
    },
  },
  settings: TRAINING,
  examples: {
    "lapgrad objective --update sgd --learning-rate 0.001 --minutes 2": "the cost, as a part of the untrained one",
    "lapgrad objective cart-pole --seeds 3 --measure learning --json": "with what each training gave",
  },
  async run(args, output) {
    const { minutes, seeds, measure } = args;
    const config = completeConfig(withTask(args));
    if (!isSimulated(config))
      throw new UserError(`--link is ${config.link}; a search trains many policies, most of them bad: allowed is sim`);
    if (config["start-from"] !== "")
      throw new UserError(
        "each training here begins untrained, which is what its cost is a part of: leave --start-from out",
      );
    if (config.race) throw new UserError("laps at other speeds cost what cannot be compared: leave --race out");
    const trainings = [];
    for (let seed = config.seed; seed < config.seed + seeds; seed++) {
      const { untrained, costs, final, failure } = await trainFor({ ...config, seed }, minutes);
      const learned = measure === "policy" ? final : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
      // a training that failed is as bad as what it is stopped for
      const part = failure === null && learned !== null ? learned / untrained : Number.NaN;
      const value = Number.isFinite(part) ? Math.min(config["stop-factor"], part) : config["stop-factor"];
      trainings.push({ seed, value, untrained, final, failure: failure?.why ?? null });
    }
    const value = trainings.reduce((sum, one) => sum + one.value, 0) / seeds;
    output.say(`${value}`);
    output.result({ value, task: config.task, minutes, measure, trainings });
  },
});
