/**
 * What a policy near a nominal one will do, by what was measured around that: a library of shakes is one nominal policy
 * each. And which change of which of them suits another lap time, before it was ever driven at that.
 */
import { completeConfig, mergeConfigs, type PartialConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { leastStep } from "../identification/least-squares.js";
import type { Link } from "../links/link.js";
import { costOf } from "../recording/recording.js";
import { initialisePolicy } from "../session.js";
import { type AdjustmentSpace, shortened } from "./adjustment.js";
import { estimateFrom, residualsBy, type ShakeEstimate, type ShakenLap } from "./estimate.js";
import { smoothed } from "./gaussian-process.js";
import { LapDrive } from "./lap-drive.js";
import { shakeCore } from "./shake-core.js";
import type { ShakeFolder } from "./shake-folder.js";
import { openShake, type PreparedShake } from "./shake-start.js";

/** A nominal policy with its sensitivities. */
export interface Nominal extends PreparedShake {
  readonly source: string;
  readonly estimate: ShakeEstimate;
  /** [s] */
  readonly lapTime: number;
  /** residuals of the mean lap in cells, and their Jacobian: cells x residuals (x parameters) */
  readonly residuals: Float64Array;
  readonly jacobian: Float64Array;
  /** control steps of a cell */
  readonly steps: number;
}

export interface Prediction {
  /** of the lap as it is, and as it will be in the lap after the change, with its standard error */
  readonly cost: number;
  readonly predicted: number;
  readonly error: number;
  /** change of the position along the lap [m], and of its standard error */
  readonly path: readonly { readonly phase: number; readonly x: number; readonly y: number; readonly error: number }[];
}

/** Damping of a plan, in parts of the cost. */
const DAMPING = 0.05;

export async function nominalOf(folder: ShakeFolder): Promise<Nominal> {
  const { lines, ...prepared } = await openShake(folder);
  return nominalFrom(prepared, await folder.readLaps(lines), folder.path);
}

/** `source`: where the laps are from, for people. */
export function nominalFrom(prepared: PreparedShake, laps: readonly ShakenLap[], source: string): Nominal {
  const { task } = prepared.core.setup;
  const estimate = estimateFrom(laps, prepared.space, task);
  if (!estimate) throw new UserError(`${source} has too few laps: lapgrad shake --resume ${source}`, 1);
  const lapTime = task.timing.lapTime as number;
  const { mean, jacobian, cells } = residualsBy(estimate, task);
  const steps = lapTime / task.timing.controlPeriod / cells;
  return { ...prepared, source, estimate, lapTime, residuals: mean, jacobian, steps };
}

/** `values`: the change, in units of the parameters' scales. */
export function predict({ estimate, residuals, jacobian, steps }: Nominal, values: Float64Array): Prediction {
  const p = values.length;
  const { gradient, cells, path } = estimate;
  const along = (r: Float64Array) => r.map((value, row) => value + changeOf(jacobian, row, values));
  const cost = (r: Float64Array) => steps * r.reduce((sum, value) => sum + value ** 2, 0);
  let variance = 0;
  for (let i = 0; i < p; i++)
    for (let k = 0; k < p; k++) variance += values[i] * values[k] * gradient.covariance[i * p + k];
  const n = cells[0].values.length / p;
  const phases = cells.map(({ phase }) => phase);
  const curves = [...values.keys()].map((i) =>
    [0, 1].map((column) =>
      smoothed(
        phases,
        cells.map((cell) => cell.values[i * n + column]),
        cells.map((cell) => cell.errors[i * n + column]),
        path.lapTime,
      ),
    ),
  );
  return {
    cost: estimate.cost,
    predicted: estimate.cost + cost(along(residuals)) - cost(residuals),
    error: Math.sqrt(variance),
    path: phases.map((phase) => {
      const sums = { x: 0, y: 0, squares: 0 };
      curves.forEach(([x, y], i) => {
        const [dx, dy] = [x.at(phase), y.at(phase)];
        sums.x += values[i] * dx.mean;
        sums.y += values[i] * dy.mean;
        sums.squares += values[i] ** 2 * (dx.error ** 2 + dy.error ** 2);
      });
      return { phase, x: sums.x, y: sums.y, error: Math.sqrt(sums.squares) };
    }),
  };
}

function changeOf(jacobian: Float64Array, row: number, values: Float64Array): number {
  let change = 0;
  for (let i = 0; i < values.length; i++) change += jacobian[row * values.length + i] * values[i];
  return change;
}

export interface Plan {
  readonly nominal: Nominal;
  /** the change, in units of the parameters' scales */
  readonly values: Float64Array;
  /** of a lap at the new lap time: with the nominal policy, and as planned */
  readonly cost: number;
  readonly predicted: number;
}

/**
 * For another lap time: the residuals there are those of the nominal policies, linear in the lap time between, or
 * beyond, the two nearest; the sensitivities those of the nearest. Residuals count from what the cost asks for at each
 * lap time.
 */
export function planFor(library: readonly Nominal[], lapTime: number): Plan {
  const nearest = [...library].sort((a, b) => Math.abs(a.lapTime - lapTime) - Math.abs(b.lapTime - lapTime));
  const [nominal, other] = nearest;
  const part =
    other && other.lapTime !== nominal.lapTime ? (lapTime - nominal.lapTime) / (other.lapTime - nominal.lapTime) : 0;
  const rows = nominal.residuals.length;
  const r = nominal.core.setup.task.columns.residual.length;
  // cells of another lap time lie elsewhere: the same part of the lap
  const beside = (row: number) => {
    const cell = Math.floor((Math.floor(row / r) * (other.residuals.length / r)) / (rows / r));
    return other.residuals[cell * r + (row % r)];
  };
  const residuals = nominal.residuals.map((value, row) => (part === 0 ? value : value + part * (beside(row) - value)));
  const steps = (nominal.steps * lapTime) / nominal.lapTime;
  const sum = (values: Float64Array) => steps * values.reduce((total, value) => total + value ** 2, 0);
  const values = shortened(leastStep(nominal.jacobian, residuals, (DAMPING * sum(residuals)) / steps));
  const predicted = sum(residuals.map((value, row) => value + changeOf(nominal.jacobian, row, values)));
  return { nominal, values, cost: sum(residuals), predicted };
}

/** Laps that a plan is driven for, to see what comes of it; those before the last are a passage. */
const CHECKED = 4;

/** Drives the policy of a plan at its lap time; cost of its last lap. `given`: what drives, where it is another. */
export async function drivePlan(
  { nominal, values }: Plan,
  lapTime: number,
  given: PartialConfig,
  link: Link,
): Promise<number> {
  const timed = mergeConfigs(mergeConfigs(nominal.config, given), {
    parameters: { task: { lapTime } },
    "network-period": nominal.config["network-period"],
  });
  const config = completeConfig(timed);
  const core = await shakeCore(config);
  initialisePolicy(core, config.seed);
  core.write("parameters", nominal.core.view("parameters"));
  core.write("adjustment", nominal.core.view("adjustment"));
  const base = nominal.space.valuesIn(core);
  const driven = base.map((value, i) => value + values[i]);
  const drive = new LapDrive(config, core, link, nominal.space);
  let cost = Number.NaN;
  for (let lap = 1; lap <= CHECKED; lap++) {
    const { recording, stopped } = await drive.lap(driven, driven, lap);
    if (stopped !== undefined) throw new UserError(`the plan was stopped: ${stopped}`, 1);
    cost = costOf(recording);
  }
  return cost;
}

/** Changes by parameter, in its own unit, "k_v=0.1,steering trim=-0.02", in units of the scales. */
export function valuesFrom(text: string, space: AdjustmentSpace): Float64Array {
  const values = new Float64Array(space.size);
  for (const part of text.split(",")) {
    const [name, value] = part.split("=").map((word) => word.trim());
    const i = space.parameters.findIndex((parameter) => parameter.name === name);
    const number = value === undefined || value === "" ? Number.NaN : Number(value);
    if (i < 0 || !Number.isFinite(number))
      throw new UserError(
        `--change has "${part}"; allowed are name=number, of ${space.parameters.map((one) => one.name).join(", ")}`,
      );
    values[i] = number / space.parameters[i].scale;
  }
  return values;
}
