/** The simulated plant: as a link, and as a robot in virtual time. */
import { test } from "@jest/globals";
import { Fault } from "../../../src/links/faults.js";
import { SimLink } from "../../../src/links/kinds/sim.js";
import { SIMULATED_LIMITS, SimulatedRobot } from "../../support/simulated-robot.js";
import { tool } from "../../support/tools.js";
import { coreOf, type DriveHarness, type LinkHarness, type RobotHarness } from "../harness.js";

const robot: RobotHarness = {
  limits: SIMULATED_LIMITS,
  gentle: [0.5, 0.4],
  resolution: 0,
  accuracy: { v: 1e-9, yaw: 1e-9, position: 0.005 }, // the plant goes along tangents
  stopsWith: Fault.none,
  placeable: true,
  hasTransport: false,
  start: async () => {
    const robot = await SimulatedRobot.make();
    let time = 0;
    return {
      robot,
      port: undefined,
      truth: robot.state,
      commands: robot.commands,
      now: () => time,
      silence: (isSilent) => {
        robot.isSilent = isSilent;
      },
      pass: async (seconds) => {
        time += seconds;
      },
      flush: async () => {},
      restart: undefined,
    };
  },
};

const drives: DriveHarness = {
  task: "car-figure8",
  leaves: { given: {}, start: [9.9, 0, 3, 0], words: /x \[m\] = 10\.\d+ left its bounds/ },
  open: async (given) => ({ ...(await coreOf(given)), link: new SimLink(), speed: undefined }),
};

const harness: LinkHarness = { test, robot, drives };
export default harness;

/** The same with a plant outside the core. */
export const onHostPlant: LinkHarness = {
  ...harness,
  test: tool("mujoco").test,
  drives: { ...drives, open: (given, folder) => drives.open({ plant: "mujoco", ...given }, folder) },
};
