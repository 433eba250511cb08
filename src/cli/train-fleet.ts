/** `lapgrad train --robot a.yaml --robot b.yaml`: several robots learn one policy. */
import { join } from "node:path";
import { watchModel } from "../api/train-over.js";
import type { PartialConfig } from "../config/config.js";
import { isSimulated } from "../config/links.js";
import { UserError } from "../errors.js";
import { robotFolder } from "../fleet/folder.js";
import { type DrivenRobot, trainFleet } from "../fleet/on-disk.js";
import { newFleet, resumedFleet, type StartedFleet, type StartedRobot } from "../fleet/start.js";
import { Fault } from "../links/faults.js";
import type { Link } from "../links/link.js";
import { digits, type Output } from "../output.js";
import { placementsFrom } from "../pose/settings.js";
import { writeFleetReport } from "../report/fleet.js";
import { newFloor } from "../runtime/floor.js";
import { quoted } from "../shell.js";
import { bestOf, drivenIn, type TrainedRollout } from "../training/metrics.js";
import { written } from "../training/model-numbers.js";
import type { RunFolder } from "../training/run-folder.js";
import { warmUp } from "../training/warm-up.js";
import { secondsOf } from "./conclusion.js";
import type { Connect, Permission } from "./connect.js";
import { FleetOperator } from "./fleet-operator.js";
import { watchInterrupts } from "./interrupt.js";
import { type LivePage, openView, type Viewing } from "./live.js";
import { operatorAt } from "./operator.js";

/** What was typed. */
export interface FleetArguments extends Permission, Viewing {
  readonly robot?: readonly string[];
  readonly laps?: number;
  readonly out?: string;
  readonly given: PartialConfig;
}

/** How a robot of the fleet is reached. */
interface Opened {
  readonly link: Link;
  readonly signal: AbortSignal;
}

/** Trains a new fleet, or the one in the folder `resumed`. */
export async function trainFleetCommand(
  args: FleetArguments,
  resumed: string | undefined,
  output: Output,
  connect: Connect,
): Promise<void> {
  const began = performance.now();
  const { signal, stop, release } = watchInterrupts();
  const opened = new Map<string, Opened>();
  const pages: LivePage[] = [];
  let canReturn = false;
  const open = async (folder: RunFolder, robots: readonly StartedRobot[]) => {
    canReturn = await openRobots(args, folder, robots, { signal, stop, output, connect, opened, pages });
  };
  try {
    const fleet =
      resumed === undefined ? await newFleet(args.robot ?? [], args, open) : await resumedFleet(resumed, args, output);
    try {
      if (fleet.progress.rollouts < fleet.laps) {
        if (resumed !== undefined) await open(fleet.folder, fleet.robots);
        await drive(fleet, opened, canReturn, signal, output);
      } else output.say(`${fleet.folder.path} is complete: all ${fleet.laps} laps are driven`);
      await conclude(fleet, (performance.now() - began) / 1000, output);
    } finally {
      fleet.unlock();
    }
  } finally {
    await atRest([...opened.values()]).finally(release);
    for (const page of pages) await page.close();
  }
}

