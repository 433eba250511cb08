/** A PCA9685 in virtual time: the helpers that run on a robot, chips of registers, and poses of a plant. */
import { afterAll, test } from "@jest/globals";
import { Fault } from "../../../src/links/faults.js";
import { PoseEntry } from "../../../src/pose/shared-poses.js";
import { linkTo } from "../../in-the-loop/robot.js";
import { VirtualHost } from "../../in-the-loop/virtual-host.js";
import { closeFakes, FakePca9685, HelperCommandsOf, PCA_CAR } from "../../support/fake-pca9685.js";
import {
  contextOf,
  coreOf,
  type DriveHarness,
  type LinkHarness,
  onBoard,
  type RobotHarness,
  type RunningRobot,
} from "../harness.js";

afterAll(closeFakes);

/** Control steps until poses are believed of a car that was carried away. */
const CARRIED = 30;

/** `car`: another board's, or one that a test disturbs. */
async function start(car?: FakePca9685): Promise<RunningRobot> {
  const fake = car ?? (await FakePca9685.make({}));
  const commands: number[][] = [];
  const sent = new HelperCommandsOf((command) => commands.push(command));
  const parts = onBoard(
    PCA_CAR,
    fake,
    (ms) => fake.run(ms),
    (bytes) => sent.push(bytes),
  );
  await fake.connect(parts.port.arrive);
  let isSilent = false;
  const pose = new Float64Array(PoseEntry.count);
  return {
    ...parts,
    pass: async (seconds) => {
      await parts.pass(seconds);
      if (!isSilent && fake.poll(pose)) parts.robot.takePose?.(pose);
    },
    silence: (silent) => {
      isSilent = silent;
      parts.silence(silent);
    },
    truth: fake.state,
    commands,
    restart: async () => fake.restart(),
  };
}

const robot = {
  limits: [1, 1],
  gentle: [0.06, 0.1],
  resolution: 1e-4,
  // by poses alone, whose noise is assumed to be 5 mm and 0.6°
  accuracy: { v: 0.05, yaw: 0.03, position: 0.03 },
  stopsWith: Fault.helperTimedOut,
  placeable: false,
  isFiltered: true,
  hasTransport: true,
  start,
} satisfies RobotHarness;

const drives: DriveHarness = {
  task: "car-figure8",
  leaves: { given: { geofence: [-3, 3, -3, 0.5] }, words: /outside the geofence.*;/ },
  open: async (given, folder) => {
    const fake = await FakePca9685.make({});
    const { config, core } = await coreOf({ ...PCA_CAR, ...given });
    const context = contextOf(core, folder);
    const host = new VirtualHost(config, fake, fake, context.parameters);
    host.poses = fake;
    const link = linkTo(host, config, context, () => {});
    await link.open();
    const carryBack = async () => {
      fake.put();
      for (let i = 0; i < CARRIED; i++) await host.pause();
    };
    return { core, link, speed: () => fake.state[2], carryBack };
  },
};

const harness = { test, robot, drives } satisfies LinkHarness;
export default harness;
