/// <reference lib="dom" />
/** The cursor on top of a chart, and what else lies there. */
import { escapeHtml, formatNumber } from "../text.js";
import type { Plot, Reading } from "./plot.js";

/** An element on top of a chart, made when it is first needed. */
export function partIn({ element }: Plot, className: string): HTMLElement {
  const found = element.querySelector<HTMLElement>(`:scope > .${className}`);
  if (found) return found;
  const made = document.createElement("div");
  made.className = className;
  element.append(made);
  return made;
}

/** The cursor of a chart with a mark on each of its lines, and, if it `tells`, their values. */
export function drawCursor(plot: Plot, value: number | undefined, tells: boolean): void {
  const reader = partIn(plot, "reader");
  if (value === undefined) {
    reader.remove();
    return;
  }
  const readings = plot.read(value);
  const isInside = ({ x, y }: Pick<Reading, "x" | "y">) => x >= -0.001 && x <= 1.001 && y >= -0.001 && y <= 1.001;
  const marks = readings.map(({ x, y, colour }) => ({ x: plot.within("x", x), y: plot.within("y", y), colour }));
  const dots = marks
    .filter(isInside)
    .map(({ x, y, colour }) => `<b style="left:${100 * x}%;bottom:${100 * y}%;background:${colour}"></b>`);
  const at = plot.isMap ? (marks[0]?.x ?? 0) : plot.within("x", plot.partAt(value));
  const line = plot.isMap || at < 0 || at > 1 ? "" : `<s style="left:${100 * at}%"></s>`;
  const rows = readings.map(
    ({ name, text, colour }) =>
      `<tr><td style="color:${colour}">${escapeHtml(name)}</td><td>${escapeHtml(text)}</td></tr>`,
  );
  const side = at > 0.5 ? "left" : "right";
  const head = withUnit(plot.key, value);
  const table = tells ? `<output class="${side}">${escapeHtml(head)}<table>${rows.join("")}</table></output>` : "";
  reader.innerHTML = line + dots.join("") + table;
}

/** A value with its quantity: "lap phase [s]" of 1.5 is "lap phase 1.50 s". */
function withUnit(quantity: string, value: number): string {
  const [, name = quantity, unit = ""] = /^(.*?) \[(.*)\]$/.exec(quantity) ?? [];
  return `${name} ${formatNumber(value, 3)} ${unit}`.trim();
}
