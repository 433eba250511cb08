/// <reference lib="dom" />
/** A chart as it stands in a page: values are read off its lines, and a part of it is shown enlarged. */
import { partOf, positionOf, type ScaleOf, valueAt } from "../axis.js";
import { linesOf } from "../polyline.js";
import { formatNumber } from "../text.js";

/** From where to where, as parts of the whole width or height, from the left or from below. */
export type Shown = readonly [from: number, to: number];

/** The same in both directions. */
export interface ShownPart {
  readonly x: Shown;
  readonly y: Shown;
}

export const WHOLE: Shown = [0, 1];
/** Parts of a chart that can be enlarged to all of it: beyond that one would see how its lines were thinned. */
export const LEAST = 1 / 12;
/** Distance [pixel] between labels, about, and room above and below of what is fitted to the height, as a part. */
const [TICK_X, TICK_Y, ROOM] = [90, 45, 0.06];

/** Of a value that is read off: a drawing of some hundred pixels, in tenths of them, gives no more. */
const DIGITS = 3;
/** Labels that are nearer to each other run together [pixel]. */
const CROWDED = 45;

/** Points of a line in a row, as parts of width and height; `along` as in {@link ChartLine}. */
interface Piece {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly along: readonly number[];
}

interface NamedLine {
  readonly path: SVGPathElement;
  readonly name: string;
  readonly alongName: string;
  readonly pieces: readonly Piece[];
}

/** What a line has at the cursor: where, as parts of width and height, and in words. */
export interface Reading {
  readonly name: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

export class Plot {
  readonly element: HTMLElement;
  readonly isMap: boolean;
  /** charts of the same key have a cursor in common, and those that are no maps what is shown of them */
  readonly key: string;
  readonly axes: { readonly x: ScaleOf; readonly y: ScaleOf };
  shown: ShownPart = { x: WHOLE, y: WHOLE };
  readonly #svg: SVGSVGElement;
  /** of the drawing, in its own units */
  readonly #size: { readonly width: number; readonly height: number };
  readonly #labels: readonly Element[];
  #lines: readonly NamedLine[] | undefined;

  constructor(element: HTMLElement, svg: SVGSVGElement) {
    const { width, height } = svg.viewBox.baseVal;
    const { x = "", y = "", key = "" } = element.dataset;
    this.element = element;
    this.isMap = element.classList.contains("map");
    this.key = key;
    this.axes = { x: scaleOf(x), y: scaleOf(y) };
    this.#svg = svg;
    this.#size = { width, height };
    this.#labels = [...element.querySelectorAll(":scope > i")];
  }

  get hasValues(): boolean {
    return this.#named().length > 0;
  }

  /** Shows a part of it; the height of a chart that is no map follows from its lines there. */
  show(x: Shown, y?: Shown): void {
    const isWhole = x[0] <= 0 && x[1] >= 1;
    this.shown = { x, y: y ?? (isWhole ? WHOLE : this.#heightOf(x)) };
    const { width, height } = this.#size;
    const [left, right] = this.shown.x;
    const [low, high] = this.shown.y;
    const box = [left * width, (1 - high) * height, (right - left) * width, (high - low) * height];
    this.#svg.setAttribute("viewBox", box.join(" "));
    this.#label(isWhole && low === 0 && high === 1);
  }

  /** Labels and grid of what is shown; of the whole they are those that it came with. */
  #label(isWhole: boolean): void {
    const { x, y } = this.shown;
    const size = { x: this.element.clientWidth / TICK_X, y: this.element.clientHeight / TICK_Y };
    const across = partOf(this.axes.x, ...x, Math.max(2, size.x)).ticks;
    const up = partOf(this.axes.y, ...y, Math.max(2, size.y)).ticks;
    for (const old of this.element.querySelectorAll(":scope > i")) old.remove();
    const isRoomy =
      this.#labels.filter(({ className }) => className === "x").length * CROWDED < this.element.clientWidth;
    if (isWhole && isRoomy) this.element.append(...this.#labels);
    else {
      for (const { at, label } of across) this.element.append(labelOf("x", `left:${100 * at}%`, label));
      for (const { at, label } of up) this.element.append(labelOf("y", `bottom:${100 * at}%`, label));
    }
    const { width, height } = this.#size;
    const grid = this.#svg.querySelector(".grid");
    if (!grid) return;
    grid.setAttribute("data-whole", grid.getAttribute("data-whole") ?? grid.getAttribute("d") ?? "");
    const lines = [
      ...up.map(({ at }) => `M0 ${Math.round((1 - y[0] - at * (y[1] - y[0])) * height)}h${width}`),
      ...across.map(({ at }) => `M${Math.round((x[0] + at * (x[1] - x[0])) * width)} 0v${height}`),
    ];
    grid.setAttribute("d", isWhole && isRoomy ? (grid.getAttribute("data-whole") ?? "") : lines.join(""));
  }

  /** What the visible lines take of the height within a part of the width. */
  #heightOf([from, to]: Shown): Shown {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { pieces } of this.#visible())
      for (const piece of pieces) {
        const inside = piece.y.filter((_, i) => piece.x[i] >= from && piece.x[i] <= to);
        const ends = [from, to].flatMap((x) => heightAt(piece, x) ?? []);
        low = Math.min(low, ...inside, ...ends);
        high = Math.max(high, ...inside, ...ends);
      }
    if (!(high >= low)) return WHOLE;
    const middle = (low + high) / 2;
    const half = Math.max(LEAST / 2, (0.5 + ROOM) * (high - low));
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  }

  /** What a place of the screen [pixel] is, as parts of width and height. */
  placeOf(clientX: number, clientY: number): { x: number; y: number } {
    const box = this.#svg.getBoundingClientRect();
    const { x, y } = this.shown;
    return {
      x: x[0] + ((clientX - box.left) / box.width) * (x[1] - x[0]),
      y: y[0] + (1 - (clientY - box.top) / box.height) * (y[1] - y[0]),
    };
  }

  /** What the cursor runs along at a place: the axis of a chart, on a map the nearest line; undefined: nothing near. */
  cursorAt({ x, y }: { readonly x: number; readonly y: number }): number | undefined {
    if (!this.isMap) return valueAt(this.axes.x, Math.min(1, Math.max(0, x)));
    const ratio = this.#size.height / this.#size.width;
    let [found, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const { pieces } of this.#visible())
      for (const { x: xs, y: ys, along } of pieces)
        for (let i = 0; i < along.length; i++) {
          const distance = Math.hypot(xs[i] - x, ratio * (ys[i] - y));
          if (distance < least) [found, least] = [along[i], distance];
        }
    return found;
  }

  /** What the visible lines have at a value of the cursor. */
  read(value: number): Reading[] {
    const at = this.isMap ? 0 : this.partAt(value);
    return this.#visible().flatMap((line) => {
      const found = this.isMap ? onPath(line, value) : line.alongName === "" ? onCurve(line, at) : atPoint(line, at);
      if (!found) return [];
      const { x, y, note } = found;
      const [right, up] = [valueAt(this.axes.x, x), valueAt(this.axes.y, y)].map((one) => formatNumber(one, DIGITS));
      const text = this.isMap ? `${right}, ${up}` : up;
      return [{ name: line.name + note, text, x, y, colour: getComputedStyle(line.path).stroke }];
    });
  }

