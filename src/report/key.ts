/** The key to the curves of a chart. */
import { escapeHtml } from "./text.js";

/** A curve's class name, which gives it its colour, and its meaning. */
export interface KeyEntry {
  readonly className: string;
  readonly label: string;
  /** behind the label, smaller */
  readonly remark?: string;
}

/** `sample`: path of the pieces of curve that it shows, in a box of 28 x 10. */
export function renderKey(entries: readonly KeyEntry[], sample?: string): string {
  return `<div class="key">${entries.map((entry) => renderEntry(entry, "", sample)).join("")}</div>`;
}

/**
 * A key whose entries also switch the curves of class r0, r1, ... below the class `charts` off and on, by style alone.
 */
export function renderSwitches(entries: readonly KeyEntry[], charts: string, sample?: string): string {
  const rules = entries.map((_, place) => `body:has(#show${place}:not(:checked)) .${charts} .r${place}{display:none}`);
  const labels = entries.map((entry, place) =>
    renderEntry(entry, `<input type="checkbox" id="show${place}" checked>`, sample),
  );
  return `<style>${rules.join("")}</style><div class="key">${labels.join("")}</div>`;
}

function renderEntry({ className, label, remark }: KeyEntry, before: string, sample = "M1 5h26"): string {
  const curve = `<svg viewBox="0 0 28 10" aria-hidden="true"><path class="${className}" d="${sample}"/></svg>`;
  const behind = remark === undefined ? "" : `<small> ${escapeHtml(remark)}</small>`;
  return `<label>${before}${curve}${escapeHtml(label)}${behind}</label>`;
}
