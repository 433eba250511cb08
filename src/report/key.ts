/** The key to the curves of a chart. */
import { escapeHtml } from "./text.js";

/** A curve's class name, which gives it its colour, and its meaning; `remark` stands behind the label, smaller. */
export interface KeyEntry {
  readonly className: string;
  readonly label: string;
  readonly remark?: string;
}

/** `sample`: path of the piece of curve that each entry shows, in a box of 28 x 10. */
export function renderKey(entries: readonly KeyEntry[], sample = "M1 5h26", before = (_place: number) => ""): string {
  const labels = entries.map(({ className, label, remark }, place) => {
    const curve = `<svg viewBox="0 0 28 10" aria-hidden="true"><path class="${className}" d="${sample}"/></svg>`;
    const behind = remark === undefined ? "" : `<small> ${escapeHtml(remark)}</small>`;
    return `<label>${before(place)}${curve}${escapeHtml(label)}${behind}</label>`;
  });
  return `<div class="key">${labels.join("")}</div>`;
}

/** A key that also switches the curves of class r0, r1, ... below the class `charts` off and on, by style alone. */
export function renderSwitches(entries: readonly KeyEntry[], charts: string, sample?: string): string {
  const rules = entries.map((_, place) => `body:has(#show${place}:not(:checked)) .${charts} .r${place}{display:none}`);
  const box = (place: number) => `<input type="checkbox" id="show${place}" checked>`;
  return `<style>${rules.join("")}</style>${renderKey(entries, sample, box)}`;
}
