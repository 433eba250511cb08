import { fitQuadruped, type QuadrupedFit } from "../../identification/quadruped-fit.js";
import type { Fit } from "./contract.js";

const quadruped: Fit = (drives, prior) => {
  const fit = fitQuadruped(drives, prior.parameters as QuadrupedFit["parameters"]);
  if (typeof fit === "string") return fit;
  return { model: fit, errors: { speed: fit.speedError, turnRate: fit.turnRateError } };
};

export default { quadruped };
