import { CAR } from "../tracks/check.js";
import { carFigure8 } from "./car-figure8.js";
import type { TaskDefinition } from "./definition.js";
import { onTrack, ownOval } from "./path.js";

const { hardware: _, ...car } = carFigure8;

/** The paper's JetRacer on any closed path. */
export const carTrack: TaskDefinition = onTrack(
  {
    ...car,
    halfWidth: CAR.halfWidth,
    name: "car-track",
    summary: "JetRacer on any closed path (--track; else an oval), backstepping controller, car model (11)",
    columns: {
      ...car.columns,
      residual: ["distance to the left [m]", "speed error, weighted [m]", "heading error, weighted [m]"],
    },
    metrics: {
      rmsDistance: { of: "rms", residual: 0, unit: "m" },
      largestDistance: { of: "largest", residual: 0, unit: "m" },
      meanSpeed: { of: "mean", state: 2, unit: "m/s" },
    },
  },
  ownOval({ usage: 0.7 }),
);
export default carTrack;
