/**
 * The few numbers of a policy whose effect on a robot can be measured: gains, trims, setpoint offsets over the lap
 * (equations (PD1), (PD2)), and how far its network's weights are moved along some directions (equation (PD14)); by
 * name, in units in which one is a large change.
 */
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import type { TaskDefinition } from "../tasks/definition.js";

/** Knots of the setpoint offsets' splines over a lap, at most; KNOTS of assembly/regions.ts. */
export const MOST_KNOTS = 6;
/** What one of a trim means, as a part of an input's range of 1; of gains and offsets the network's scale says it. */
const TRIM = 0.1;

/** Largest change of a parameter in one step, in units of its scale. */
const FARTHEST = 0.5;

/** Of the adjustment. */
export const GROUPS = ["gains", "trims", "offsets"] as const;
/** Of the weights: the model's leading Gauss-Newton directions, and random ones. */
export const DIRECTIONS = ["leading", "random"] as const;
export const ALL_GROUPS = [...GROUPS, ...DIRECTIONS] as const;
export type Group = (typeof ALL_GROUPS)[number];

export interface AdjustmentParameter {
  readonly name: string;
  readonly group: Group;
  /** of the adjustment, e.g. m */
  readonly unit: string;
  /** what one of it is, in that unit */
  readonly scale: number;
  /** where it stands in the core's row of adjustments, behind the form; of a direction its number */
  readonly place: number;
}

/** Weights, and the directions along which they are moved, each as long as one of its parameter. */
interface Directions {
  readonly weights: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/** The parameters of `groups`: offsets on `knots` splines, `directions` of each group of them. */
export class AdjustmentSpace {
  readonly parameters: readonly AdjustmentParameter[];
  readonly knots: number;
  #directions: Directions | undefined;

  constructor(task: TaskDefinition, groups: readonly Group[], knots: number, directions = 0) {
    if (!Number.isInteger(knots) || knots < 1 || knots > MOST_KNOTS)
      throw new UserError(`knots is ${knots}; allowed is a whole number from 1 to ${MOST_KNOTS}`);
    this.knots = groups.includes("offsets") ? knots : 0;
    this.parameters = [
      ...allParameters(task, this.knots).filter(({ group }) => groups.includes(group)),
      ...directionParameters(groups, directions),
    ];
  }

  /** Whether its directions are still to be found: {@link setDirections}. */
  get lacksDirections(): boolean {
    return this.#directions === undefined && this.parameters.some(isDirection);
  }

  /** What its directions are, from the weights of the policy on. @throws UserError if nothing could drive by them */
  setDirections(weights: Float64Array, vectors: readonly Float64Array[]): void {
    const wanted = this.parameters.filter(isDirection).length;
    const isUsable = (one: Float64Array) => one.length === weights.length && one.every(Number.isFinite);
    if (vectors.length !== wanted || !vectors.every(isUsable))
      throw new UserError(`there are not ${wanted} finite directions of ${weights.length} weights: shake anew`);
    this.#directions = { weights: weights.slice(), vectors };
  }

  get size(): number {
    return this.parameters.length;
  }

  /** Lets the core drive with `values`, in units of each parameter's scale; other parameters stay as they are. */
  apply(core: Core, values: ArrayLike<number>): void {
    const row = core.view("adjustment");
    const { form, count } = core.exports.Adjustment;
    row[form] = Math.max(row[form], this.knots + 1);
    const moved = this.#directions?.weights.slice();
    this.parameters.forEach((parameter, i) => {
      const { scale, place } = parameter;
      if (!isDirection(parameter)) row[count + place] = scale * values[i];
      else
        this.#directions?.vectors[place].forEach((value, k) => {
          if (moved) moved[k] += values[i] * value;
        });
    });
    if (moved) core.write("parameters", moved);
  }

  /** The values that the core drives with; an error if its offsets are on other splines. */
  valuesIn(core: Core): number[] {
    const row = core.view("adjustment");
    const { form, count } = core.exports.Adjustment;
    const present = row[form] - 1;
    if (this.knots > 0 && present > 0 && present !== this.knots)
      throw new UserError(`the policy has setpoint offsets on ${present} knots: give --knots ${present}`);
    return this.parameters.map((one) => (isDirection(one) ? 0 : row[count + one.place] / one.scale));
  }

  /** Lets the core's tangent pass go along parameter `i`. */
  pointAlong(core: Core, i: number): void {
    const parameter = this.parameters[i];
    const row = core.view("adjustmentDirection").fill(0);
    const weights = core.view("direction").fill(0);
    if (!isDirection(parameter)) row[core.exports.Adjustment.count + parameter.place] = parameter.scale;
    else if (this.#directions) weights.set(this.#directions.vectors[parameter.place]);
  }

  /** Which parameters are of a group. */
  indicesOf(group: Group): number[] {
    return this.parameters.flatMap((parameter, i) => (parameter.group === group ? [i] : []));
  }
}

/** A step along all parameters, in units of their scales; shorter if it went too far. */
export function shortened(step: Float64Array): Float64Array {
  const most = Math.max(...step.map(Math.abs));
  return most > FARTHEST ? step.map((value) => (value * FARTHEST) / most) : step;
}

function isDirection({ group }: AdjustmentParameter): boolean {
  return group === "leading" || group === "random";
}

function directionParameters(groups: readonly Group[], count: number): AdjustmentParameter[] {
  const chosen = DIRECTIONS.filter((group) => groups.includes(group));
  return chosen.flatMap((group, before) =>
    Array.from({ length: count }, (_, i) => ({
      name: `${group} ${i + 1}`,
      group,
      unit: "",
      scale: 1,
      place: before * count + i,
    })),
  );
}

function allParameters({ columns, network }: TaskDefinition, knots: number): AdjustmentParameter[] {
  const split = (column: string) => {
    const [, name, unit = ""] = /^([^[]*?)\s*(?:\[(.*)\])?$/.exec(column) ?? [];
    return { name, unit };
  };
  const setpoints = columns.setpoint.length;
  const gains = columns.gain.map((column, i) => ({
    ...split(column),
    group: "gains" as const,
    scale: network.scale[setpoints + i],
    place: i,
  }));
  const trims = columns.input.map((column, i) => ({
    ...split(column),
    name: `${split(column).name} trim`,
    group: "trims" as const,
    scale: TRIM,
    place: gains.length + i,
  }));
  const offsets = Array.from({ length: knots }, (_, knot) =>
    columns.setpoint.map((column, i) => ({
      ...split(column),
      name: `${split(column).name} at ${knot}/${knots}`,
      group: "offsets" as const,
      scale: network.scale[i],
      place: gains.length + trims.length + knot * setpoints + i,
    })),
  ).flat();
  return [...gains, ...trims, ...offsets];
}
