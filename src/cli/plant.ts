import type { CommandModule } from "yargs";
import { outputFor } from "../output.js";
import { requireLink } from "./connect.js";
import { givenSettings, PLANT, withSettings } from "./options.js";

const command: CommandModule = {
  command: "plant [task]",
  describe: "a simulated robot as a ROS 2 node, to drive it from another terminal",
  builder: (argv) =>
    withSettings(argv.positional("task", { type: "string", describe: "whose robot [default: car-figure8]" }), PLANT)
      .example("$0 plant --link ros2 --plant identified", "the JetRacer, seen by motion capture")
      .example("$0 plant quadruped-figure8 --link ros2", "the Go1, with odometry and cmd_vel"),
  handler: async (argv) => {
    const given = await givenSettings(argv, PLANT);
    if (argv.task !== undefined) given.task = String(argv.task);
    requireLink(given.link);
    const { plantCommand } = await import("./plant-run.js");
    const { joinRos } = await import("../links/ros2/rcl.js");
    await plantCommand(given, outputFor(argv.json === true), joinRos);
  },
};
export default command;
