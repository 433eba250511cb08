import { Model } from "../models/model";
import { Plant } from "./plant";

/** The equations of the robot's own model with other (the true) parameters: the authors' simulators. */
export class Nominal extends Plant {
  parameterCount(model: Model): i32 {
    return model.parameterCount;
  }

  isModel(): bool {
    return true;
  }

  longestStep(): f64 {
    return Infinity;
  }

  innerSize(): i32 {
    return 0;
  }

  step(model: Model, parameters: usize, _inner: usize, x: usize, u: usize, dt: f64, next: usize): void {
    model.step(parameters, x, u, dt, next);
  }
}

/** @part nominal */
export const nominal = new Nominal();
