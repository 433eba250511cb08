/** The plant `identified` from driving: the equations are the core's, and known cars are found again. */
import { expect, test } from "@jest/globals";
import { identify } from "../../src/identification/identify.js";
import { predictionErrors } from "../../src/identification/prediction.js";
import { type PlantParameters, plantResponse } from "../../src/identification/response.js";
import { spansOf } from "../../src/identification/spans.js";
import { carFigure8 } from "../../src/tasks/car-figure8.js";
import { drivesOf, OTHER } from "./simulated.js";

const truth = plantResponse(OTHER.parameters as PlantParameters, OTHER.delays);

test("predictions are the core's plant, whole drives with jitter to rounding", async () => {
  const recordings = await drivesOf({ ...OTHER, delays: [0, 0] }, 2);
  const jittered = await drivesOf({ ...OTHER, delays: [0, 0], jitter: [1e-4, 0.005] }, 2);
  const spans = [...recordings, ...jittered].flatMap((recording) => spansOf(recording, 0).spans);
  expect(spans).toHaveLength(4);
  const { position, speed, heading, predictions } = predictionErrors({ ...truth, delays: [0, 0] }, spans);
  expect(predictions).toBeGreaterThan(700);
  for (const { percent95 } of [position, speed, heading]) expect(percent95).toBeLessThan(1e-10);
});

test("so they are with delays, which the core counts in integration steps", async () => {
  const spans = (await drivesOf(OTHER, 2)).flatMap((recording) => spansOf(recording, 0).spans);
  const { position, speed, heading } = predictionErrors(truth, spans);
  for (const { percent95 } of [position, speed, heading]) expect(percent95).toBeLessThan(1e-10);
});

test("predictions of a model are the core's model", async () => {
  const nominal = carFigure8.plants.nominal;
  if (!nominal) throw new Error("no plant nominal");
  const spans = (await drivesOf({ ...nominal, delays: [0.04, 0.02] }, 2)).flatMap(
    (recording) => spansOf(recording, 0).spans,
  );
  const { throttleGain = 0, drag = 0, steeringGain = 0, steeringBias = 0 } = nominal.parameters;
  const parameters = { throttleGain, drag, steeringGain, steeringBias, ...NO_MORE };
  const model = { parameters, delays: [0.04, 0.02] as const, longestStep: Number.POSITIVE_INFINITY };
  const { position, speed, heading } = predictionErrors(model, spans);
  for (const { percent95 } of [position, speed, heading]) expect(percent95).toBeLessThan(1e-10);
});
const NO_MORE = { offset: 0, linearDrag: 0, corneringDrag: 0, inverseGrip: 0, throttleGrip: 0 };

/** Largest relative difference of the gains and the grip, and of the delays [s]. */
function mistakes(found: ReturnType<typeof identify>["plant"]) {
  const relative = (["steeringGain", "gripLimit", "throttleGain"] as const).map((name) =>
    Math.abs(found.parameters[name] / OTHER.parameters[name] - 1),
  );
  const delays = found.delays.map((delay, i) => Math.abs(delay - OTHER.delays[i]));
  return { relative: Math.max(...relative), delays: Math.max(...delays) };
}

test("finds a known car: gains and grip to 2 %, delays to 2 ms, predictions to millimetres", async () => {
  const spans = (await drivesOf(OTHER, 3)).flatMap((recording) => spansOf(recording, 0).spans);
  const { plant, errors } = identify(spans, undefined, carFigure8);
  const { relative, delays } = mistakes(plant);
  expect(relative).toBeLessThan(0.02);
  expect(delays).toBeLessThan(0.002);
  expect(plant.parameters.steeringTrim).toBeCloseTo(-0.02, 3);
  expect(errors.find(({ car }) => car === "identified plant")?.fitted.position.percent95).toBeLessThan(0.003);
});

test("and so with 2 mm noise and jitter of both periods: to 5 % and 5 ms", async () => {
  // noise of speed and heading as of a position that is 2 mm off, filtered over a tenth of a second
  const rough = { ...OTHER, noise: [0.002, 0.002, 0.02, 0.005], jitter: [2e-4, 0.01] as const };
  const spans = (await drivesOf(rough, 4)).flatMap((recording) => spansOf(recording, 0).spans);
  const { plant } = identify(spans, undefined, carFigure8);
  const { relative, delays } = mistakes(plant);
  expect(relative).toBeLessThan(0.05);
  expect(delays).toBeLessThan(0.005);
});
