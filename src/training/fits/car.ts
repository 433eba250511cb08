import { type CarParameters, fitCar, turningErrors } from "../../identification/car-fit.js";
import type { FitKind } from "./contract.js";

const fit: FitKind["fit"] = (drives, present, search, before) => {
  const { accelerationError, turnRateError, parameters, delays, ...sureness } = fitCar(
    drives,
    { ...present, parameters: present.parameters as CarParameters },
    search,
    before?.parameters as CarParameters | undefined,
  );
  return {
    ...sureness,
    model: { parameters, delays },
    errors: { acceleration: accelerationError, turnRate: turnRateError },
  };
};

const car: FitKind = {
  fit,
  errorsOf: (drive, model) => turningErrors(drive, { ...model, parameters: model.parameters as CarParameters }),
};

export default { car };
