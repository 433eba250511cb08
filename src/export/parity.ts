/** Whether an exported policy does what the core does, and by how much it does not. */
import { isAngular } from "../angles.js";
import type { Core } from "../core/core.js";
import {
  answers,
  type NetworkSamples,
  networkAnswers,
  type Samples,
  standing,
  type Table,
  together,
} from "./answers.js";
import type { Check } from "./check.js";
import { type ClosedLoopDrive, driveCore, driveExported, type PolicyDriver, segmentsOf } from "./closed-loop.js";
import type { PolicyDescription } from "./description.js";
import type { Precision } from "./onnx/print.js";
import { disturbed, type Sketch, sketches } from "./samples.js";

/** Gives a form of the policy the inputs of many steps at once. */
export type Runner = (inputs: Samples["inputs"], count: number) => Promise<Readonly<Record<string, Table>>>;

export interface Limits {
  readonly network: number;
  readonly step: number;
  readonly drive: number;
  readonly precision: Precision;
  /** one rounding of what a step is given, relative; 0: no state is undecided */
  readonly rounding: number;
  /** what the drive's limit is for */
  readonly drives: "states" | "cost";
}

export const SINGLE: Limits = {
  network: 2e-6,
  step: 1e-5,
  drive: 1e-3,
  rounding: 2 ** -23,
  precision: "float32",
  drives: "cost",
};
export const DOUBLE: Limits = {
  network: 1e-14,
  step: 1e-12,
  drive: 1e-9,
  rounding: 2 ** -52,
  precision: "float64",
  drives: "states",
};
/** Of forms that do the core's own operations. The drive's clock is wrapped, which rounds otherwise. */
export const EXACT: Limits = { ...DOUBLE, network: 0, step: 0, rounding: 0 };

const CALLS = 10_000;
const STANDING = 100;
const SEED = 7;
const DISTURBANCES = 3;
/** A heading that winds up lap by lap is given modulo a turn: in float32 more turns leave too few digits [rad]. */
const MOST_ANGLE = 3 * Math.PI;
/**
 * A state is undecided if rounding what is given uses up this part of the limit: the rest is for the roundings inside.
 */
const GIVEN = 0.5;
/** More undecided states than this part of all say that the form has too few digits for the policy. */
const MOST_UNDECIDED = 0.02;

/** What the core does: everything that forms of a policy are compared with. */
export class Reference {
  private readonly drive: ClosedLoopDrive;
  private readonly drives: readonly Sketch[];

  /** `core`: with the policy's parameters, its timing and the nominal plant, and room for {@link segmentsOf} */
  constructor(
    private readonly core: Core,
    private readonly policy: PolicyDescription,
    calls = CALLS,
  ) {
    this.drive = driveCore(core, segmentsOf(core.setup.task));
    const n = policy.columns.state.length;
    const box = new Float64Array(n).fill(0.1);
    this.drive.states.forEach((value, i) => {
      box[i % n] = Math.max(box[i % n], 1.2 * Math.abs(value));
    });
    policy.columns.state.forEach((name, i) => {
      if (isAngular(name)) box[i] = Math.min(box[i], MOST_ANGLE);
    });
    this.drives = sketches(policy, box, calls, SEED);
  }

  /** Network inputs and scaled outputs along the whole drive and at the random states. */
  network(): NetworkSamples {
    driveCore(this.core, segmentsOf(this.core.setup.task));
    return networkAnswers(this.core, this.drives);
  }

  async checkNetwork(run: Runner, limits: Limits): Promise<Check> {
    const { count, features, offsets } = this.network();
    const { offsets: got } = await run({ features }, count);
    const { scale } = this.policy;
    const error = largest(offsets, got, (column) => Math.abs(scale[column]), []);
    return judged("network", count, 0, error, limits.network, limits);
  }

  /**
   * Steps and what the core answers, and which of them are undecided. A robot that stands is left out of an adjusted
   * policy: the core has trims along drives only.
   */
  private steps(limits: Limits, drivesOnly: boolean): { samples: Samples; undecided: boolean[] } {
    const own = answers(this.core, this.policy, this.drives);
    const undecided = new Array<boolean>(own.count + STANDING).fill(false);
    for (let seed = 1; limits.rounding > 0 && seed <= DISTURBANCES; seed++) {
      const other = answers(this.core, this.policy, disturbed(this.drives, limits.rounding, seed));
      for (const [name, table] of Object.entries(own.outputs)) {
        const moved = other.outputs[name];
        const scales = scalesOf(table);
        table.data.forEach((value, i) => {
          const scale = scales[i % table.width];
          if (Math.abs(value - moved.data[i]) > GIVEN * limits.step * scale)
            undecided[Math.floor(i / table.width)] = true;
        });
      }
    }
    if (drivesOnly || this.policy.adjustment) return { samples: own, undecided };
    return { samples: together(own, standing(this.core, this.policy, STANDING, SEED)), undecided };
  }

  /**
   * `keepsState`: the form keeps the policy's state to itself, so that it can be compared along drives only, and by its
   * commands
   */
  async checkSteps(run: Runner, limits: Limits, keepsState = false): Promise<Check> {
    const { samples, undecided } = this.steps(limits, keepsState);
    const got = await run(samples.inputs, samples.count);
    const outputs = keepsState ? { command: samples.outputs.command } : samples.outputs;
    let error = 0;
    for (const [name, table] of Object.entries(outputs)) {
      if (!table) continue;
      const scales = scalesOf(table);
      error = Math.max(
        error,
        largest(table, got[name], (column) => scales[column], undecided),
      );
    }
    const leftOut = undecided.filter(Boolean).length;
    const { passed, ...rest } = judged("step", samples.count, leftOut, error, limits.step, limits);
    return { ...rest, passed: passed && leftOut <= MOST_UNDECIDED * samples.count };
  }

  async checkDrive(driver: PolicyDriver, limits: Limits): Promise<Check> {
    const n = this.policy.columns.state.length;
    const steps = this.drive.states.length / n - 1;
    const driven = await driveExported(this.core, this.policy, driver, steps);
    const states = { width: n, data: this.drive.states };
    const distance = largest(states, { width: n, data: driven.states }, () => 1, []);
    const error = limits.drives === "cost" ? Math.abs(driven.cost / this.drive.cost - 1) : distance;
    return judged("drive", steps, 0, error, limits.drive, limits);
  }
}

function judged(
  what: Check["what"],
  states: number,
  undecided: number,
  error: number,
  limit: number,
  { precision }: Limits,
): Check {
  return { what, states, undecided, error, limit, precision, passed: error <= limit };
}

/** Per column: its largest value, at least 1. */
function scalesOf({ width, data }: Table): number[] {
  const scales = new Array<number>(width).fill(1);
  data.forEach((value, i) => {
    scales[i % width] = Math.max(scales[i % width], Math.abs(value));
  });
  return scales;
}

/** Largest difference in parts of its column's scale; NaN, and any difference where the scale is 0, are infinite. */
function largest(
  expected: Table,
  got: Table | undefined,
  scale: (column: number) => number,
  without: readonly boolean[],
): number {
  if (got?.data.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < expected.data.length; i++) {
    if (without[Math.floor(i / expected.width)]) continue;
    const difference = Math.abs(expected.data[i] - got.data[i]);
    if (difference === 0) continue;
    const error = difference / scale(i % expected.width);
    if (!(error <= most)) most = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return most;
}
