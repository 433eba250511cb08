import { carTrack } from "./car-track.js";
import type { TaskDefinition } from "./definition.js";
import { onTrack, ownOval } from "./path.js";
import { quadrupedFigure8 } from "./quadruped-figure8.js";

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
  ownOval({ constant: 0.75 }),
);
export default quadrupedTrack;
