/** A plant node on a graph without ROS. */
import { test } from "@jest/globals";
import { completeConfig } from "../../../src/config/config.js";
import { resolveTask } from "../../../src/config/resolve.js";
import { Fault } from "../../../src/links/faults.js";
import { robotFor } from "../../../src/links/links.js";
import { CommandSlot } from "../../../src/links/ros2/record.js";
import { linkTo } from "../../in-the-loop/robot.js";
import { contextOf, coreOf, type DriveHarness, type LinkHarness, type RobotHarness } from "../harness.js";
import { VirtualNode, VirtualRosHost } from "../ros2/host.js";

const robot: RobotHarness = {
  limits: [1, 1],
  gentle: [0.06, 0.1],
  resolution: 0,
  accuracy: { v: 0.02, yaw: 0.02, position: 0.01 }, // a state that is 10 ms old and carried forward
  stopsWith: Fault.relayStopped,
  placeable: false,
  hasTransport: false,
  start: async () => {
    const config = completeConfig({ link: "ros2" });
    const node = new VirtualNode();
    const plant = await node.startPlant(config);
    node.start(config);
    const robot = robotFor(config, resolveTask(config).task)?.make(node, 1);
    if (!robot) throw new Error("link ros2 has no robot");
    const commands: number[][] = [];
    const dataOf = (topic: string) => node.graph.last<{ data: number }>(topic)?.data ?? Number.NaN;
    node.commanded = (row) => {
      const follows = row[CommandSlot.arming] !== 0; // otherwise nothing is published
      commands.push(follows ? [dataOf("/jetracer/throttle"), dataOf("/jetracer/steering")] : [0, 0]);
    };
    return {
      robot,
      port: undefined,
      truth: plant.state,
      commands,
      now: () => node.now,
      silence: (isSilent) => {
        node.isSilent = isSilent;
      },
      pass: async (seconds) => node.pass(seconds),
      flush: async () => {},
      restart: undefined,
    };
  },
};

const drives: DriveHarness = {
  task: "car-figure8",
  leaves: { given: { geofence: [-3, 3, -3, 0.5] }, words: /outside the geofence.*;/ },
  open: async (given, folder) => {
    const { config, core } = await coreOf({ link: "ros2", ...given });
    const context = contextOf(core, folder);
    const host = new VirtualRosHost(config, context.parameters);
    const plant = await host.node.startPlant(config);
    const link = linkTo(host, config, context, () => {});
    await link.open();
    // a robot that is measured from outside begins where it stands when it is asked to drive
    const carryBack = async () => {
      plant.state.set(core.setup.task.initialState);
      for (let i = 0; i < 5; i++) await host.pause();
    };
    return { core, link, speed: () => plant.state[2], carryBack };
  },
};

const harness: LinkHarness = { test, robot, drives };
export default harness;
