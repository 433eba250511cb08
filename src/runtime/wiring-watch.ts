/** The first seconds of a real car's drive, as they are written down, under {@link WiringCheck}, on the main thread. */
import { unwrap } from "../identification/fit-data.js";
import type { FoundFault } from "../links/faults.js";
import type { TaskDefinition } from "../tasks/definition.js";
import { PlanarState } from "../tasks/planar.js";
import { HEAD, RecordKind } from "./records.js";
import { WiringCheck } from "./wiring.js";

export class WiringWatch {
  readonly #check: WiringCheck | undefined;
  readonly #columns: number;
  readonly #inputs: number;
  readonly #rows: Float64Array[] = [];

  constructor({ model, columns }: TaskDefinition) {
    this.#check = model.kind === "car" ? new WiringCheck() : undefined;
    this.#columns = columns.state.length;
    this.#inputs = columns.input.length;
  }

  /** Takes a row of the record; what is wrong, once it is sure. */
  take(row: Float64Array): FoundFault | undefined {
    if (!this.#check || this.#check.isDone || row[0] !== RecordKind.step) return undefined;
    this.#rows.push(row);
    const rows = this.#rows;
    const steps = rows.length - 1;
    const [first, behind] = [HEAD + this.#columns, HEAD + this.#columns + this.#inputs];
    const states = Float64Array.from(rows.flatMap((one) => [...one.subarray(HEAD, first)]));
    unwrap(states, PlanarState.phi, this.#columns);
    return this.#check.look({
      states,
      inputs: Float64Array.from(rows.slice(0, steps).flatMap((one) => [...one.subarray(first, behind)])),
      periods: Float64Array.from({ length: steps }, (_, t) => rows[t + 1][1] - rows[t][1]),
      earlier: new Float64Array(0),
    });
  }
}
