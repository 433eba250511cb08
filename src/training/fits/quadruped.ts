import { fitQuadruped, type QuadrupedModel, turningErrors } from "../../identification/quadruped-fit.js";
import type { FitKind } from "./contract.js";

const fit: FitKind["fit"] = (drives, present, search, before) => {
  const { speedError, turnRateError, parameters, delays, ...sureness } = fitQuadruped(
    drives,
    { ...present, parameters: present.parameters as QuadrupedModel["parameters"] },
    search,
    before?.parameters as QuadrupedModel["parameters"] | undefined,
  );
  return { ...sureness, model: { parameters, delays }, errors: { speed: speedError, turnRate: turnRateError } };
};

const quadruped: FitKind = {
  fit,
  errorsOf: (drive, model) =>
    turningErrors(drive, { ...model, parameters: model.parameters as QuadrupedModel["parameters"] }),
};

export default { quadruped };
