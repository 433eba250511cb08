/// <reference lib="dom" />
/** The robot as its control thread sees it, and how near its gates are. */
import type { ReportFrame } from "../../report/input.js";
import { escapeHtml, formatNumber, MISSING } from "../../report/text.js";
import type { Limits, LiveState } from "../messages.js";
import { fillPart } from "./elements.js";

export class RobotPanel {
  show(live: LiveState, limits: Limits, frame: ReportFrame | undefined): void {
    if (live.runtime === undefined) return;
    const distance = frame && frame.track.length > 0 ? fromTrack(live.state, frame.track) : undefined;
    const tiles = [
      tile("Control thread", escapeHtml(live.runtime), `${live.ticks ?? 0} steps, ${live.missed ?? 0} too late`),
      margin("Age of the state", live.age, limits.staleAfter, "s"),
      margin("Distance from the track", distance, limits.corridor, "m"),
      margin("Speed", live.state[2] === undefined ? undefined : Math.abs(live.state[2]), limits.maxSpeed, "m/s"),
      margin("Position uncertain by", live.uncertainty ?? undefined, limits.maxUncertainty, "m"),
      battery(live.battery ?? undefined, limits.leastBattery),
    ];
    fillPart("robot-values", tiles.join(""), "robot");
  }
}

function tile(name: string, value: string, note: string, isOver = false): string {
  return `<div><dt>${name}</dt><dd${isOver ? ' class="over"' : ""}>${value}<p>${note}</p></dd></div>`;
}

/** A value beside the limit of its gate; nothing where it is not known. */
function margin(name: string, value: number | undefined, limit: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return "";
  const isOver = limit !== undefined && value > 0.8 * limit;
  const note = limit === undefined ? "no limit" : `stops beyond ${formatNumber(limit)} ${unit}`;
  return tile(name, `${formatNumber(value)}<small> ${unit}</small>`, note, isOver);
}

function battery(volts: number | undefined, least = 0): string {
  if (volts === undefined) return tile("Battery", MISSING, "not reported");
  const note = least > 0 ? `stops below ${formatNumber(least)} V` : "no limit";
  return tile("Battery", `${formatNumber(volts)}<small> V</small>`, note, volts < 1.03 * least);
}

/** How far a state is from the nearest point of the track [m]. */
function fromTrack([x, y]: readonly number[], track: ReportFrame["track"]): number {
  return track.reduce((least, [atX, atY]) => Math.min(least, Math.hypot(x - atX, y - atY)), Number.POSITIVE_INFINITY);
}
