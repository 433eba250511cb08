/**
 * The one typed door to the WebAssembly core: loads it, checks its version, hands parameters over by name, and names
 * the views.
 */
import { instantiate } from "#core";
import { UserError } from "../errors.js";
import type { HostPlant } from "../plants/host-plant.js";
import { hostPlantFor } from "../plants/plants.js";
import type { PartDefinition, PlantDefinition, TaskDefinition } from "../tasks/definition.js";
import { pathNodes } from "../tracks/path-table.js";
import { CoreCalls, type CoreExports, type OptionName, type RegionName, type RegionShape } from "./calls.js";
import { type Choice, compiled, type Probe, revectorises, STRICT } from "./module.js";
import { PARAMETERS } from "./names.generated.js";
import { answersOf, PROBE } from "./probe.js";

/** Must equal VERSION in assembly/regions.ts. */
const VERSION = 8;

/** Which of the core's tables a part is looked up in. */
const TABLES = {
  model: "Models",
  plant: "Plants",
  controller: "Controllers",
  reward: "Rewards",
  reference: "References",
  task: "Tasks",
} as const;
type PartName = keyof typeof TABLES;

const REGIONS = {
  model: "modelParameters",
  plant: "plantParameters",
  controller: "controllerParameters",
  reward: "rewardParameters",
  reference: "referenceParameters",
  task: "taskParameters",
} as const satisfies Record<PartName, RegionName>;

export type { OptionName, RegionName };

/** Sizes and choices of one core instance. */
export interface CoreSetup {
  readonly task: TaskDefinition;
  readonly plant: PlantDefinition;
  /** rollouts kept side by side */
  readonly rollouts: number;
  /** most control steps of one rollout */
  readonly steps: number;
  /** most segments of one rollout */
  readonly segments: number;
  /** make room for the forward sensitivity, n x p doubles and more */
  readonly sensitivity?: boolean;
}

/** A loaded and configured core. */
export class Core extends CoreCalls {
  readonly setup: CoreSetup;
  /** what drives are timed by: the steps of a simulation, or the measured times of a robot (recording/timing.ts) */
  timing: "simulation" | "hardware" = "simulation";
  private readonly views = new Map<string, Float64Array>();
  #usage = 1;

  /**
   * For tests and benchmarks that bring their own exports; others use {@link Core.load}. `hostPlant`: what those step
   * where the plant is `external`.
   */
  constructor(
    exports: CoreExports,
    setup: CoreSetup,
    readonly hostPlant?: HostPlant,
  ) {
    super(exports);
    this.setup = setup;
    if (exports.version() !== VERSION) {
      throw new UserError(
        `the core has version ${exports.version()}, this host needs ${VERSION}: run \`npm run build\``,
        1,
      );
    }
    this.configure();
  }

  /** Loads the build of the core that is asked for, in this thread once, and sets it up. */
  static async load(setup: CoreSetup, choice: Choice = STRICT): Promise<Core> {
    const revectorise = choice.revectorise && revectorises();
    const probe: Probe = async (module, isWide) => answersOf(await Core.from(module, probeOf(setup), isWide));
    return Core.from(await compiled({ ...choice, revectorise }, probe), setup, revectorise);
  }

  private static async from(module: WebAssembly.Module, setup: CoreSetup, isWide: boolean): Promise<Core> {
    const plant = await hostPlantFor(setup.plant);
    let numbers = new Float64Array(0);
    const stepPlant = (parameters: number, memory: number, x: number, u: number, dt: number, next: number) =>
      plant?.step(numbers, parameters >>> 3, memory >>> 3, x >>> 3, u >>> 3, dt, next >>> 3);
    const core = new Core(await instantiate(module, { host: { stepPlant } }), setup, plant);
    numbers = new Float64Array(core.exports.memory.buffer); // which grows no more
    core.setOption("wide", isWide ? 1 : 0);
    return core;
  }

  /**
   * View of a region's doubles, of one rollout where it exists once per rollout; made once, valid for the core's life.
   */
  view(region: RegionName, rollout = 0): Float64Array {
    const key = `${region} ${rollout}`;
    const known = this.views.get(key);
    if (known) return known;
    const { address, columns, rows } = this.describe(region, rollout);
    const view = new Float64Array(this.exports.memory.buffer, address, columns * rows);
    this.views.set(key, view);
    return view;
  }

