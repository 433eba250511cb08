/**
 * A whole policy as plain data: what `--format json` writes, and what every other form is made from. docs/export.md
 * names every key.
 */
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import type { RecordingInfo } from "../recording/recording.js";
import { setTiming } from "../recording/timing.js";
import type { PartDefinition, TaskDefinition, TrackFeatures } from "../tasks/definition.js";
import { trackOfTask } from "../tasks/path.js";
import { controllers, references, tasks } from "./parts/parts.js";

export const FORMAT = "lapgrad-policy";
/** Raised whenever the meaning of a key changes. */
export const VERSION = 1;
/** Of a policy with an adjustment: readers that know of none refuse it. */
export const ADJUSTED_VERSION = 2;

export type Timing = RecordingInfo["timing"];

/** One layer of the network: a = tanh(W x + b). */
export interface LayerDescription {
  readonly in: number;
  readonly out: number;
  readonly activation: "tanh";
  /** out x in, row by row */
  readonly W: readonly number[];
  readonly b: readonly number[];
}

/** What is added to the policy beside its network, in the columns' units. */
export interface AdjustmentDescription {
  readonly gains: readonly number[];
  /** of the command */
  readonly trims: readonly number[];
  /** setpoint offsets of knots evenly around the lap, a row each */
  readonly offsets: readonly (readonly number[])[];
}

/** Where a policy comes from. */
export interface Provenance {
  /** version of lapgrad that exported it */
  readonly lapgrad: string;
  /** updates that made it */
  readonly updates: number;
  /** driving that it was trained on [min] */
  readonly trainingMinutes: number;
  /** window cost of the rollout driven with it, or else of the last one before; null if none was driven */
  readonly finalCost: number | null;
  /** SHA-256 of the checkpoint file */
  readonly checkpoint: string;
}

export interface PolicyDescription {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly task: PartDefinition & { readonly name: string };
  /** of a task on a track: its points, as a CSV, and its nodes as the core has them */
  readonly track?: string;
  readonly features?: TrackFeatures;
  readonly path?: readonly (readonly number[])[];
  /** kind of the robot's model */
  readonly robot: string;
  readonly timing: Timing;
  readonly clock: {
    /** dt, h [s] */
    readonly controlPeriod: number;
    readonly networkPeriod: number;
    readonly stepsPerSegment: number;
    /** how far ahead of the network call the setpoint lies [s] */
    readonly lookahead: number;
    /** added to the time since the network call, where the reference is evaluated [s] */
    readonly lead: number;
    /** whether the first reference starts from the state; otherwise from the task */
    readonly openFromState: boolean;
    /** time after which setpoints and features repeat [s] */
    readonly period: number;
  };
  /** names with units, in the order of the arrays */
  readonly columns: Omit<TaskDefinition["columns"], "residual"> & { readonly feature: readonly string[] };
  readonly controller: PartDefinition;
  readonly reference: PartDefinition & { readonly matrix: readonly (readonly number[])[] };
  readonly nominalGains: readonly number[];
  /** factor of each network output: setpoint offsets, then gain offsets */
  readonly scale: readonly number[];
  readonly layers: readonly LayerDescription[];
  /** absent where nothing is added */
  readonly adjustment?: AdjustmentDescription;
  readonly provenance: Provenance;
}

