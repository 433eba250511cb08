/**
 * A car that turns in one direction through the firmware while everything that counts wraps: the heading at half a
 * turn, the board's angle, the board's clock, the host's clock in a drive frame. Where it believes to be neither jumps
 * nor leaves the car.
 */
import { expect } from "@jest/globals";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { robotFor } from "../../src/links/links.js";
import { type Robot, RobotPhase } from "../../src/links/robot.js";
import { Observation } from "../../src/runtime/observation.js";
import { atmega, startBoard, stopBoardsAfterEachTest } from "./boards.js";
import { SimulatedCar, WHEEL_TRAVEL } from "./car.js";
import type { TestHost } from "./host.js";
import type { SimulatedBoard } from "./simulated-board.js";
import { BoardTransport } from "./virtual-host.js";

stopBoardsAfterEachTest();

const PERIOD_MS = 20;
/** a circle of about a metre, [throttle, steering] */
const CIRCLE = [0.1, 0.5] as const;
const GIVEN: PartialConfig = { link: "serial", "wheel-travel": WHEEL_TRAVEL };
/** where the board's angle wraps [rad] */
const ANGLE_WRAP = 2 ** 31 * 1e-6;
/** raw gyro that turns fast, and is no full scale; its rate [rad/s] */
const FAST = 32000;
const FAST_RATE = 17.027;

/** A host that drives a circle, and knows how far its belief is from the truth. */
class Circling {
  readonly #robot: Robot;
  readonly #seen: Observation;
  readonly #transport = new BoardTransport();
  readonly #board: SimulatedBoard;
  readonly #car: SimulatedCar;
  readonly #listener: TestHost;
  readonly #input = new Float64Array(2);
  readonly #believed = new Float64Array(4);
  readonly #waiting: Uint8Array[] = [];
  /** what the host's clock is ahead of the board's [s] */
  clockAhead = 0;
  /** farthest jump that the gates would have seen [m] */
  jump = 0;
  /** farthest from where the car truly was [m] */
  error = 0;

  /** `listener` hears what the board says too. */
  constructor(board: SimulatedBoard, car: SimulatedCar, listener: TestHost) {
    const config = completeConfig(GIVEN);
    const { task } = resolveTask(config);
    const robot = robotFor(config, task)?.make(this.#transport, 1);
    if (!robot) throw new Error("link serial has no robot");
    this.#robot = robot;
    this.#seen = new Observation({ ...config, heartbeatWithin: 1 }, task, new Float64Array(), robot.reading);
    this.#board = board;
    this.#car = car;
    this.#listener = listener;
  }

  get #now(): number {
    return this.#board.nowUs / 1e6 + this.clockAhead;
  }

  /** A control step after so long; `isStuck`: nothing gets through, and what is sent waits. */
  async step(ms = PERIOD_MS, isStuck = false): Promise<void> {
    this.#transport.tamperIn = (bytes) => (isStuck ? new Uint8Array() : bytes);
    await this.#car.run(ms);
    this.#robot.receive(this.#now);
    this.#robot.send(this.#now, this.#input);
    this.#waiting.push(this.#transport.takeSent());
    if (!isStuck) await this.release();
  }

  async release(): Promise<void> {
    for (const bytes of this.#waiting.splice(0)) await this.#board.send(bytes);
  }

  async getArmed(): Promise<void> {
    const robot = this.#robot;
    await this.#board.connect((bytes) => {
      this.#listener.receive(bytes);
      this.#transport.arrive(bytes);
    });
    for (let i = 0; i < 100 && !(robot.phase === RobotPhase.ready && Number.isFinite(robot.reading.time)); i++)
      await this.step();
    robot.arm(this.#now);
    for (let i = 0; i < 50 && robot.phase !== RobotPhase.armed; i++) await this.step();
    expect(robot.phase).toBe(RobotPhase.armed);
    robot.place(this.#car.state);
  }

  /** Drives round and round, and keeps the worst jump and error. */
  async circle(seconds: number): Promise<void> {
    this.#input.set(CIRCLE);
    for (let i = 0; i < (1000 * seconds) / PERIOD_MS; i++) {
      await this.step();
      this.look();
    }
  }

  look(): void {
    this.jump = Math.max(this.jump, this.#seen.jump().value || 0);
    this.#robot.stateAt(this.#now, this.#believed);
    const { state } = this.#car;
    this.error = Math.max(this.error, Math.hypot(this.#believed[0] - state[0], this.#believed[1] - state[1]));
  }
}

async function circling(prepare: (board: SimulatedBoard) => Promise<void>) {
  const { board, host } = await startBoard();
  await board.disconnect();
  await board.order("GYRO 0");
  await board.run(2000); // until it has its bias
  await prepare(board);
  const car = await SimulatedCar.make(board, { plant: "nominal" });
  return { board, car, host, driver: new Circling(board, car, host) };
}

atmega.test("the board's angle and clock, the host's clock and the heading wrap: no jump", async () => {
  const { board, car, host, driver } = await circling(async (at) => {
    // to twelve radians before the wrap; in slices, as a run keeps 4096 pulses
    await at.order(`GYRO ${FAST}`);
    for (let left = (ANGLE_WRAP - 12) / FAST_RATE; left > 0; left -= 20) await at.run(1000 * Math.min(20, left));
    await at.order("GYRO 0");
    await at.order(`POKE clock_overflows ${2 ** 22 - Math.round(3e6 / 1024)}`);
    await at.run(20);
  });
  driver.clockAhead = 2 ** 32 / 1000 - (board.nowUs / 1e6 + 4);
  await driver.getArmed();
  expect(host.telemetry.yawAngle).toBeGreaterThan(ANGLE_WRAP - 15);
  expect(host.telemetry.time).toBeGreaterThan(2 ** 31);
  expect(host.telemetry.echoTime).toBeGreaterThan(2 ** 31);
  const from = car.state[3];
  await driver.circle(6);
  expect(car.state[3] - from).toBeGreaterThan(6 * Math.PI);
  expect(host.telemetry.yawAngle).toBeLessThan(-ANGLE_WRAP + 30);
  expect(host.telemetry.time).toBeLessThan(2 ** 31);
  expect(host.telemetry.echoTime).toBeLessThan(2 ** 31);
  expect(driver.jump).toBeLessThan(0.02);
  expect(driver.error).toBeLessThan(0.06);
});

// the board answers each of the commands that waited: the first answer names one that was sent long before
atmega.test("a line that was stuck for some control steps makes no jump", async () => {
  const { driver } = await circling(async () => {});
  await driver.getArmed();
  await driver.circle(1.5);
  for (let i = 0; i < 5; i++) {
    for (let k = 0; k < 4; k++) await driver.step(PERIOD_MS, true);
    await driver.release();
    for (let k = 0; k < 4; k++) {
      await driver.step(3); // an answer takes 2.7 ms on the line
      driver.look();
    }
    await driver.circle(0.5);
  }
  expect(driver.jump).toBeLessThan(0.03);
  expect(driver.error).toBeLessThan(0.1);
});
