/// <reference lib="dom" />
/**
 * Lets people look closer at the charts of a page, by mouse, finger and key: a cursor with the values of all lines, the
 * same in all charts along the same quantity, and parts that are enlarged.
 */
import { valueAt } from "../axis.js";
import { drawCursor, partIn } from "./cursor.js";
import { chosen, type Held, mark, pinched } from "./gestures.js";
import { LEAST, Plot, type Shown, type ShownPart, WHOLE } from "./plot.js";

/** Of what is shown: a step of the cursor by key, and with shift. */
const [STEP, LEAP] = [0.01, 0.1];
/** Factor of the buttons and keys that enlarge. */
const FACTOR = 2;
/** A plot that is narrower has no room for buttons: its neighbours have them [pixel]. */
const NARROW = 300;

const KEYS = "arrows move the cursor, + and − enlarge and reduce, 0 shows all";

export class Explorer {
  readonly #plots = new Map<HTMLElement, Plot>();
  /** by key of charts: the cursor, as a value, and what is shown, from value to value */
  readonly #cursors = new Map<string, number>();
  readonly #windows = new Map<string, Shown>();
  /** what is shown of maps, by their headings */
  readonly #maps = new Map<string, ShownPart>();
  readonly #held = new Map<number, Held>();
  /** the chart that tells values */
  #told: Plot | undefined;

