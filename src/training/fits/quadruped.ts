import { fitQuadruped, type QuadrupedModel } from "../../identification/quadruped-fit.js";
import type { Fit } from "./contract.js";

const quadruped: Fit = (drives, present, near) => {
  const { speedError, turnRateError, parameters, delays, ...sureness } = fitQuadruped(
    drives,
    { ...present, parameters: present.parameters as QuadrupedModel["parameters"] },
    near,
  );
  return { ...sureness, model: { parameters, delays }, errors: { speed: speedError, turnRate: turnRateError } };
};

export default { quadruped };
