/** `lapgrad import`: a policy from a file becomes the first checkpoint of a run. */
import { checkpointPath, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { layersOf } from "../checkpoint/policy.js";
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { readPolicy } from "../export/import.js";
import type { Output } from "../output.js";
import { hiddenOf, setLayers } from "../policy-file.js";
import { coreFor } from "../session.js";
import { checkpointOf } from "../training/checkpoints.js";
import { START } from "../training/judgement.js";
import { newRun } from "./train-start.js";

export async function importCommand(
  path: string,
  given: PartialConfig,
  out: string | undefined,
  output: Output,
): Promise<void> {
  const { layers, settings, form } = await readPolicy(path);
  const own: PartialConfig = { ...settings, hidden: hiddenOf(layers) };
  for (const name of ["task", "hidden"] as const) {
    const [asked, found] = [given[name], own[name]].map((value) => JSON.stringify(value));
    if (asked !== undefined && found !== undefined && asked !== found)
      throw new UserError(`${path} holds a policy whose ${name} is ${found}, got --${name} ${asked}: leave it out`);
  }
  const config = mergeConfigs(own, given);
  setLayers(await coreFor(completeConfig(config), 1, 1), layers, path); // refused before a folder is made
  const run = await newRun({ given: config, ...(out === undefined ? {} : { out }) });
  try {
    setLayers(run.core, layers, path);
    const checkpoint = checkpointPath(run.folder.path, 0);
    await writeCheckpoint(checkpoint, checkpointOf(run, START));
    const network = layersOf(run.core).join("-");
    output.say(`${form}, network ${network}, for ${run.config.task}: ${checkpoint}`);
    output.say(`drive it: lapgrad drive ${run.folder.path}`);
    output.result({ policy: path, form, task: run.config.task, network, run: run.folder.path, checkpoint });
  } finally {
    run.unlock();
  }
}
