/** `lapgrad replay`: goes through a recording again and says how far controller, references and costs agree with it. */
import { digits, formatTable, roomOf } from "../../output.js";
import { type ReplayResult, replayRecordings } from "../../training/replay.js";
import { flag, path } from "../arguments.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  describe: "feed a recording through controller, cost and gradient; report mismatch",
  args: {
    recording: {
      type: path("a recording, e.g. runs/mine/rollouts/0001.mcap"),
      positional: true,
      required: true,
      describe: "MCAP, or the authors' JSON[.gz]",
    },
    network: {
      type: path("a run or a network as JSON"),
      describe: "network (JSON) or run that drove, to check its outputs too",
    },
    estimate: {
      type: flag,
      describe: "of a robot's drive: estimate from what was measured where it was, and compare with what was estimated",
    },
  },
  /** what cost and gradient of a recording, and an estimate of where it was, depend on */
  settings: [
    "truncation",
    "window",
    "network-state-feedback",
    "model-scale",
    "model-delay",
    "control-period",
    "network-period",
    "steps-per-segment",
    "nominal-gains",
    "parameters",
    "pose-noise",
    "pose-heading-noise",
    "pose-jitter",
    "pose-latency",
    "steering-curvature",
  ],
  examples: {
    "lapgrad replay runs/mine/rollouts/0001.mcap": "one of our own rollouts",
    "lapgrad replay jetracer-hw-train-1.json.gz": "a training run on the real car, with its recorded costs",
    "lapgrad replay run.json.gz --parameters controller.throttleLimit=0.65": "recorded with another throttle limit",
    "lapgrad replay run.json.gz --nominal-gains 0.6,0.6,0.35,0.35,0,0": "recorded with other nominal gains",
    "lapgrad replay runs/mine/drives/0001.mcap --estimate --pose-noise 0.01": "had poses been trusted less",
  },
  async run({ recording, network, estimate, given }, output) {
    if (estimate) return (await import("../re-estimate.js")).showReEstimate(recording, given, output);
    const results = await replayRecordings(recording, given, network);
    output.say(formatTable(tableOf(results), roomOf(output)));
    for (const { note, rollout } of results) if (note) output.say(`rollout ${rollout}: ${note}`);
    output.result({ recording, rollouts: results });
  },
});

/** One row per rollout; "error": the largest difference to the recording. Columns without any value are left out. */
function tableOf(results: readonly ReplayResult[]): string[][] {
  const error = (value: number | null) => (value === null ? undefined : value.toExponential(1));
  const columns: [string, (r: ReplayResult) => string | undefined][] = [
    ["rollout", (r) => `${r.rollout}`],
    ["driven [s]", (r) => digits(r.seconds)],
    ["command error", (r) => error(r.commandError.largest)],
    ["(median)", (r) => error(r.commandError.median)],
    ["reference error", (r) => error(r.referenceError)],
    ["setpoint error", (r) => error(r.setpointError)],
    ["cost", (r) => digits(r.cost)],
    ["window cost", (r) => digits(r.windowCost)],
    ["windows", (r) => (r.windows > 1 ? `${r.windows}` : undefined)],
    ["cost error", (r) => error(r.costError)],
  ];
  const known = columns.filter(([, cell]) => results.some((result) => cell(result) !== undefined));
  return [known.map(([heading]) => heading), ...results.map((r) => known.map(([, cell]) => cell(r) ?? "-"))];
}
