import { type CarFit, fitCar, outOfBounds } from "../../identification/car-fit.js";
import type { Fit } from "./contract.js";

const car: Fit = (drives, prior) => {
  const fit = fitCar(drives, prior.parameters as CarFit["parameters"]);
  if (!fit) return "the driving does not determine the model";
  const problem = outOfBounds(fit);
  if (problem) return problem;
  const errors = { acceleration: fit.accelerationError, turnRate: fit.turnRateError };
  return { model: { parameters: fit.parameters, delays: fit.delays }, errors };
};

export default { car };
