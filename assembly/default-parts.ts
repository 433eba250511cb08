/**
 * The combination of parts that people train by default. Loops over control steps are generic in their parts: with the
 * contracts themselves as types every call is virtual and any combination runs; with classes of its own a combination
 * has a copy of the loop in which all calls are direct, and those marked @inline in its classes are none. Of the
 * rollout that is a twentieth, of the tangent and co-state passes a tenth.
 */
import { controller, model, reference, reward } from "./components";
import { Backstepping } from "./controllers/backstepping";
import { Car } from "./models/car";
import { Spline } from "./policy/spline";
import { Figure8Reward } from "./rewards/figure8";

/** Whether model, controller, reward and reference are those. */
export function usesDefaultParts(): bool {
  return (
    model instanceof Car &&
    controller instanceof Backstepping &&
    reward instanceof Figure8Reward &&
    reference instanceof Spline
  );
}
