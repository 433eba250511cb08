/** Poses from outside that lie to a car that has no other sensor. */
import { afterAll, expect, test } from "@jest/globals";
import { Fault } from "../../src/links/faults.js";
import { closeFakes } from "../support/fake-pca9685.js";
import { poseLies } from "../support/lying-car.js";
import { tryPcaLie } from "../support/lying-pca9685.js";

afterAll(closeFakes);

/** Half the corridor's width, and what a car may leave it by [m]. */
const FARTHEST = 1.5 + 1;

test.each(["pose frozen", "heading mirrored"])("%s from 2.2 s on stops it, and it is not far", async (name) => {
  const { fault, untilRest } = await tryPcaLie("nominal", 2.2, poseLies[name], 3);
  expect(Fault[fault ?? Fault.none]).not.toBe("none");
  expect(untilRest).toBeLessThan(FARTHEST);
});
