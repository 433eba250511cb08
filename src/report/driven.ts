import type { ReportInput } from "./input.js";
import { escapeHtml } from "./text.js";

/** One column of a row-major array of so many columns. */
export function column(values: Float64Array, width: number, index: number): number[] {
  return Array.from({ length: Math.floor(values.length / width) }, (_, row) => values[row * width + index] ?? NaN);
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
  const rollout = input.rollouts[place]?.rollout;
  const earliest = Math.min(...input.rollouts.map((drawn) => drawn.rollout));
  const role = rollout === input.best ? "best" : rollout === earliest ? "first" : "last";
  return `${role} r${place}`;
}

/** The key to the colours; each entry also switches its rollout off and on, by style rules alone. */
export function renderKey(input: ReportInput): string {
  const entries = input.rollouts.map(
    ({ label, rollout }, place) =>
      `<label><input type="checkbox" id="show${place}" checked><svg viewBox="0 0 28 10" aria-hidden="true">` +
      `<path class="line ${rolloutClass(input, place)}" d="M2 5h24"/></svg>${escapeHtml(label)}` +
      `<small> rollout ${rollout}</small></label>`,
  );
  const rules = input.rollouts.map(
    (_, place) => `body:has(#show${place}:not(:checked)) .laps .r${place}{display:none}`,
  );
  return `<style>${rules.join("")}</style><div class="key">${entries.join("")}</div>`;
}
