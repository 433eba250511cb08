/** Model and plant of a car from driving, and how well each predicts it. */
import { UserError } from "../errors.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { type CarFit, type CarParameters, fitCar, outOfBounds } from "./car-fit.js";
import { refuseShort, refuseUnexcited } from "./excitation.js";
import { fitPlant, type PlantFit } from "./plant-fit.js";
import { HORIZON, type PredictionErrors, predictionErrors } from "./prediction.js";
import { type PlantParameters, plantResponse, type Response } from "./response.js";
import { periodOf, type Span } from "./spans.js";

export interface Identified {
  readonly model: CarFit;
  readonly plant: PlantFit;
  /** control period of the driving [s] */
  readonly controlPeriod: number;
  /** on the driving fitted, and on other driving if there is some */
  readonly errors: readonly CarErrors[];
}

/** How well one of the cars predicts. */
export interface CarErrors {
  readonly car: (typeof CARS)[number];
  readonly fitted: PredictionErrors;
  readonly check: PredictionErrors | null;
}

const CARS = ["raw model (11)", "fitted model", "identified plant", "plant of the task"] as const;

/**
 * Fits model and plant to `spans` and predicts them and `check` with each, with the task's raw model and with its
 * plant `identified` as it stands. Refuses driving that does not determine a car.
 */
export function identify(spans: readonly Span[], check: readonly Span[] | undefined, task: TaskDefinition): Identified {
  refuseUnexcited(spans, "the recordings to fit");
  if (check) refuseShort(check, "the recordings to check", HORIZON);
  const controlPeriod = periodOf(spans);
  const raw = task.model.raw as CarParameters;
  const model = fitCar(spans, { parameters: raw, delays: [0, 0] });
  refuseImplausible(model.refused[0], "the fitted model");
  const [throttleDelay, steeringDelay] = model.delays;
  const modelResponse: Response = {
    parameters: model.parameters,
    delays: [throttleDelay * controlPeriod, steeringDelay * controlPeriod],
    longestStep: Number.POSITIVE_INFINITY,
  };
  const plant = fitPlant(spans, modelResponse);
  const fitted = plantResponse(plant.parameters, plant.delays);
  refuseImplausible(outOfBounds(fitted), "the identified plant");
  const present = task.plants.identified;
  const [throttle = 0, steering = 0] = present?.delays ?? [];
  const responses: Record<CarErrors["car"], Response> = {
    "raw model (11)": { ...modelResponse, parameters: raw, delays: [0, 0] },
    "fitted model": modelResponse,
    "identified plant": fitted,
    "plant of the task": plantResponse(present?.parameters as PlantParameters, [throttle, steering]),
  };
  const errors = CARS.map((car) => ({
    car,
    fitted: predictionErrors(responses[car], spans),
    check: check ? predictionErrors(responses[car], check) : null,
  }));
  return { model, plant, controlPeriod, errors };
}

function refuseImplausible(problem: string | undefined, what: string): void {
  if (problem === undefined) return;
  throw new UserError(
    `${what}: ${problem}. Check signs and units of the recorded inputs and states (docs/identification.md), ` +
      "or record other driving",
  );
}
