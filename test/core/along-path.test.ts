/** A network that sees the path beside and before the robot: derivatives of whole rollouts; and it sees no more. */
import { expect, test } from "@jest/globals";
import { Core } from "../../src/core/core.js";
import { hessianOf } from "../../src/curvature/hessian.js";
import { carTrack } from "../../src/tasks/car-track.js";
import type { TaskDefinition } from "../../src/tasks/definition.js";
import { onTrack } from "../../src/tasks/path.js";
import { trackFrom } from "../../src/tracks/make.js";
import { type Placement, placed } from "../../src/tracks/place.js";
import { readRawTrack } from "../../src/tracks/read.js";
import { dot, driveFrom, randomNumbers, relativeError } from "../support/cores.js";

const SEGMENTS = 12;
const KIDNEY = readRawTrack("examples/tracks/kidney.yaml");

/** The kidney driven by a network of random weights, on the nominal car. */
async function coreAlong(seed: number, at: Partial<Placement> = {}, sensitivity = false): Promise<Core> {
  const track = trackFrom(placed(KIDNEY, at), { constant: 2 });
  const own: TaskDefinition = onTrack(carTrack, track, "path");
  const task = { ...own, network: { ...own.network, hidden: [5, 4] } };
  const plant = { kind: "nominal", parameters: carTrack.plants.nominal.parameters };
  const core = await Core.load({ task, plant, rollouts: 1, steps: 7 * SEGMENTS, segments: SEGMENTS, sensitivity });
  const random = randomNumbers(seed);
  const parameters = core.view("parameters");
  for (let i = 0; i < parameters.length; i++) parameters[i] = 0.3 * random();
  return core;
}

test("co-state, tangent and forward sensitivity agree, and with differences of the cost", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const core = await coreAlong(seed, {}, true);
    const start = 1.3 * seed;
    driveFrom(core, 0, start, SEGMENTS);
    core.gradient(0, 1);
    const gradient = core.view("gradient").slice();
    core.sensitivityPass(0, 0);
    expect(relativeError(gradient, core.view("sensitivityGradient"))).toBeLessThan(1e-10);
    const random = randomNumbers(seed + 20);
    const v = core.view("direction");
    for (let i = 0; i < v.length; i++) v[i] = random();
    const theta = core.view("parameters").slice();
    const lossAt = (h: number) => {
      core.view("parameters").set(theta.map((value, i) => value + h * v[i]));
      driveFrom(core, 0, start, SEGMENTS);
      return core.gradient(0, 1);
    };
    const h = 1e-6;
    const difference = (lossAt(h) - lossAt(-h)) / (2 * h);
    expect(Math.abs(difference / dot(gradient, v) - 1)).toBeLessThan(1e-5);
    lossAt(0);
    const [w, jv] = [core.view("seeds"), core.view("residualTangents")];
    for (let i = 0; i < w.length; i++) w[i] = random();
    core.tangentPass(0, 0);
    const product = dot(w, jv);
    core.costatePass(0, 0);
    expect(Math.abs(dot(core.view("gradient"), v) / product - 1)).toBeLessThan(1e-10);
  }
});

test("the product with the Hessian is the derivative of the gradient", async () => {
  const core = await coreAlong(7);
  driveFrom(core, 0, 2, SEGMENTS);
  const random = randomNumbers(9);
  const theta = core.view("parameters").slice();
  const v = theta.map(() => random());
  const product = hessianOf(core)(v).slice();
  const gradientAt = (h: number) => {
    core.view("parameters").set(theta.map((value, i) => value + h * v[i]));
    driveFrom(core, 0, 2, SEGMENTS);
    core.gradient(0, 1);
    return core.view("gradient").slice();
  };
  const [after, before] = [gradientAt(1e-5), gradientAt(-1e-5)];
  const difference = after.map((value, i) => (value - before[i]) / 2e-5);
  expect(relativeError(product, difference)).toBeLessThan(1e-5);
});

test("on the same path elsewhere, turned by any angle, the same network drives alike", async () => {
  const costs: Float64Array[] = [];
  const elsewhere: Partial<Placement> = { rotation: 77, origin: [3, -5] };
  for (const at of [{}, elsewhere]) {
    const core = await coreAlong(3, at);
    core.nominalSetpoint(1);
    const [x, y, vx, vy] = core.view("probe");
    const heading = Math.atan2(vy, vx);
    core.writeStart([x - 0.05 * Math.sin(heading), y + 0.05 * Math.cos(heading), 1.5, heading + 0.1], 1);
    core.rollOut(0, SEGMENTS);
    costs.push(core.view("stageCosts").slice());
  }
  const [here, there] = costs;
  expect(Math.max(...here)).toBeGreaterThan(0.01);
  here.forEach((cost, t) => {
    expect(Math.abs(cost - there[t])).toBeLessThan(1e-7 * (1 + cost));
  });
});