  /** How a region is laid out. */
  shapeOf(region: RegionName): RegionShape {
    return this.describe(region, 0);
  }

  /** Number of the network's parameters, p. */
  parameterCount(): number {
    return this.view("parameters").length;
  }

  /** The regions that exist once per rollout. */
  rolloutRegions(): RegionName[] {
    const names = Object.keys(this.exports.Region).filter(
      (name) => /^\D/.test(name) && name !== "count",
    ) as RegionName[];
    return names.filter((region) => this.shapeOf(region).per !== "run");
  }

  /** What a rollout has of a region: its rows up to the last step, or segment. */
  usedPart(region: RegionName, rollout: number): Float64Array {
    const { columns, rows, per } = this.shapeOf(region);
    const [steps, segments] = this.view("counts", rollout);
    // of states there is a row more than of steps
    const used = per === "step" ? steps + rows - this.setup.steps : per === "segment" ? segments : rows;
    return this.view(region, rollout).slice(0, used * columns);
  }

  /** Writes all numbers of a region; an error names the region and its size if there are not as many. */
  write(region: RegionName, values: ArrayLike<number>, rollout = 0): void {
    const view = this.view(region, rollout);
    if (values.length !== view.length) {
      throw new UserError(`${region} of ${this.setup.task.name} takes ${view.length} numbers, got ${values.length}`);
    }
    view.set(values);
  }

  /** Writes what {@link usedPart} gave; the rollout's counts must stand already. */
  writeUsed(region: RegionName, values: ArrayLike<number>, rollout: number): void {
    const used = this.usedPart(region, rollout).length;
    if (values.length !== used) {
      throw new UserError(`${region} of a rollout of this length has ${used} numbers, got ${values.length}`);
    }
    this.view(region, rollout).set(values);
  }

  /** The pace that is driven from the next network call on: what {@link setPace} asked for, or less. */
  get pace(): number {
    return this.view("pace")[this.exports.Pace.driven];
  }

  /** The pace that was asked for last; more than {@link pace} while the reflex holds that back. */
  get askedPace(): number {
    return this.view("pace")[this.exports.Pace.asked];
  }

  /** Part of the limits that the task's speeds are made for which is driven, from the next network call on. */
  get usage(): number {
    return this.#usage;
  }

  /** Sets it: every pace goes with its root. */
  setUsage(usage: number): void {
    this.setOption("usage", usage);
    this.#usage = usage;
  }

  /** Places where a rollout starts: its first state, and the task time there [s]. */
  writeStart(state: ArrayLike<number>, time: number, rollout = 0): void {
    const { columns } = this.shapeOf("states");
    if (state.length !== columns) {
      throw new UserError(`a state of ${this.setup.task.name} has ${columns} numbers, got ${state.length}`);
    }
    this.view("states", rollout).set(state);
    this.view("counts", rollout)[this.exports.Counts.startTime] = time;
  }

  /** Writes parameters by name into a part's region; all of them must be given. */
  setParameters(part: PartName, definition: PartDefinition): void {
    const names = this.parameterNames(part, definition.kind);
    for (const name of Object.keys(definition.parameters)) {
      if (!names.includes(name))
        throw new UserError(`${part} ${definition.kind} has no parameter "${name}"; it has: ${names.join(", ")}`);
    }
    const values = names.map((name) => {
      const value = definition.parameters[name];
      if (Number.isFinite(value)) return value;
      throw new UserError(`parameter ${name} of ${part} ${definition.kind} must be a finite number, got ${value}`);
    });
    this.write(REGIONS[part], values);
    if (part === "reference") this.prepare();
  }

  /** Writes how a plant's parameters change while it is driven. */
  private setChanges({ kind, changes = [] }: PlantDefinition): void {
    const { Change, ChangeKind } = this.exports;
    const names = this.parameterNames("plant", kind);
    const rows = this.view("plantChanges").fill(0);
    const room = rows.length / Change.count;
    if (changes.length > room)
      throw new UserError(`a plant has ${changes.length} changes; at most ${room} are allowed`);
    for (const [i, { parameter, before, after, where }] of changes.entries()) {
      const row = rows.subarray(i * Change.count, (i + 1) * Change.count);
      row[Change.kind] = "radius" in where ? ChangeKind.place : ChangeKind.time;
      row[Change.parameter] = names.indexOf(parameter);
      row[Change.before] = before;
      row[Change.after] = after;
      for (const [name, value] of Object.entries(where)) row[Change[name as "since"]] = value;
    }
  }

