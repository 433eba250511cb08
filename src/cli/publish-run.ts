/** `lapgrad publish`: drives with a fixed policy until something, or somebody, stops the robot. */
import { join } from "node:path";
import { completeConfig, mergeConfigs, type PartialConfig, readCompleteConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { unusedPath } from "../files.js";
import { transportOf } from "../links/links.js";
import { type Output, timestamp } from "../output.js";
import { openPolicy } from "../policy-file.js";
import { pilotCore } from "../runtime/control.js";
import { connectRobot, type Permission } from "./connect.js";
import { watchInterrupts } from "./interrupt.js";

export interface PublishOptions {
  readonly given: PartialConfig;
  readonly policy: string;
  readonly checkpoint: string;
  readonly permission: Permission;
  out?: string;
}

export async function publishCommand(options: PublishOptions, output: Output, connect = connectRobot): Promise<void> {
  const policy = await openPolicy(options.policy, options.checkpoint);
  const ofRun = policy.run ? await readCompleteConfig(join(policy.run, "config.yaml")) : {};
  const own = { hidden: [...policy.hidden], window: "0:0:0", rollouts: 1, batch: 1 };
  const config = completeConfig({ ...mergeConfigs(ofRun, options.given), ...own, "update-every": "rollout" });
  if (transportOf(config.link)?.kind !== "ros2")
    throw new UserError(`lapgrad publish is for --link ros2, not for ${config.link}: lapgrad drive drives everything`);
  const core = await pilotCore(config);
  policy.install(core);
  const drives = options.out ?? (await unusedPath(join("runs", `publish-${timestamp(new Date())}`)));
  const { signal, stop, release } = watchInterrupts();
  try {
    const { permission } = options;
    const parameters = core.exports.parameterCount();
    const link = await connect(config, { permission, output, signal, stop, drives, parameters });
    let stopped = "";
    await link.open();
    try {
      stopped = await link.driveUntilStopped(core);
    } finally {
      await link.stop().finally(() => link.close());
    }
    output.say(`${stopped}; recorded in ${drives}`);
    if (!signal.aborted) throw new UserError(`the drive was stopped: ${stopped}`, 1);
    output.result({ task: config.task, policy: options.policy, updates: policy.updates ?? null, stopped, drives });
  } finally {
    release();
  }
}
