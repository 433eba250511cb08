/** A simulated robot under the check that a real one drives under: whether it answers as it should at all. */
import type { Core } from "../core/core.js";
import { unwrap } from "../identification/fit-data.js";
import type { FoundFault } from "../links/faults.js";
import type { DriveResult, Link } from "../links/link.js";
import { PlanarState } from "../tasks/planar.js";
import { describeFault, remedyOf } from "./stops.js";
import { WiringCheck } from "./wiring.js";

/** Control steps between two looks. */
const EVERY = 5;

/**
 * The first drive ends where something was found, in whatever pieces it is driven; those after it are not looked at.
 */
export class WatchedSimulation implements Link {
  readonly name: string;
  readonly isDeadReckoning = false;
  readonly #link: Link;
  /** of the first drive, which has not been looked at beyond `#looked` steps; undefined before it */
  #check: WiringCheck | undefined;
  #looked = 0;
  /** the core no longer holds that drive from its start on, or it is over */
  #isOver = false;

  constructor(link: Link) {
    this.name = link.name;
    this.#link = link;
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  async drive(core: Core, index: number, segments: number, goesOn: boolean): Promise<DriveResult> {
    const result = await this.#link.drive(core, index, segments, goesOn);
    this.#isOver = this.#check !== undefined || core.setup.task.model.kind !== "car";
    this.#check ??= new WiringCheck();
    return this.#watched(core, index, result);
  }

  async driveOn(core: Core, index: number, segments: number, previous: number, kept: number): Promise<DriveResult> {
    this.#isOver ||= kept < core.view("counts", previous)[1];
    const result = await this.#link.driveOn(core, index, segments, previous, kept);
    return this.#watched(core, index, result);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #watched(core: Core, index: number, result: DriveResult): DriveResult {
    if (this.#isOver || !this.#check || this.#check.isDone) return result;
    const found = this.#look(this.#check, core, index);
    if (!found) return result;
    cutAt(core, index, found.steps);
    const seconds = core.view("times", index)[found.steps - 1] + core.view("periods", index)[found.steps - 1];
    const stopped = `${describeFault(found)}, after ${seconds.toFixed(2)} s`;
    return { steps: found.steps, stopped, remedy: remedyOf(found.fault) };
  }

  /** What was wrong in a drive from standstill, and after how many steps that was known. */
  #look(check: WiringCheck, core: Core, slot: number): (FoundFault & { readonly steps: number }) | undefined {
    const [driven] = core.view("counts", slot);
    const columns = core.setup.task.columns.state.length;
    const inputs = core.setup.task.columns.input.length;
    const states = core.view("states", slot).slice(0, columns * (driven + 1));
    unwrap(states, PlanarState.phi, columns);
    while (this.#looked + EVERY <= driven && !check.isDone) {
      const steps = this.#looked + EVERY;
      this.#looked = steps;
      const found = check.look({
        states: states.subarray(0, columns * (steps + 1)),
        inputs: core.view("inputs", slot).subarray(0, inputs * steps),
        periods: core.view("periods", slot).subarray(0, steps),
        earlier: new Float64Array(0),
      });
      if (found) return { ...found, steps };
    }
    return undefined;
  }
}

/** Leaves the first `steps` steps of a rollout. */
function cutAt(core: Core, slot: number, steps: number): void {
  const counts = core.view("counts", slot);
  const segments = core.view("segmentStarts", slot).subarray(0, counts[1]);
  counts.set([steps, segments.filter((start) => start < steps).length]);
}
