import type { ReportInput } from "./input.js";
import { renderSwitches } from "./key.js";

/** One column of a row-major array of so many columns. */
export function column(values: Float64Array, width: number, index: number): number[] {
  return Array.from({ length: Math.floor(values.length / width) }, (_, row) => values[row * width + index]);
}

/** Place of the best among the drawn rollouts; -1 if it is not drawn. */
export function bestDrawn({ rollouts, best }: ReportInput): number {
  return rollouts.findIndex(({ rollout }) => rollout === best);
}

/** Places of the drawn rollouts in drawing order: the best one last, on top. */
export function drawingOrder(input: ReportInput): number[] {
  const top = bestDrawn(input);
  const below = input.rollouts.map((_, place) => place).filter((place) => place !== top);
  return top < 0 ? below : [...below, top];
}

/** The class names that give a drawn rollout its colour and let the key switch it off. */
export function rolloutClass(input: ReportInput, place: number): string {
  const { rollout } = input.rollouts[place];
  const earliest = Math.min(...input.rollouts.map((drawn) => drawn.rollout));
  const role = rollout === input.best ? "best" : rollout === earliest ? "first" : "last";
  return `${role} r${place}`;
}

/** What a drawn rollout is called, e.g. "best, lap 4". */
export function rolloutName(input: ReportInput, place: number): string {
  return `${input.rollouts[place].label}, ${rolloutNumber(input, place)}`;
}

/** Which one it is, and whether it began standing, which makes it slower than the others. */
function rolloutNumber({ rollouts, metrics, unit }: ReportInput, place: number): string {
  const { rollout } = rollouts[place];
  const isFromRest = metrics.some(({ index, fromRest }) => index === rollout && fromRest > 0);
  return `${unit} ${rollout}${isFromRest ? " from rest" : ""}`;
}

/** The key to the drawn rollouts, which also switches them off and on. */
export function renderRolloutKey(input: ReportInput): string {
  const entries = input.rollouts.map(({ label }, place) => ({
    className: `line ${rolloutClass(input, place)}`,
    label,
    remark: rolloutNumber(input, place),
  }));
  return renderSwitches(entries, "laps", "M2 5h24");
}
