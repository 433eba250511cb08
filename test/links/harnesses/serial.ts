/** A simulated car behind the firmware, which runs on a simulated microcontroller. */
import type { PartialConfig } from "../../../src/config/config.js";
import { Fault } from "../../../src/links/faults.js";
import { FrameReader } from "../../../src/links/wire/frames.js";
import { FrameType, newDrive, readDrive } from "../../../src/links/wire/protocol.js";
import { atmega, startBoard } from "../../in-the-loop/boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "../../in-the-loop/car.js";
import { robotAround } from "../../in-the-loop/robot.js";
import { contextOf, coreOf, type DriveHarness, type LinkHarness, onBoard, type RobotHarness } from "../harness.js";

const robot: RobotHarness = {
  limits: [1, 1],
  gentle: [0.06, 0.1],
  resolution: 1e-4,
  // ticks of 5 mm whose period is measured, a telemetry of 20 ms that is a step old, a gyro sampled every 10 ms
  accuracy: { v: 0.05, yaw: 0.05, position: 0.04 },
  stopsWith: Fault.boardTimeout,
  placeable: true,
  hasTransport: true,
  start: async () => {
    const { board } = await startBoard();
    await board.disconnect(); // from the test's own host
    await board.run(1300); // in one go: the gyro finds its bias
    const car = await SimulatedCar.make(board, {});
    const commands: number[][] = [];
    const sent = newDrive();
    const reader = new FrameReader((type, _, payload) => {
      if (type !== FrameType.drive) return;
      readDrive(payload, 0, sent);
      commands.push([sent.throttle, sent.steering]);
    });
    const given: PartialConfig = { link: "serial", "wheel-travel": WHEEL_TRAVEL };
    const parts = onBoard(
      given,
      board,
      (ms) => car.run(ms),
      (bytes) => reader.push(bytes),
    );
    await board.connect(parts.port.arrive);
    const restart = async () => {
      await board.order("HANG"); // until the watchdog, 0.12 s later
    };
    return { ...parts, truth: car.state, commands, restart };
  },
};

const drives: DriveHarness = {
  task: "car-figure8",
  leaves: { given: { geofence: [-3, 3, -3, 0.5] }, words: /outside the geofence.*;/ },
  open: async (given, folder) => {
    const { board } = await startBoard();
    await board.disconnect(); // from the test's own host
    await board.run(1300); // in one go: the gyro finds its bias
    const { config, core } = await coreOf({ link: "serial", "wheel-travel": WHEEL_TRAVEL, ...given });
    const robot = robotAround(board, {});
    const link = await robot.connect(config, contextOf(core, folder));
    await link.open();
    return { core, link, speed: () => robot.car().state[2] };
  },
};

const harness: LinkHarness = { test: atmega.test, robot, drives };
export default harness;
