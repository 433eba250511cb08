/** What the figure-8 of a car and of a robot that walks have in common: its curve, its reward and its spline. */
import type { TaskDefinition } from "./definition.js";

/** Two circles of `radius` [m] in `lapTime` [s]; the spline between two setpoints lasts `duration` [s]. */
export function figure8(
  radius: number,
  lapTime: number,
  duration: number,
): Pick<TaskDefinition, "reward" | "reference" | "task"> {
  return {
    reward: {
      kind: "figure8",
      parameters: { radius, lapTime, speedWeight: 1 / 30, headingWeight: 10 / 30 },
      notNegative: ["speedWeight", "headingWeight"],
    },
    reference: { kind: "spline", parameters: { duration, positionWeight: 10 }, positive: ["positionWeight"] },
    task: {
      kind: "figure8",
      parameters: { radius, lapTime, leastSpeed: 0.01 },
      positive: ["radius", "lapTime"],
      notNegative: ["leastSpeed"],
    },
  };
}
