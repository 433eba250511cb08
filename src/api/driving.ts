/** What a drive with a fixed policy is prepared from and cut into: of the API and of the command line. */
import { completeConfig, type PartialConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { resolveTask } from "../config/resolve.js";
import type { RunConfig } from "../config/schema.js";
import type { Core } from "../core/core.js";
import { UserError } from "../errors.js";
import { configOfPolicy, openPolicy, type PolicySource } from "../policy-file.js";
import { setTiming, timingOf } from "../recording/timing.js";
import { coreFor } from "../session.js";
import { roomFor } from "../training/collect.js";
import { measureSteps, type RolloutMetrics } from "../training/metrics.js";

/** What is to be driven. */
export interface WantedDrive {
  /** a run's folder or a network file; undefined: none, with the settings that are given */
  readonly policy: string | undefined;
  /** the controller alone, even where there is a policy */
  readonly withoutNetwork: boolean;
  readonly checkpoint: string;
  readonly given: PartialConfig;
  readonly laps: number;
  /** undefined: the task's own */
  readonly initialState: readonly (number | string)[] | undefined;
  /** task time at the start [s] */
  readonly startTime: number;
}

/** A drive whose policy is in the core, at its start. */
export interface PreparedDrive {
  readonly config: RunConfig;
  readonly core: Core;
  /** network calls of a lap */
  readonly perLap: number;
  readonly source: PolicySource | undefined;
}

/** `mark`: before the names of options in errors. */
export async function prepareDrive(wanted: WantedDrive, mark = ""): Promise<PreparedDrive> {
  const { policy, withoutNetwork, given, laps, initialState, startTime } = wanted;
  const source = policy === undefined ? undefined : await openPolicy(policy, wanted.checkpoint);
  const chosen = await configOfPolicy(policy ?? "", source, given);
  const hidden = source ? { hidden: [...source.hidden] } : {};
  const config = completeConfig({ ...chosen, ...hidden, rollouts: 1, batch: 1, window: "0:0:0" });
  const { timing } = resolveTask(config).task;
  if (!isSimulated(config) && (initialState !== undefined || startTime !== 0)) {
    const [state, time] = mark ? ["--initial-state", "--start-time"] : ["initialState", "startTime"];
    throw new UserError(`a robot starts where it is put: ${state} and ${time} are for simulations`);
  }
  const lapTime = (timing.lapTime ?? config["rollout-segments"] * timing.networkPeriod) / config.pace;
  const perLap = Math.round(lapTime / timing.networkPeriod);
  const segments = laps * perLap;
  const core = await coreFor(config, 1, segments, roomFor(config, 1, segments).steps);
  setTiming(core, timingOf(config));
  if (!withoutNetwork) source?.install(core);
  placeAtStart(core, startTime, initialState, mark ? "--initial-state" : "initialState");
  return { config, core, perLap, source };
}

/** The laps of a drive in a core, as far as it was driven. */
export function lapsIn(core: Core, laps: number, perLap: number): RolloutMetrics[] {
  const [steps] = core.view("counts");
  const driven: RolloutMetrics[] = [];
  for (let lap = 0; lap < laps && firstStep(core, lap * perLap) < steps; lap++)
    driven.push(measureSteps(core, 0, firstStep(core, lap * perLap), firstStep(core, (lap + 1) * perLap), lap + 1));
  return driven;
}

/** First step of a segment; one past the last step if it was not driven. */
function firstStep(core: Core, segment: number): number {
  const [steps, segments] = core.view("counts");
  return segment < segments ? core.view("segmentStarts")[segment] : steps;
}

function placeAtStart(
  core: Core,
  startTime: number,
  given: readonly (number | string)[] | undefined,
  name: string,
): void {
  const { task } = core.setup;
  const state = Array.from(given ?? task.initialState);
  const numbers = state.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const { length } = task.columns.state;
  if (numbers.length !== length || state.length !== length) {
    const allowed = `${length} numbers: ${task.columns.state.join(", ")}`;
    throw new UserError(`${name} is ${given}; allowed are ${allowed}`);
  }
  core.writeStart(numbers, startTime);
}
