/// <reference lib="dom" />
/** What fingers and a mouse choose of a chart. */
import { partIn } from "./cursor.js";
import type { Plot, Shown, ShownPart } from "./plot.js";

/** A mouse that moved less between down and up has clicked [pixel]. */
const CLICK = 6;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A finger, or a mouse whose button is down. */
export interface Held {
  readonly plot: Plot;
  readonly isTouch: boolean;
  /** what was below it when it came down, as parts of width and height */
  readonly from: Place;
  /** on the screen, when it came down and now [pixel] */
  readonly start: Place;
  now: Place;
}

/** The part that keeps below two fingers what was below them when they came down. */
export function pinched(one: Held, other: Held): ShownPart {
  const { plot } = one;
  const apart = ({ x, y }: Place, { x: x2, y: y2 }: Place) =>
    plot.isMap ? Math.hypot(x - x2, y - y2) : Math.abs(x - x2);
  const scale = apart(one.start, other.start) / Math.max(1, apart(one.now, other.now));
  const box = plot.element.getBoundingClientRect();
  // parts per pixel, before and now: the fingers came down on what was shown then
  const before = { x: Math.abs(one.from.x - other.from.x), y: Math.abs(one.from.y - other.from.y) };
  const pixels = { x: Math.abs(one.start.x - other.start.x), y: Math.abs(one.start.y - other.start.y) };
  const span = (axis: "x" | "y", size: number) =>
    Math.min(1, scale * (pixels[axis] > 0 ? (before[axis] / pixels[axis]) * size : 1));
  const width = plot.isMap ? Math.max(span("x", box.width), span("y", box.height)) : span("x", box.width);
  const middle = (axis: "x" | "y") => (one.from[axis] + other.from[axis]) / 2;
  const right = ((one.now.x + other.now.x) / 2 - box.left) / box.width;
  const up = 1 - ((one.now.y + other.now.y) / 2 - box.top) / box.height;
  const about = (at: number, where: number): Shown => [at - where * width, at + (1 - where) * width];
  return { x: about(middle("x"), right), y: about(middle("y"), up) };
}

/** Marks what a mouse would enlarge. */
export function mark({ plot, start, now }: Held): void {
  const box = plot.element.getBoundingClientRect();
  const area = partIn(plot, "chosen");
  const [left, right] = [Math.min(start.x, now.x) - box.left, Math.max(start.x, now.x) - box.left];
  const [top, bottom] = plot.isMap
    ? [Math.min(start.y, now.y) - box.top, Math.max(start.y, now.y) - box.top]
    : [0, box.height];
  area.hidden = right - left < CLICK;
  area.style.cssText = `left:${left}px;width:${right - left}px;top:${top}px;height:${bottom - top}px`;
}

/** The part that a mouse has chosen, with the button now up; undefined: it has clicked. */
export function chosen({ plot, from, start }: Held, { clientX, clientY }: PointerEvent): ShownPart | undefined {
  if (Math.abs(clientX - start.x) < CLICK) return undefined;
  const to = plot.placeOf(clientX, clientY);
  // a map keeps its ratio: what was chosen is in the middle
  const size = plot.isMap ? Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) : Math.abs(to.x - from.x);
  const about = (a: number, b: number): Shown => [(a + b - size) / 2, (a + b + size) / 2];
  return { x: about(from.x, to.x), y: about(from.y, to.y) };
}
