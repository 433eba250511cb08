import { fitScalar, type ScalarFit } from "../../identification/scalar-fit.js";
import type { Fit } from "./contract.js";

const scalar: Fit = (drives, present) => {
  const { stateError, parameters, ...sureness } = fitScalar(drives, present.parameters as ScalarFit["parameters"]);
  return { ...sureness, model: { parameters, delays: [0] }, errors: { state: stateError } };
};

export default { scalar };
