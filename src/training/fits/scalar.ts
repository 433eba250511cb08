import { fitScalar, type ScalarFit } from "../../identification/scalar-fit.js";
import type { Fit } from "./contract.js";

const scalar: Fit = (drives, prior) => {
  const fit = fitScalar(drives, prior.parameters as ScalarFit["parameters"]);
  if (typeof fit === "string") return fit;
  return { model: { parameters: fit.parameters, delays: [0] }, errors: { state: fit.stateError } };
};

export default { scalar };
