/** A stand-in for the kit's board: a plant that speaks as the board does. */
import { test } from "@jest/globals";
import type { PartialConfig } from "../../../src/config/config.js";
import { Fault } from "../../../src/links/faults.js";
import { linkTo } from "../../in-the-loop/robot.js";
import { VirtualHost } from "../../in-the-loop/virtual-host.js";
import { FakeWaveshare } from "../../support/fake-waveshare.js";
import { contextOf, coreOf, type DriveHarness, type LinkHarness, onBoard, type RobotHarness } from "../harness.js";

const robot: RobotHarness = {
  limits: [2, 32.767],
  gentle: [0.5, 0.4],
  resolution: 1e-3,
  // millimetres and thousandths of a radian, averaged over 0.1 s, up to 20 ms old
  accuracy: { v: 0.03, yaw: 0.03, position: 0.03 },
  stopsWith: Fault.none,
  placeable: true,
  hasTransport: true,
  start: async () => {
    const fake = await FakeWaveshare.make({});
    const given: PartialConfig = { link: "waveshare", task: "quadruped-figure8", "max-speed": 2 };
    const commands: number[][] = [];
    const parts = onBoard(
      given,
      fake,
      (ms) => fake.run(ms),
      () => {},
    );
    await fake.connect(parts.port.arrive);
    const flush = async () => {
      const before = fake.commands.length;
      await parts.flush();
      for (const [x = 0, y = 0, yaw = 0] of fake.commands.slice(before)) {
        if (x !== y) throw new Error(`the kit's own node says the speed twice; got ${x} and ${y}`);
        commands.push([x / 1000, yaw / 1000]);
      }
    };
    return { ...parts, flush, truth: fake.state, commands, restart: async () => fake.restart() };
  },
};

const drives: DriveHarness = {
  task: "quadruped-figure8",
  leaves: { given: { geofence: [-3, 3, -3, 0.3] }, words: /outside the geofence.*;/ },
  open: async (given, folder) => {
    const fake = await FakeWaveshare.make({});
    const { config, core } = await coreOf({ link: "waveshare", ...given });
    const context = contextOf(core, folder);
    const host = new VirtualHost(config, fake, fake, context.parameters);
    const link = linkTo(host, config, context, () => fake.put());
    await link.open();
    return { core, link, speed: () => fake.state[2] };
  },
};

const harness: LinkHarness = { test, robot, drives };
export default harness;
