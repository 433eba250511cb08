import { trackFrom } from "../tracks/make.js";
import { shapes } from "../tracks/shapes.js";
import { carFigure8 } from "./car-figure8.js";
import type { TaskDefinition } from "./definition.js";
import { onTrack } from "./path.js";

const radius = 1.2;
const points = shapes.oval.points({ straight: 3, radius });
/** Driven where no other is given; it begins at the origin. */
const oval = trackFrom({
  name: "oval",
  x: points.map(([x]) => x),
  y: points.map(([, y]) => y + radius),
  wanted: { usage: 0.7 },
});

const { hardware: _, ...car } = carFigure8;

/** The paper's JetRacer on any closed path. */
export const carTrack: TaskDefinition = onTrack(
  {
    ...car,
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
  oval,
);
export default carTrack;
