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

const unhurried: FitKind["unhurried"] = ({ parameters: { inverseGrip } }, lateral, throttle) => {
  const pace = inverseGrip > 0 ? Math.sqrt(Math.min(1, 1 / (inverseGrip * lateral))) : 1;
  return throttle > 0 ? { throttleLimit: pace * throttle } : {};
};

const car: FitKind = {
  fit,
  unhurried,
  errorsOf: (drive, model) => turningErrors(drive, { ...model, parameters: model.parameters as CarParameters }),
};

export default { car };