  constructor() {
    document.addEventListener("pointermove", (event) => this.#move(event));
    document.addEventListener("pointerdown", (event) => this.#down(event));
    for (const name of ["pointerup", "pointercancel"] as const)
      document.addEventListener(name, (event) => this.#up(event));
    document.addEventListener("dblclick", (event) => this.#all(this.#plotAt(event.target)));
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    document.addEventListener("change", () => this.refresh());
  }

  /** Charts may have been drawn anew: they show what those before them did. */
  refresh(): void {
    for (const element of this.#plots.keys()) if (!element.isConnected) this.#plots.delete(element);
    for (const element of document.querySelectorAll<HTMLElement>(".plot[data-key]")) {
      const svg = element.querySelector("svg");
      const plot = this.#plots.get(element) ?? (svg && new Plot(element, svg));
      if (!plot) continue;
      if (!this.#plots.has(element)) this.#begin(plot);
      this.#show(plot);
    }
    // a chart that is gone has no size: what is held of it would choose nothing that is a number
    for (const [pointer, { plot }] of this.#held) if (!this.#plots.has(plot.element)) this.#held.delete(pointer);
    if (this.#told && !this.#plots.has(this.#told.element)) this.#told = undefined;
    this.#drawCursors();
  }

  plotOf(element: HTMLElement): Plot | undefined {
    return this.#plots.get(element);
  }

  #begin(plot: Plot): void {
    const { element } = plot;
    this.#plots.set(element, plot);
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", `${headingOf(plot)}: ${KEYS}`);
    if (element.clientWidth < NARROW) return;
    const tools = document.createElement("div");
    tools.className = "tools";
    const actions = [
      ["+", "enlarge", () => this.#zoom(plot, FACTOR)],
      ["−", "reduce", () => this.#zoom(plot, 1 / FACTOR)],
      ["⤢", "show all", () => this.#all(plot)],
    ] as const;
    for (const [sign, name, act] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.title = name;
      button.setAttribute("aria-label", `${name}: ${headingOf(plot)}`);
      button.addEventListener("click", act);
      tools.append(button);
    }
    element.closest("figure")?.querySelector("figcaption")?.prepend(tools);
  }

  #plotAt(target: EventTarget | null): Plot | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>(".plot") : null;
    return element ? this.#plots.get(element) : undefined;
  }

  // what is shown

  #show(plot: Plot): void {
    if (plot.isMap) {
      const { x, y } = this.#maps.get(headingOf(plot)) ?? { x: WHOLE, y: WHOLE };
      plot.show(x, y);
    } else {
      const [lo, hi] = this.#windows.get(plot.key) ?? [];
      plot.show(lo === undefined || hi === undefined ? WHOLE : [plot.partAt(lo), plot.partAt(hi)]);
    }
  }

  /** Shows so much of a chart and of those like it, of a map in both directions. */
  #set(plot: Plot, x: Shown, y: Shown): void {
    const part = clamped(x);
    if (plot.isMap) this.#maps.set(headingOf(plot), { x: part, y: clamped(y) });
    else if (part === WHOLE) this.#windows.delete(plot.key);
    else this.#windows.set(plot.key, [valueAt(plot.axes.x, part[0]), valueAt(plot.axes.x, part[1])]);
    for (const other of this.#plots.values())
      if (other === plot || (!plot.isMap && !other.isMap && other.key === plot.key)) this.#show(other);
    this.#drawCursors();
  }

  #all(plot: Plot | undefined): void {
    if (plot) this.#set(plot, WHOLE, WHOLE);
  }

  /** Enlarges by a factor about the cursor, or about the middle. */
  #zoom(plot: Plot, factor: number): void {
    const value = this.#cursors.get(plot.key);
    const [reading] = value === undefined ? [] : plot.read(value).reverse();
    const about = ([from, to]: Shown, at: number | undefined): Shown => {
      const middle = at !== undefined && at >= from && at <= to ? at : (from + to) / 2;
      return [middle - (middle - from) / factor, middle + (to - middle) / factor];
    };
    const { x, y } = plot.shown;
    const at = plot.isMap || value === undefined ? reading?.x : plot.partAt(value);
    this.#set(plot, about(x, at), about(y, reading?.y));
  }

  // mouse and finger

  #down(event: PointerEvent): void {
    const plot = this.#plotAt(event.target);
    if (!plot || event.button !== 0) return;
    const now = { x: event.clientX, y: event.clientY };
    const from = plot.placeOf(now.x, now.y);
    this.#held.set(event.pointerId, { plot, isTouch: event.pointerType !== "mouse", from, start: now, now });
    this.#point(plot, event);
  }

  #move(event: PointerEvent): void {
    const held = this.#held.get(event.pointerId);
    const plot = held?.plot ?? this.#plotAt(event.target);
    if (held) held.now = { x: event.clientX, y: event.clientY };
    const fingers = [...this.#held.values()].filter((one) => one.plot === plot && one.isTouch);
    if (plot && fingers.length === 2) {
      const { x, y } = pinched(fingers[0], fingers[1]);
      this.#set(plot, x, y);
    } else if (plot) this.#point(plot, event);
    else if (event.pointerType === "mouse" && this.#told && !this.#told.element.contains(document.activeElement))
      this.#forget();
    if (held && !held.isTouch) mark(held);
  }

  #up(event: PointerEvent): void {
    const held = this.#held.get(event.pointerId);
    this.#held.delete(event.pointerId);
    if (!held || held.isTouch) return;
    const { plot } = held;
    partIn(plot, "chosen").hidden = true;
    const part = event.type === "pointerup" ? chosen(held, event) : undefined;
    if (part) this.#set(plot, part.x, part.y);
  }

  // cursor

  #point(plot: Plot, { clientX, clientY }: PointerEvent): void {
    const value = plot.cursorAt(plot.placeOf(clientX, clientY));
    if (value !== undefined) this.#tell(plot, value);
  }

  /** Puts the cursor at a value, which a chart tells that has any. */
  #tell(plot: Plot, value: number): void {
    if (!plot.hasValues) return;
    this.#cursors.set(plot.key, value);
    this.#told = plot;
    this.#drawCursors();
  }

  #forget(): void {
    this.#cursors.clear();
    this.#told = undefined;
    this.#drawCursors();
  }

  #drawCursors(): void {
    for (const plot of this.#plots.values()) {
      const value = this.#cursors.get(plot.key);
      const isThere = value !== undefined && plot.hasValues;
      if (isThere || plot.element.querySelector(".reader"))
        drawCursor(plot, isThere ? value : undefined, this.#told === plot);
    }
  }

  #key(event: KeyboardEvent): void {
    const plot = event.target instanceof HTMLElement ? this.#plots.get(event.target) : undefined;
    if (!plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? LEAP : STEP;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.#step(plot, -step),
      ArrowRight: () => this.#step(plot, step),
      "+": () => this.#zoom(plot, FACTOR),
      "=": () => this.#zoom(plot, FACTOR),
      "-": () => this.#zoom(plot, 1 / FACTOR),
      "0": () => this.#all(plot),
      Escape: () => {
        this.#all(plot);
        this.#forget();
      },
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** Moves the cursor by a part of what is shown; on a map, of what the cursor runs along. */
  #step(plot: Plot, by: number): void {
    const [lo, hi] = plot.reach();
    const value = this.#cursors.get(plot.key) ?? (lo + hi) / 2;
    this.#tell(plot, Math.min(hi, Math.max(lo, value + by * (hi - lo))));
  }
}

function headingOf({ element }: Plot): string {
  return element.closest("figure")?.querySelector("h3")?.textContent ?? "";
}

/** The same part within what there is, neither too small nor larger than all. */
function clamped([from, to]: Shown): Shown {
  const size = Math.max(LEAST, to - from);
  if (size >= 1) return WHOLE;
  const start = Math.min(1 - size, Math.max(0, (from + to - size) / 2));
  return [start, start + size];
}
