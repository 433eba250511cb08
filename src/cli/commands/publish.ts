/** `lapgrad publish`: drives with a fixed policy until something, or somebody, stops the robot. */
import { join } from "node:path";
import { completeConfig } from "../../config/config.js";
import { UserError } from "../../errors.js";
import { unusedPath } from "../../files.js";
import { transportOf } from "../../links/links.js";
import { timestamp } from "../../output.js";
import { configOfPolicy, openPolicy } from "../../policy-file.js";
import { pilotCore } from "../../runtime/control.js";
import { defineCommand } from "../command.js";
import { connectRobot, requireLink } from "../connect.js";
import { whileShown } from "../live.js";
import { DRIVING } from "../settings.js";
import { checkpoint, folder, permission, policy, viewing } from "../shared.js";

export default defineCommand({
  describe: "a trained policy as a ROS 2 node: drives until it is stopped, without learning",
  args: {
    policy: { ...policy, required: true },
    ...permission,
    ...viewing,
    checkpoint,
    out: { type: folder, describe: "folder to record the drive in", defaultNote: "runs/publish-<time>" },
  },
  settings: DRIVING,
  examples: { "lapgrad publish runs/mine --link ros2 --arm": "the best policy of a run drives the robot" },
  async run(args, output) {
    requireLink(args.given.link);
    const policy = await openPolicy(args.policy, args.checkpoint);
    const chosen = await configOfPolicy(args.policy, policy, args.given);
    const own = { hidden: [...policy.hidden], window: "0:0:0", rollouts: 1, batch: 1 };
    const config = completeConfig({ ...chosen, ...own, "update-every": "rollout" });
    if (transportOf(config.link)?.kind !== "ros2")
      throw new UserError(
        `lapgrad publish is for --link ros2, not for ${config.link}: lapgrad drive drives everything`,
      );
    const core = await pilotCore(config);
    policy.install(core);
    const drives = args.out ?? (await unusedPath(join("runs", `publish-${timestamp(new Date())}`)));
    await whileShown(args, { path: drives, config }, output, async ({ output, view }, { signal, stop }) => {
      const parameters = core.parameterCount();
      const link = await connectRobot(config, { permission: args, output, signal, stop, drives, parameters, view });
      let stopped = "";
      await link.open();
      try {
        stopped = await link.driveUntilStopped(core);
      } finally {
        await link.stop().finally(() => link.close());
      }
      output.say(`${stopped}; recorded in ${drives}`);
      if (!signal.aborted) throw new UserError(`the drive was stopped: ${stopped}`, 1);
      output.result({ task: config.task, policy: args.policy, updates: policy.updates ?? null, stopped, drives });
    });
  },
});
