/**
 * The helpers of a PCA9685 as processes, over simulated chips behind /dev/i2c: whoever is suspended or killed, the
 * motor is neutral within 250 ms (scripts/pca9685-stops.mjs tries it many times). By the clock on the wall, so a busy
 * machine gets three tries.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { Pca9685Connection } from "../../../src/runtime/pca9685-connection.js";
import { type BoardName, chipsOf, type PROCESSES, type SIGNALS, stopOne } from "../../support/pca9685-stops.js";
import { SimulatedI2c } from "../../support/simulated-i2c.js";
import { tool } from "../../support/tools.js";

const { test } = tool("cc");
const WITHIN = 250;
const TRIES = 3;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapgrad-i2c-"));
});
afterAll(() => rm(folder, { recursive: true }));

const CASES: readonly [(typeof PROCESSES)[number], (typeof SIGNALS)[number], BoardName][] = [
  ["host", "SIGKILL", "jetracer-ai"],
  ["host", "SIGSTOP", "donkeycar"],
  ["drive", "SIGSTOP", "jetracer-pro"],
  ["guard", "SIGKILL", "jetracer"],
];

for (const [who, signal, board] of CASES)
  test(`${board}: ${who} gets ${signal}, and the motor is neutral`, async () => {
    let latest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < TRIES && latest > WITHIN; i++) {
      const { neutral, again } = await stopOne(folder, board, who, signal);
      latest = Math.max(neutral, again);
    }
    expect(latest).toBeLessThanOrEqual(WITHIN);
  });

test("a chip that is not there, and a bus that another one drives by, are refused in one sentence", async () => {
  const chips = chipsOf("jetracer-ai");
  const i2c = new SimulatedI2c(folder, [chips.steering.address]);
  const missing = new Pca9685Connection(1, chips, i2c.environment);
  await expect(missing.open()).rejects.toThrow(/^no PCA9685 answers on \/dev\/i2c-1 at 0x40 and 0x60: check its power/);
  const whole = chipsOf("jetracer");
  const first = new Pca9685Connection(1, whole, i2c.environment);
  await first.open();
  const second = new Pca9685Connection(1, whole, i2c.environment);
  await expect(second.open()).rejects.toThrow(/^\/dev\/i2c-1 is in use: another lapgrad/);
  await first.close();
  // neutral, at 50 Hz, awake
  expect(i2c.duty(0x40, 1)).toBeCloseTo(1500 / 20000, 3);
  expect(i2c.registers(0x40)[0]).toBe(0x20);
  i2c.close();
  const none = new Pca9685Connection(63, whole);
  await expect(none.open()).rejects.toThrow(/^there is no \/dev\/i2c-63: switch I2C on/);
});
