import { type CarParameters, fitCar } from "../../identification/car-fit.js";
import type { Fit } from "./contract.js";

const car: Fit = (drives, present, near) => {
  const { accelerationError, turnRateError, parameters, delays, ...sureness } = fitCar(
    drives,
    { ...present, parameters: present.parameters as CarParameters },
    near,
  );
  return {
    ...sureness,
    model: { parameters, delays },
    errors: { acceleration: accelerationError, turnRate: turnRateError },
  };
};

export default { car };
