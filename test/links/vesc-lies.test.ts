/** Motor and gyro of a VESC that lie: the gates find them by what its bytes say (scripts/vesc-study.mjs tries all). */
import { expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { tryVescLie, vescLies } from "../support/lying-vesc.js";

/** Half the corridor's width, and what a car may leave it by [m]. */
const FARTHEST = 1.5 + 1;

test.each([
  ["gyro frozen", 2.2, [Fault.frozenYaw, Fault.turnModel, Fault.curvature]],
  ["gyro reversed", 2.2, [Fault.yawJump, Fault.turnSign]],
  ["encoder halved", 2.2, [Fault.speedJump]],
  ["encoder asleep", 0, [Fault.wheel]],
] as const)("%s from %s s on stops it, and it is not far", async (name, at, faults) => {
  const { fault, untilRest } = await tryVescLie("nominal", at, vescLies[name], 3);
  expect(faults.map((one) => Fault[one])).toContain(Fault[fault ?? Fault.none]);
  expect(untilRest).toBeLessThan(FARTHEST);
});
