/**
 * Faults that the host finds, one after the other on the same car: neutral on the pins, disarmed, said in words, and
 * armed anew for the next.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { setTiming } from "../../src/recording/timing.js";
import { Recorder } from "../../src/runtime/recorder.js";
import { RobotLink } from "../../src/runtime/robot-link.js";
import { RuntimeState } from "../../src/runtime/states.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { smallDisk } from "../support/small-disk.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar } from "./car.js";
import { COMMANDED_WITHIN_US, widths } from "./pulses.js";
import { CAR } from "./robot.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { VirtualHost } from "./virtual-host.js";

stopBoardsAfterEachTest();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-faults-"));
});
afterAll(() => rm(folder, { recursive: true }));

const SEGMENTS = 12;
/** The disturbance comes this long after the start [s]; the drive lasts 1.7 s. */
const AT = 0.5;

interface Case {
  readonly name: string;
  readonly said: RegExp;
  /** found so late after the disturbance [s], besides a step */
  readonly after: number;
  readonly config?: PartialConfig;
  readonly disturb?: (board: SimulatedBoard, host: VirtualHost, car: SimulatedCar) => unknown;
  /** puts things right again */
  readonly repair?: (board: SimulatedBoard) => unknown;
  readonly prepare?: (core: Core, car: SimulatedCar) => void;
  /** once it is armed, before it drives */
  readonly armed?: (host: VirtualHost) => unknown;
  /** room on the disk [bytes] */
  readonly disk?: number;
}

const cases: readonly Case[] = [
  {
    name: "nothing heard",
    said: /^nothing was heard from the robot for 0.1/,
    after: 0.1,
    disturb: (_, { transport }) => {
      transport.tamperIn = () => new Uint8Array(0);
    },
  },
  {
    name: "state stale: the gyro is unplugged",
    said: /^the measured state is 0.1\d* s old/,
    after: 0.14, // the firmware gives a sensor up after a transfer of 30 ms
    disturb: (board) => board.order("GYRO none"),
    repair: (board) => board.order("GYRO 0"),
  },
  {
    name: "a gyro at the end of its range",
    said: /^the gyro is at the end of its range/,
    after: 0.12, // four samples of 5 ms, a telemetry
    disturb: (board) => board.order("CHIP saturated"),
    repair: (board) => board.order("CHIP honest"),
  },
  {
    name: "a gyro that repeats itself",
    said: /^the gyro repeats the same value/,
    after: 0.7, // 100 samples
    disturb: (board) => board.order("CHIP frozen"),
    repair: (board) => board.order("CHIP honest"),
  },
  {
    name: "a gyro that lost its power",
    // its yaw rate falls to 0 a telemetry frame before the chip says why
    said: /^the gyro's chip sleeps|^the yaw rate changed .* at once .*; check the gyro/,
    after: 0.3,
    disturb: (board) => board.order("CHIP asleep"),
    repair: (board) => board.order("CHIP honest"),
  },
  {
    name: "a blow",
    said: /^the board stopped the car: it measured a blow of more than 6 g/,
    after: 0.03,
    disturb: (_board, _host, car) => (car.acceleration = "-13000 0 2048"),
  },
  {
    name: "on its side",
    said: /^the board stopped the car: it leaned by more than 60°/,
    after: 0.33,
    disturb: (_board, _host, car) => (car.acceleration = "0 2048 0"),
  },
  {
    name: "policy not a number",
    said: /^the policy gave a command that is not a number/,
    after: 0,
    prepare: (core) => core.view("parameters").fill(Number.NaN),
  },
  {
    name: "state not a number",
    said: /^the measured state is not a number/,
    after: 0,
    armed: ({ shared }) => shared.start.fill(Number.NaN), // where its odometry is told to begin
  },
  {
    name: "dead encoder",
    said: /^it was driven for 1 s and by its own measurement stands/,
    after: 0.52, // a second after the start
    prepare: (_, car) => {
      car.isWheelDead = true;
    },
  },
  {
    name: "disk full",
    said: /^cannot record .*: the disk is full/,
    after: 0.9, // the first chunk, 64 KiB, is full after a good second
    disk: 20_000,
  },
  { name: "geofence", said: /outside the geofence/, after: 0.4, config: { geofence: [-1, 1, -1, 0.5] } },
  { name: "off the track", said: /off the track/, after: 0.4, config: { corridor: 0.02 } },
  {
    name: "too fast, by a wheel that spins",
    said: /^the (speed was|measured speed changed by|measured position jumped by)/,
    after: 0.05,
    disturb: (board) => board.order("WHEEL 400"),
  },
  {
    name: "clock forward",
    said: /^the computer's clock jumped by 5/,
    after: 0,
    disturb: (_, host) => {
      host.clockAhead += 5;
    },
  },
  {
    name: "clock back",
    said: /^the computer's clock jumped by -0.48/,
    after: 0,
    disturb: (_, host) => {
      host.clockAhead -= 0.5;
    },
  },
];

atmega.test("each is neutral in time", async () => {
  const { board } = await startBoard();
  const car = await SimulatedCar.make(board, { plant: "nominal" });
  let nonce = 1;
  for (const { name, said, after, config: given = {}, disturb, repair, prepare, armed, disk } of cases) {
    const config = completeConfig({ ...CAR, hidden: [4], window: "0:0:0", "rollout-segments": SEGMENTS, ...given });
    const core = await coreFor(config, 1, SEGMENTS, 10 * SEGMENTS);
    setTiming(core, "hardware");
    initialisePolicy(core, 1);
    car.isWheelDead = false;
    car.acceleration = undefined;
    prepare?.(core, car);
    nonce += 1000;
    const host = new VirtualHost(config, board, car, core.parameterCount(), nonce);
    const confirm = async () => {
      car.put();
      return true;
    };
    const operator = { signal: new AbortController().signal, say: () => {}, confirm, takeHeartbeat: () => true };
    const link = new RobotLink(
      host,
      config,
      operator,
      new Recorder(join(folder, name), disk === undefined ? undefined : smallDisk(disk)),
    );
    let began = Number.NaN;
    let done = false;
    host.before = async (now) => {
      if (host.shared.runtimeState === RuntimeState.armed) await armed?.(host);
      if (Number.isNaN(began) && host.shared.runtimeState === RuntimeState.driving) began = now;
      if (!done && now - began >= AT) {
        done = true;
        await disturb?.(board, host, car);
      }
      return undefined;
    };
    await link.open();
    const opened = board.nowUs / 1e6;
    const { stopped } = await link.drive(core, 0, SEGMENTS, false);
    expect([name, stopped]).toEqual([name, expect.stringMatching(said)]);
    for (let i = 0; i < 10; i++) await host.pause();
    const latestUs = ((Number.isNaN(began) ? opened - AT : began) + AT + after + 0.04) * 1e6 + COMMANDED_WITHIN_US;
    const late = widths(board.throttle, latestUs).filter((us) => Math.abs(us - 1500) > 1);
    expect(`${name}: ${late}`).toBe(`${name}: `);
    await link.close();
    await repair?.(board);
  }
});
