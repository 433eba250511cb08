import { trackFrom } from "../tracks/make.js";
import { shapes } from "../tracks/shapes.js";
import { carTrack } from "./car-track.js";
import type { TaskDefinition } from "./definition.js";
import { onTrack } from "./path.js";
import { quadrupedFigure8 } from "./quadruped-figure8.js";

const radius = 1.2;
const points = shapes.oval.points({ straight: 3, radius });
/** Walked where no other is given; it begins at the origin. */
const oval = trackFrom({
  name: "oval",
  x: points.map(([x]) => x),
  y: points.map(([, y]) => y + radius),
  wanted: { constant: 0.75 },
});

const { hardware: _, ...quadruped } = quadrupedFigure8;

/** The paper's Go1 on any closed path. */
export const quadrupedTrack: TaskDefinition = onTrack(
  {
    ...quadruped,
    name: "quadruped-track",
    summary: "Go1 quadruped on any closed path (--track; else an oval), planar backstepping, kinematic model (12)",
    columns: { ...quadruped.columns, residual: carTrack.columns.residual },
    metrics: carTrack.metrics,
  },
  oval,
);
export default quadrupedTrack;
