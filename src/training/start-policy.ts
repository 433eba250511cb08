/** The policy that a training begins with: random weights, or what another run has learned. */
import { join } from "node:path";
import { type PartialConfig, readCompleteConfig } from "../config/config.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { openPolicy } from "../policy-file.js";
import { initialisePolicy } from "../session.js";
import { pacesOf } from "./paces.js";

/** What is given, with what the policy that it starts from needs: its network, and what that sees. */
export async function withStart(given: PartialConfig): Promise<PartialConfig> {
  const start = given["start-from"] ?? "";
  if (start === "") return given;
  const { hidden, run } = await openPolicy(start, "best");
  if (run === undefined) return { hidden: [...hidden], ...given };
  const { features, task } = await readCompleteConfig(join(run, "config.yaml"));
  return { hidden: [...hidden], features, task, ...given };
}

/** Draws the first weights, or takes those of the run that the configuration names, its best, and its pace. */
export async function beginPolicy(core: Core, config: RunConfig): Promise<void> {
  initialisePolicy(core, config.seed);
  const start = config["start-from"];
  if (start === "") return;
  const policy = await openPolicy(start, "best");
  if (policy.run !== undefined) refuseOther(await readCompleteConfig(join(policy.run, "config.yaml")), config);
  policy.install(core);
  const { least, most } = pacesOf(config);
  if (policy.pace !== undefined && least < most) core.setPace(Math.min(most, Math.max(least, policy.pace)));
}

/** Refuses what another task has learned, or places of another track: they mean nothing here. */
function refuseOther(learned: RunConfig, config: RunConfig): void {
  const start = config["start-from"];
  if (learned.task !== config.task)
    throw new UserError(`${start} has learned ${learned.task}, and this is ${config.task}: leave --start-from out`);
  if (learned.features !== config.features)
    throw new UserError(
      `the network of ${start} sees features ${learned.features}, and asked for is ${config.features}: leave ` +
        "--features out, or --start-from",
    );
  if (config.features === "place" && learned.track !== config.track)
    throw new UserError(
      `${start} has learned the places of another track, which mean nothing on this one: train there with ` +
        "--features path, and start from that",
    );
}