/** Stops and closes all, at the same time, whatever becomes of one of them. */
async function atRest(robots: readonly Opened[]): Promise<void> {
  const ends = await Promise.allSettled(robots.map(({ link }) => link.stop().finally(() => link.close())));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Connects all robots; whether one that was stopped can be let drive again. */
async function openRobots(
  args: FleetArguments,
  folder: RunFolder,
  robots: readonly StartedRobot[],
  {
    signal,
    stop,
    output,
    connect,
    opened,
    pages,
  }: {
    readonly signal: AbortSignal;
    readonly stop: (fault?: Fault) => void;
    readonly output: Output;
    readonly connect: Connect;
    readonly opened: Map<string, Opened>;
    readonly pages: LivePage[];
  },
): Promise<boolean> {
  const [{ training }] = robots;
  const { config } = training;
  const isReal = !isSimulated(config);
  const deadMan = args.deadMan === true;
  const base = isReal ? await operatorAt(config, deadMan, output, signal, stop) : undefined;
  const names = robots.map(({ name }) => name);
  const operator = base && new FleetOperator(base, names, process.stdin.isTTY === true && !deadMan);
  const buffer = newFloor(robots.length);
  if (isReal) output.say("poses are dated by when they arrive at this computer, whatever the clocks of others say");
  // side by side, and then their common curve
  const [first, ...others] = [
    ...robots.map(({ name, training }) => ({ path: robotFolder(folder.path, name).path, config: training.config })),
    { path: folder.path, config },
  ];
  const page = await openView(args, { ...first, others }, output, () => stop());
  pages.push(page);
  for (const [index, { name, training }] of robots.entries()) {
    const own = new AbortController();
    const stopOne = (fault = Fault.operatorStop) => own.abort(fault);
    const both = AbortSignal.any([signal, own.signal]);
    const path = robotFolder(folder.path, name).path;
    const shown = await openView({ view: args.view === true }, { path, config: training.config }, output, stopOne);
    pages.push(shown);
    const link = await connect(training.config, {
      permission: args,
      output: { ...output, say: (text) => output.say(`${name}: ${text}`) },
      signal: both,
      stop: stopOne,
      drives: join(path, "drives"),
      parameters: training.core.parameterCount(),
      view: shown.view,
      ...(operator && {
        member: {
          name,
          operator: operator.for(name, both),
          floor: { buffer, index, frame: placementsFrom(training.config).frame },
        },
      }),
    });
    await link.open();
    opened.set(name, { link, signal: both });
  }
  return operator?.canAllow ?? false;
}

async function drive(
  fleet: StartedFleet,
  opened: ReadonlyMap<string, Opened>,
  canReturn: boolean,
  signal: AbortSignal,
  output: Output,
): Promise<void> {
  const { folder, robots, isSimulated, rollouts, laps } = fleet;
  const [{ training }] = robots;
  const names = robots.map(({ name }) => name).join(", ");
  const from = rollouts.length > 0 ? `, going on after lap ${rollouts.length}` : "";
  output.say(`${training.config.task}, one policy for ${names}: ${laps} laps each; run ${folder.path}${from}`);
  if (!isSimulated) await warmUp(training.config);
  const drivers: DrivenRobot[] = [];
  for (const robot of robots) {
    const one = opened.get(robot.name);
    if (!one) throw new Error(`${robot.name} was not connected`);
    const { config } = robot.training;
    const modelWatch = await watchModel({ config, folder: robot.folder }, robot.rollouts);
    drivers.push({ robot, ...one, modelWatch, mayReturn: () => canReturn && !one.signal.aborted });
  }
  signal.addEventListener("abort", () =>
    output.say(isSimulated ? "stopping after this lap; once more to stop at once" : "all robots are being stopped"),
  );
  const refused = new Map<string, string | undefined>();
  const newest = new Map<string, number>();
  let left = 0;
  await trainFleet(fleet, drivers, signal, {
    onRollout: (name, metrics, refusal) => {
      newest.set(name, metrics.windowCost);
      if (refusal !== undefined && refused.get(name) !== refusal)
        output.say(`${name}: the model was not refitted before lap ${metrics.index}: ${refusal}`);
      refused.set(name, refusal);
      for (const text of metrics.noticed) output.say(`${name}: noticed in ${metrics.index}: ${text}`);
    },
    onLeft: (name, why, mayReturn) => {
      left++;
      output.say(`${name} left the others driving: ${why}${mayReturn ? "; it may come back" : ""}`);
    },
    onLap: (mean, finished) => {
      const costs = finished.map((name) => `${name} ${digits(newest.get(name) ?? Number.NaN)}`);
      output.say(`lap ${mean.index}: ${costs.join(", ")}; mean ${digits(mean.windowCost)}`);
    },
  });
  if (!signal.aborted && left > 0 && (await folder.readMetrics()).length === 0)
    throw new UserError(`no robot has finished a lap; what they drove is in ${folder.path}`, 1);
}

/** Report, summary and result. */
async function conclude({ folder, robots, laps }: StartedFleet, wallSeconds: number, output: Output): Promise<void> {
  const rollouts = await folder.readMetrics();
  const best = bestOf(rollouts);
  const report = rollouts.length > 0 ? await writeFleetReport(folder.path) : null;
  const own: { readonly name: string; readonly rollouts: readonly TrainedRollout[] }[] = [];
  for (const { name, folder } of robots) own.push({ name, rollouts: await folder.readMetrics() });
  if (best)
    output.say(
      `mean window cost ${digits(rollouts[0].windowCost)} -> ${digits(best.windowCost)} (lap ${best.index}) in ` +
        `${digits(drivenIn(rollouts) / 60, 2)} minutes of driving each`,
    );
  if (report) output.say(`report: ${report}`);
  if (best) output.say(`drive another robot with it: lapgrad drive ${quoted(folder.path)} --config its.yaml`);
  output.result({
    run: folder.path,
    task: robots[0].training.config.task,
    rollouts: rollouts.map(written),
    robots: own.map(({ name, rollouts }) => ({
      name,
      run: robotFolder(folder.path, name).path,
      rollouts: rollouts.map(written),
    })),
    best: best ? written(best) : null,
    seconds: secondsOf(rollouts),
    driven: drivenIn(rollouts),
    wallSeconds,
    report,
    complete: rollouts.length >= laps,
  });
}