/** The policy in a core, after its parameters were put in; sets the core's timing. */
export function describePolicy(core: Core, timing: Timing, provenance: Provenance): PolicyDescription {
  const { task } = core.setup;
  const { residual: _, ...columns } = task.columns;
  setTiming(core, timing);
  const reference = partNamed("reference", references, task.reference.kind);
  const course = partNamed("task", tasks, task.task.kind);
  partNamed("controller", controllers, task.controller.kind);
  const { controlPeriod, networkPeriod, stepsPerSegment } = task.timing;
  const hardware = timing === "hardware";
  const adjustment = adjustmentIn(core);
  return {
    format: FORMAT,
    version: adjustment ? ADJUSTED_VERSION : VERSION,
    task: { name: task.name, ...inOrder(core, "task", task.task) },
    ...trackOfTask(task),
    ...(task.track && { path: rowsIn(core.view("path"), core.shapeOf("path").columns) }),
    robot: task.model.kind,
    timing,
    clock: {
      controlPeriod,
      networkPeriod,
      stepsPerSegment,
      lookahead: hardware ? networkPeriod : networkPeriod - controlPeriod,
      lead: hardware ? 0 : controlPeriod,
      openFromState: hardware,
      period: task.task.parameters[course.period],
    },
    columns: { ...columns, feature: course.features },
    controller: inOrder(core, "controller", task.controller),
    reference: { ...inOrder(core, "reference", task.reference), matrix: reference.matrix(core) },
    nominalGains: task.nominalGains,
    scale: task.network.scale,
    layers: layersOf(core),
    ...(adjustment && { adjustment }),
    provenance,
  };
}

/** The adjustment that the core drives with; undefined where it changes nothing. */
function adjustmentIn(core: Core): AdjustmentDescription | undefined {
  const { gain, input, setpoint } = core.setup.task.columns;
  const row = core.view("adjustment");
  const { form, count } = core.exports.Adjustment;
  const values = row.subarray(count);
  if (values.every((value) => value === 0)) return undefined;
  const splines = values.subarray(
    gain.length + input.length,
    gain.length + input.length + (row[form] - 1) * setpoint.length,
  );
  return {
    gains: [...values.subarray(0, gain.length)],
    trims: [...values.subarray(gain.length, gain.length + input.length)],
    offsets: rowsIn(splines, setpoint.length),
  };
}

/** Puts an adjustment into a core. */
export function installAdjustment(core: Core, { gains, trims, offsets }: AdjustmentDescription, source: string): void {
  const { form, count } = core.exports.Adjustment;
  const row = core.view("adjustment").fill(0);
  const most = (row.length - count - gains.length - trims.length) / core.setup.task.columns.setpoint.length;
  if (offsets.length > most)
    throw new UserError(`${source} has setpoint offsets on ${offsets.length} knots; allowed are up to ${most}`);
  row[form] = offsets.length + 1;
  row.set([...gains, ...trims, ...offsets.flat()], count);
}

function rowsIn(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) => [
    ...values.subarray(i * columns, (i + 1) * columns),
  ]);
}

/** The parameters as they stand in the core, in the order of its table. */
function inOrder(core: Core, part: "task" | "controller" | "reference", { kind }: PartDefinition): PartDefinition {
  const values = core.view(`${part}Parameters`);
  const names = core.parameterNames(part, kind);
  return { kind, parameters: Object.fromEntries(names.map((name, i) => [name, values[i]])) };
}

/** The core's weights (in x out), turned (out x in). */
function layersOf(core: Core): LayerDescription[] {
  const { network, columns } = core.setup.task;
  const features = core.lawSizes("network").domain;
  const widths = [features, ...network.hidden, columns.setpoint.length + columns.gain.length];
  const parameters = core.view("parameters");
  let at = 0;
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer];
    const weights = parameters.subarray(at, at + inputs * outputs);
    const bias = parameters.subarray(at + inputs * outputs, at + (inputs + 1) * outputs);
    at += (inputs + 1) * outputs;
    const W = Array.from(weights, (_, k) => weights[(k % inputs) * outputs + Math.floor(k / inputs)]);
    return { in: inputs, out: outputs, activation: "tanh", W, b: [...bias] };
  });
}

/** The piece of a kind; a {@link UserError} that says where to write it if there is none. */
export function partNamed<P>(part: string, table: Readonly<Record<string, P>>, kind: string): P {
  const found = Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (found) return found;
  throw new UserError(
    `a policy with the ${part} "${kind}" cannot be exported yet: there are ${Object.keys(table).join(", ")}; ` +
      "write its piece in src/export/parts",
  );
}
