/**
 * Easing (not in paper; docs/equations.md, section 28, *Easing*): near the limit of grip the task's own pace is not the
 * cheapest. With every plan the pace moves a little to where the model is driven more cheaply, within what the settings
 * allow.
 */
import { LEAST_PACE, MOST_PACE } from "../core/pace.js";
import type { PaceRange } from "./definition.js";
import type { ModelRollouts } from "./model-rollouts.js";
import type { Plan } from "./plan.js";

/** Part of the pace to either side at which the model is tried, and by which the pace moves at most. */
const PROBE = 0.002;
const MOST = 0.01;
/** Another pace must save this part of the cost. */
const WORTHWHILE = 0.001;

/** A pace, and the mean cost of the model rollouts at it. */
type Paced = Pick<Plan, "pace" | "after">;

/**
 * A plan's pace of its own: by a parabola through the costs at three paces, with the plan's parameters, which the
 * core must have. Near the least cost for a pace the parameters that reach it need not be planned anew to see which
 * way it falls. What was given where none is cheaper; else the last rollouts are those at the pace that is answered.
 */
export function eased(model: Pick<ModelRollouts, "rollOut">, plan: Paced, { least, most }: PaceRange): Paced {
  if (least >= most) return plan;
  // so that the paces on both sides can be driven
  const middle = Math.min(MOST_PACE * (1 - 2 * PROBE), Math.max(LEAST_PACE * (1 + 2 * PROBE), plan.pace));
  const at = (part: number) => Math.min(most, Math.max(least, middle * (1 + part)));
  const between = middle === plan.pace ? plan.after : model.rollOut(middle);
  const [slower, faster] = [-PROBE, PROBE].map((part) => model.rollOut(middle * (1 + part)));
  const slope = (faster - slower) / (2 * PROBE);
  const curvature = (faster - 2 * between + slower) / PROBE ** 2;
  const wanted = curvature > 0 ? -slope / curvature : slope > 0 ? -MOST : MOST;
  const pace = at(Math.max(-MOST, Math.min(MOST, wanted)));
  if (!Number.isFinite(slope) || pace === plan.pace) return plan;
  const after = model.rollOut(pace);
  if (!(after < (1 - WORTHWHILE) * plan.after)) return plan;
  return { pace, after };
}
