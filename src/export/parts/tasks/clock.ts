import { type Expression, multiply, named } from "../../expression.js";

/** The angle of a clock that turns at `rate` [rad/s]. */
export const clock = (rate: number, t: Expression): Expression => named("clock", multiply(rate, t));