  /** Where a value of the cursor lies in the width of a chart. */
  partAt(value: number): number {
    return positionOf(this.axes.x, value);
  }

  /** Least and greatest value of the cursor in what is shown, on a map along its lines. */
  reach(): Shown {
    if (!this.isMap) return [valueAt(this.axes.x, this.shown.x[0]), valueAt(this.axes.x, this.shown.x[1])];
    const along = this.#named().flatMap(({ pieces }) => pieces.flatMap((piece) => piece.along));
    return [Math.min(...along), Math.max(...along)];
  }

  /** Where a part of the width, or height, is of what is shown of it. */
  within(axis: "x" | "y", at: number): number {
    const [from, to] = this.shown[axis];
    return (at - from) / (to - from);
  }

  #visible(): NamedLine[] {
    return this.#named().filter(({ path }) => getComputedStyle(path).display !== "none");
  }

  #named(): readonly NamedLine[] {
    const paths = () => [...this.#svg.querySelectorAll<SVGPathElement>("path[data-name]")];
    this.#lines ??= paths().map((path) => {
      const { name = "", along = "", alongName = "" } = path.dataset;
      const values = along === "" ? [] : along.split(" ").map(Number);
      const pieces = linesOf(path.getAttribute("d") ?? "").map(({ x, y }) => ({
        x: x.map((one) => one / this.#size.width),
        y: y.map((one) => 1 - one / this.#size.height),
        along: values.splice(0, x.length),
      }));
      return { path, name, alongName, pieces };
    });
    return this.#lines;
  }
}

/** An axis as chart.ts writes it. */
function scaleOf(text: string): ScaleOf {
  const [scale, lo, hi] = text.split(" ");
  return { scale: scale === "log" ? "log" : "linear", extent: { lo: Number(lo), hi: Number(hi) } };
}

function labelOf(className: "x" | "y", style: string, text: string): HTMLElement {
  const label = document.createElement("i");
  label.className = className;
  label.style.cssText = style;
  label.textContent = text;
  return label;
}

type Found = { readonly x: number; readonly y: number; readonly note: string } | undefined;

/** Between the points of a piece. */
function heightAt({ x, y }: Piece, at: number): number | undefined {
  for (let i = 0; i + 1 < x.length; i++)
    if (x[i] <= at && at <= x[i + 1])
      return x[i + 1] === x[i] ? y[i] : y[i] + ((at - x[i]) / (x[i + 1] - x[i])) * (y[i + 1] - y[i]);
  return undefined;
}

function onCurve({ pieces }: NamedLine, x: number): Found {
  for (const piece of pieces) {
    const y = heightAt(piece, x);
    if (y !== undefined) return { x, y, note: "" };
  }
  return undefined;
}

/** The point that is nearest in width: between two laps there is no cost. */
function atPoint({ pieces, alongName }: NamedLine, at: number): Found {
  const points = pieces.flatMap(({ x, y, along }) => x.map((one, i) => ({ x: one, y: y[i], along: along[i] })));
  const [first, ...others] = points;
  if (!first) return undefined;
  const nearest = others.reduce((a, b) => (Math.abs(b.x - at) < Math.abs(a.x - at) ? b : a), first);
  return { x: nearest.x, y: nearest.y, note: `, ${alongName} ${nearest.along}` };
}

/** Where on a map's path a value is passed. */
function onPath({ pieces }: NamedLine, value: number): Found {
  for (const { x, y, along } of pieces)
    for (let i = 0; i + 1 < along.length; i++) {
      const [from, to] = [along[i], along[i + 1]];
      if (!(from <= value && value <= to)) continue;
      const part = to === from ? 0 : (value - from) / (to - from);
      return { x: x[i] + part * (x[i + 1] - x[i]), y: y[i] + part * (y[i + 1] - y[i]), note: "" };
    }
  return undefined;
}
