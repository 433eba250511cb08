/** Rows of the control thread as those see them who watch a drive. */
import { monotonicTime, wallTime } from "../clock.js";
import { Fault } from "../links/faults.js";
import type { Live } from "../links/ros2/live.js";
import { HEAD, type Layout, RecordKind } from "./records.js";
import { RuntimeState } from "./states.js";
import { explainFault } from "./stops.js";

const OK = 0;
const ERROR = 2;

export class LiveView {
  readonly #layout: Layout;
  readonly #show: (live: Live) => void;
  /** the loop's clock at task time 0 [s] */
  #origin = 0;
  /** the robot is being stopped, or was, by a fault */
  #isFaulty = false;

  constructor(layout: Layout, show: (live: Live) => void) {
    this.#layout = layout;
    this.#show = show;
  }

  /** Takes a row (records.ts). */
  take(row: Float64Array): void {
    const [kind, clock, first, second, third] = row;
    if (kind === RecordKind.step) this.#takeStep(row);
    else if (kind === RecordKind.state) {
      if (first === RuntimeState.driving) this.#origin = second;
      if (first === RuntimeState.idle) this.#isFaulty = false;
      this.#takeEvent(clock, this.#isFaulty ? ERROR : OK, "state", RuntimeState[first]);
    } else if (kind === RecordKind.fault) {
      this.#isFaulty = true;
      this.#takeEvent(clock, ERROR, Fault[first], explainFault({ fault: first, value: second, limit: third }));
    }
  }

  #takeStep(row: Float64Array): void {
    const { states, inputs, references, residuals } = this.#layout;
    let from = HEAD;
    const part = (width: number) => {
      from += width;
      return [...row.subarray(from - width, from)];
    };
    const [state, input, reference] = [part(states), part(inputs), part(references)];
    const cost = row[from + residuals];
    this.#show({ kind: "step", time: wallOf(row[1] + this.#origin), state, input, reference, cost });
  }

  #takeEvent(clock: number, level: number, name: string, message: string): void {
    this.#show({ kind: "event", time: wallOf(clock), level, name, message });
  }
}

/** A time of the monotonic clock as time since 1970 [s]. */
function wallOf(clock: number): number {
  return clock + wallTime() - monotonicTime();
}
