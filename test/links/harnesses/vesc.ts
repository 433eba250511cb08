/** A stand-in for a VESC: a plant that it drives, and its frames, written from its documents. */
import { test } from "@jest/globals";
import type { PartialConfig } from "../../../src/config/config.js";
import { Fault } from "../../../src/links/faults.js";
import { linkTo } from "../../in-the-loop/robot.js";
import { VirtualHost } from "../../in-the-loop/virtual-host.js";
import { CommandsOf, ELECTRICAL_TRAVEL, FakeVesc } from "../../support/fake-vesc.js";
import { contextOf, coreOf, type DriveHarness, type LinkHarness, onBoard, type RobotHarness } from "../harness.js";

/** What must be told of the fake's car. */
const CAR: PartialConfig = { link: "vesc", "wheel-travel": ELECTRICAL_TRAVEL };

const robot: RobotHarness = {
  limits: [1, 1],
  gentle: [0.06, 0.1],
  // a thousandth of the servo's range, of which steering has 0.35 to each side
  resolution: 3e-3,
  // sixths of electrical revolutions, 2.3 mm; a gyro sampled every 20 ms whose bias is the mean of 64 samples
  accuracy: { v: 0.03, yaw: 0.03, position: 0.03 },
  stopsWith: Fault.vescTimedOut,
  placeable: true,
  hasTransport: true,
  isAsked: true,
  start: async () => {
    const fake = await FakeVesc.make({});
    const commands: number[][] = [];
    const sent = new CommandsOf((command) => commands.push(command));
    const parts = onBoard(
      CAR,
      fake,
      (ms) => fake.run(ms),
      (bytes) => sent.push(bytes),
    );
    await fake.connect(parts.port.arrive);
    return { ...parts, truth: fake.state, commands, restart: async () => fake.restart() };
  },
};

const drives: DriveHarness = {
  task: "car-figure8",
  leaves: { given: { geofence: [-3, 3, -3, 0.5] }, words: /outside the geofence.*;/ },
  open: async (given, folder) => {
    const fake = await FakeVesc.make({});
    const { config, core } = await coreOf({ ...CAR, ...given });
    const context = contextOf(core, folder);
    const host = new VirtualHost(config, fake, fake, context.parameters);
    const link = linkTo(host, config, context, () => fake.put());
    await link.open();
    return { core, link, speed: () => fake.state[2] };
  },
};

const harness: LinkHarness = { test, robot, drives };
export default harness;
