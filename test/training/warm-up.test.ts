/** Learning before a robot is driven. */
import { expect, test } from "@jest/globals";
import { completeConfig } from "../../src/config/config.js";
import { warmUp } from "../../src/training/warm-up.js";

test("what takes long in an update has run before a robot is driven; a rule that is quick needs nothing", async () => {
  const car = { link: "serial", device: "none" } as const;
  expect(await warmUp(completeConfig({ ...car, hidden: [8] }))).toBe(6);
  expect(await warmUp(completeConfig({ task: "quadruped-figure8", link: "ros2", hidden: [8] }))).toBe(6);
  expect(await warmUp(completeConfig({ ...car, update: "adam" }))).toBe(0);
});