  private configure(): void {
    const { task, plant, rollouts, steps, segments } = this.setup;
    const E = this.exports;
    const set = (which: number, value: number) =>
      this.check(E.setDimension(which, value), `dimension ${E.Dimension[which]} = ${value}`);
    const parts = {
      model: task.model,
      plant,
      controller: task.controller,
      reward: task.reward,
      reference: task.reference,
      task: task.task,
    };
    for (const [part, definition] of Object.entries(parts) as [PartName, PartDefinition][]) {
      set(E.Dimension[part], this.kindIndex(part, definition.kind));
    }
    set(E.Dimension.rollouts, rollouts);
    set(E.Dimension.steps, steps);
    set(E.Dimension.segments, segments);
    set(E.Dimension.hiddenLayers, task.network.hidden.length);
    for (const [i, width] of task.network.hidden.entries()) set(E.Dimension.hiddenWidth0 + i, width);
    set(E.Dimension.sensitivity, this.setup.sensitivity ? 1 : 0);
    set(E.Dimension.externalParameters, Object.keys(plant.parameters).length);
    set(E.Dimension.externalMemory, this.hostPlant?.memorySize ?? 0);
    set(E.Dimension.externalBody, this.hostPlant?.body.length ?? 0);
    const nodes = task.track ? pathNodes(task.track) : new Float64Array(0);
    set(E.Dimension.pathNodes, nodes.length / E.PathNode.count);
    this.check(E.configure(), `the configuration of ${task.name} with ${rollouts} rollouts of ${steps} steps`);
    this.openResults();
    this.setChanges(plant);
    this.write("path", nodes);
    for (const [part, definition] of Object.entries(parts) as [PartName, PartDefinition][])
      this.setParameters(part, definition);
    this.write("outputScale", task.network.scale);
    this.write("nominalGains", task.nominalGains);
    this.write("stateLow", task.bounds.low);
    this.write("stateHigh", task.bounds.high);
    this.write("startSpread", task.startSpread);
    const between = { plantDelays: plant.delays, plantLags: plant.lags, plantNoise: plant.noise, jitter: plant.jitter };
    for (const [region, values] of Object.entries(between) as [keyof typeof between, readonly number[] | undefined][]) {
      if (values?.length) this.write(region, values); // absent or empty: none, as the core begins
    }
    this.setOption("controlPeriod", task.timing.controlPeriod);
    this.setOption("stepsPerSegment", task.timing.stepsPerSegment);
    this.setOption("lookahead", task.timing.networkPeriod - task.timing.controlPeriod);
    this.setOption("splineLead", task.timing.controlPeriod);
  }

  private kindIndex(part: PartName, kind: string): number {
    const table = this.exports[TABLES[part]] as Readonly<Record<string, number | string>>;
    const index = table[kind];
    if (typeof index !== "number") {
      const kinds = Object.keys(table).filter((name) => typeof table[name] === "number");
      throw new UserError(`unknown ${part} "${kind}"; the core has: ${kinds.join(", ")}`);
    }
    return index;
  }

  /** Parameter names of a part in the order of its region. */
  parameterNames(part: PartName, kind: string): string[] {
    if (part === "plant" && this.setup.plant.host !== undefined) return Object.keys(this.setup.plant.parameters);
    const tables: Readonly<Record<PartName, Readonly<Record<string, keyof CoreExports>>>> = PARAMETERS;
    const name = tables[part][kind] ?? (part === "plant" ? tables.model[this.setup.task.model.kind] : undefined);
    if (!name) return [];
    return Object.entries(this.exports[name])
      .filter(([key, value]) => typeof value === "number" && key !== "count")
      .map(([key]) => key);
  }
}

/** The same core, only as large as a probe; a plant of the host takes no part in it. */
function probeOf({ task, plant }: CoreSetup): CoreSetup {
  const { rollouts, segments } = PROBE;
  const steps = segments * task.timing.stepsPerSegment;
  return { task, plant: (plant.host !== undefined && task.plants.nominal) || plant, rollouts, steps, segments };
}
