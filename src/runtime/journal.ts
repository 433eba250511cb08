/**
 * What a control thread writes down, row by row (records.ts), at its core's last step. It allocates nothing, prints
 * nothing, throws nothing; what does not fit into the ring is lost.
 */
import type { Core } from "../core/core.js";
import type { Fault } from "../links/faults.js";
import { type Layout, RecordKind, type Ring } from "./records.js";
import type { RuntimeState } from "./states.js";

/** Views of a core that has room for one control step; `measured`: the state that the policy is given. */
const rowsOf = (core: Core) => ({
  measured: core.view("plantState"),
  inputs: core.view("inputs"),
  references: core.view("references"),
  residuals: core.view("residuals"),
  costs: core.view("stageCosts"),
  outputs: core.view("outputs"),
  setpoints: core.view("setpoints"),
  gains: core.view("gains"),
  pace: core.view("paces"),
  taskShift: core.view("taskShifts"),
  reflex: core.view("reflex"),
  firings: core.view("reflexFirings"),
});

/** A fault at `now` by the loop's clock [s]; `followedUntil`: when the last command was sent that it followed. */
export function writeFault(
  ring: Ring,
  now: number,
  fault: Fault,
  value: number,
  limit: number,
  followedUntil: number,
): void {
  if (!ring.begin(RecordKind.fault, now)) return;
  ring.number(fault);
  ring.number(value);
  ring.number(limit);
  ring.number(followedUntil);
  ring.end();
}

export class Journal {
  readonly #core: Core;
  readonly #ring: Ring;
  readonly #layout: Layout;
  readonly #rows: ReturnType<typeof rowsOf>;
  /** firings of the reflex that were written down */
  #fired = 0;

  constructor(core: Core, ring: Ring, layout: Layout) {
    this.#core = core;
    this.#ring = ring;
    this.#layout = layout;
    this.#rows = rowsOf(core);
  }

  /** The runtime's state changed at `now`; `origin`: the clock at task time 0 [s]. */
  state(now: number, to: RuntimeState, origin: number): void {
    if (!this.#ring.begin(RecordKind.state, now)) return;
    this.#ring.number(to);
    this.#ring.number(origin);
    this.#ring.end();
  }

  /** As {@link writeFault}. */
  fault(now: number, fault: Fault, value: number, limit: number, followedUntil: number): void {
    writeFault(this.#ring, now, fault, value, limit, followedUntil);
  }

  /** A firing of the reflex, at the network call before which it came: at most one. */
  firings(now: number): void {
    const { Firing, Reflex } = this.#core.exports;
    const { reflex, firings } = this.#rows;
    const fired = reflex[Reflex.firings];
    if (fired === this.#fired || !this.#ring.begin(RecordKind.reflex, now)) return;
    this.#fired = fired;
    const from = ((fired - 1) % (firings.length / Firing.count)) * Firing.count;
    this.#ring.number(firings[from + Firing.taskTime]);
    this.#ring.number(firings[from + Firing.shortfall]);
    this.#ring.number(firings[from + Firing.gripLeft]);
    this.#ring.number(firings[from + Firing.pace]);
    this.#ring.end();
  }

  /** The control step `time` [s] after task time 0. */
  step(time: number): void {
    const { states, inputs, references, residuals } = this.#layout;
    if (!this.#ring.begin(RecordKind.step, time)) return;
    this.#ring.numbers(this.#rows.measured, states);
    this.#ring.numbers(this.#rows.inputs, inputs);
    this.#ring.numbers(this.#rows.references, references);
    this.#ring.numbers(this.#rows.residuals, residuals);
    this.#ring.number(this.#rows.costs[0]);
    this.#pace();
    this.#ring.end();
  }

  /** The network call in that step. */
  call(time: number): void {
    const { states, outputs, setpoints, gains } = this.#layout;
    if (!this.#ring.begin(RecordKind.call, time)) return;
    this.#ring.numbers(this.#rows.measured, states);
    this.#ring.numbers(this.#rows.outputs, outputs);
    this.#ring.numbers(this.#rows.setpoints, setpoints);
    this.#ring.numbers(this.#rows.gains, gains);
    this.#pace();
    this.#ring.end();
  }

  /** The state after the last step of a drive. */
  end(time: number): void {
    if (!this.#ring.begin(RecordKind.end, time)) return;
    this.#ring.numbers(this.#rows.measured, this.#layout.states);
    this.#ring.end();
  }

  #pace(): void {
    this.#ring.number(this.#rows.pace[0]);
    this.#ring.number(this.#rows.taskShift[0]);
  }
}
