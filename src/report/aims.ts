/** What a task aims at, along the recordings of a report. */
import { column } from "./driven.js";
import type { DrawnRollout, ReportInput } from "./input.js";

type Aim = ReportInput["aims"][number];

/** The driven values of an aim, and those of its target. */
export function alongAim(aim: Aim, { recording }: DrawnRollout): { driven: number[]; target: number[] } {
  const { residuals, states, info } = recording;
  const errors = column(residuals, info.columns.residual.length, aim.residual).map((error) => aim.factor * error);
  const { of } = aim;
  if ("target" in of) return { driven: errors.map((error) => of.target + error), target: errors.map(() => of.target) };
  const driven = column(states, info.columns.state.length, of.state);
  return { driven, target: errors.map((error, i) => driven[i] - error) };
}

/** The two aims that are a point of the plane, x before y; undefined if the task has none. */
export function pointAims({ aims }: Pick<ReportInput, "aims">): readonly [Aim, Aim] | undefined {
  const [x, y] = ["x of ", "y of "].map((name) => aims.find((aim) => aim.name.startsWith(name) && "target" in aim.of));
  return x && y ? [x, y] : undefined;
}

/** Where in the plane a task aims: x, y; empty if it aims at no point. */
export function targetPoint(input: Pick<ReportInput, "aims">): number[] {
  return pointAims(input)?.flatMap(({ of }) => ("target" in of ? [of.target] : [])) ?? [];
}
