/**
 * `lapgrad plant` and `lapgrad train` on a graph without ROS, as processes. Usage: node command-process.js plant|train
 * <settings as JSON> <folder>
 */
import plantCommand from "../../../src/cli/commands/plant.js";
import trainCommand from "../../../src/cli/commands/train.js";
import { asTyped } from "../../../src/cli/typed.js";
import type { PartialConfig } from "../../../src/config/config.js";
import { resolveTask } from "../../../src/config/resolve.js";
import { messageOf } from "../../../src/errors.js";
import { ros2SettingsFrom } from "../../../src/links/ros2/settings.js";
import { outputFor } from "../../../src/output.js";
import { Recorder } from "../../../src/runtime/recorder.js";
import { RobotLink } from "../../../src/runtime/robot-link.js";
import { Ros2Connection } from "../../../src/runtime/ros2-connection.js";
import { ThreadHost } from "../../../src/runtime/thread-host.js";
import { joinHub } from "./socket-graph.js";

const [, , command, settings = "{}", out = ""] = process.argv;
const given = JSON.parse(settings) as PartialConfig;
const output = outputFor(true, asTyped);
try {
  if (command === "plant") await plantCommand.run({ given }, output, joinHub);
  else
    await trainCommand.run({ given, out }, output, async (config, { signal, stop, drives, parameters }) => {
      const { task } = resolveTask(config);
      const program = new URL("./node-process.js", import.meta.url);
      const connection = new Ros2Connection(ros2SettingsFrom(config, task), task, output.say, program);
      const host = new ThreadHost(
        config,
        connection,
        parameters,
        { heartbeatWithin: Number.POSITIVE_INFINITY },
        { drives, onStop: stop, say: output.say },
      );
      const operator = { signal, say: output.say, confirm: async () => true, takeHeartbeat: () => true };
      return new RobotLink(host, config, operator, new Recorder(drives));
    });
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
