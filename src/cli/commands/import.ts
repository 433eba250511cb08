/** `lapgrad import`: a policy from a file becomes the first checkpoint of a run. */

import { checkpointPath, writeCheckpoint } from "../../checkpoint/checkpoint.js";
import { layersOf } from "../../checkpoint/policy.js";
import { completeConfig, mergeConfigs, type PartialConfig } from "../../config/config.js";
import type { Core } from "../../core/core.js";
import { UserError } from "../../errors.js";
import { installAdjustment } from "../../export/description.js";
import { readPolicy } from "../../export/import.js";
import { hiddenOf, setLayers } from "../../policy-file.js";
import { coreFor } from "../../session.js";
import { quoted } from "../../shell.js";
import { checkpointOf } from "../../training/checkpoints.js";
import { START } from "../../training/judgement.js";
import { newRun } from "../../training/run-start.js";
import { path } from "../arguments.js";
import { defineCommand } from "../command.js";
import { TRAINING } from "../settings.js";
import { folder } from "../shared.js";

export default defineCommand({
  describe: "make a run of a policy from a file, to drive, train or export it",
  args: {
    policy: {
      type: path("a file, e.g. policy.json"),
      positional: true,
      required: true,
      describe: "an export of lapgrad (JSON, ONNX), or a network in the authors' layout (JSON[.gz])",
    },
    out: { type: folder, describe: "folder of the run", defaultNote: "runs/<task>-<time>" },
  },
  settings: ["task", ...TRAINING],
  examples: {
    "lapgrad import policy.json --out runs/copy && lapgrad drive runs/copy": "back from an export",
    "lapgrad import jetracer-sim-model.json.gz --out runs/authors": "a network alone: settings are the task's",
    "lapgrad train --resume runs/copy": "train it further",
  },
  async run({ policy, given, ...where }, output) {
    const { layers, settings, adjustment, form } = await readPolicy(policy);
    const own: PartialConfig = { ...settings, hidden: hiddenOf(layers) };
    for (const name of ["task", "hidden"] as const) {
      const [asked, found] = [given[name], own[name]].map((value) => JSON.stringify(value));
      if (asked !== undefined && found !== undefined && asked !== found)
        throw new UserError(`${policy} holds a policy whose ${name} is ${found}, got --${name} ${asked}: leave it out`);
    }
    const config = mergeConfigs(own, given);
    const install = (core: Core) => {
      setLayers(core, layers, policy);
      if (adjustment) installAdjustment(core, adjustment, policy);
    };
    install(await coreFor(completeConfig(config), 1, 1)); // refused before a folder is made
    const run = await newRun({ ...where, given: config });
    try {
      install(run.core);
      run.core.setPace(run.config.pace); // no training's careful start: it drives as it did where it came from
      const checkpoint = checkpointPath(run.folder.path, 0);
      await writeCheckpoint(checkpoint, checkpointOf(run, START));
      const network = layersOf(run.core).join("-");
      output.say(`${form}, network ${network}, for ${run.config.task}: ${checkpoint}`);
      output.say(`drive it: lapgrad drive ${quoted(run.folder.path)}`);
      output.result({ policy, form, task: run.config.task, network, run: run.folder.path, checkpoint });
    } finally {
      run.unlock();
    }
  },
});
