import { fitScalar, type ScalarFit } from "../../identification/scalar-fit.js";
import type { FitKind } from "./contract.js";

const fit: FitKind["fit"] = (drives, present) => {
  const { stateError, parameters, ...sureness } = fitScalar(drives, present.parameters as ScalarFit["parameters"]);
  return { ...sureness, model: { parameters, delays: [0] }, errors: { state: stateError } };
};

const scalar: FitKind = {
  fit,
  errorsOf: ({ states, inputs }, { parameters: { a, b } }) => ({
    rows: inputs.map((u, t) => states[t + 1] - a * states[t] - b * u),
    steps: 1,
  }),
};

export default { scalar };
