/** `lapgrad shake`: perturbs a policy while it drives, to measure what its parameters do. */

import { formatConfig } from "../../config/config.js";
import type { Core } from "../../core/core.js";
import { ALL_GROUPS, type Group, MOST_KNOTS } from "../../derivatives/adjustment.js";
import { estimateFrom, type ShakeEstimate } from "../../derivatives/estimate.js";
import { remarksOn } from "../../derivatives/remarks.js";
import { PASSAGE, shake } from "../../derivatives/shake.js";
import { ShakeFolder, type ShakeLine } from "../../derivatives/shake-folder.js";
import { newShake, openShake, type PreparedShake, type ShakeOptions } from "../../derivatives/shake-start.js";
import { oneOf, UserError } from "../../errors.js";
import { digits, formatTable, type Output, roomOf, timestamp } from "../../output.js";
import { quoted } from "../../shell.js";
import { type ArgumentType, number, path, text, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";
import { type Connect, connect as connectLink, type Permission } from "../connect.js";
import { watchInterrupts } from "../interrupt.js";
import { openView } from "../live.js";
import { SHAKING } from "../settings.js";
import { checkpoint, folder, permission, viewing } from "../shared.js";

const groups: ArgumentType<readonly Group[]> = {
  label: `${ALL_GROUPS.join(", ")}, separated by commas`,
  parse: (given, name) => [...new Set(given.split(",").map((group) => oneOf(group.trim(), name, ALL_GROUPS)))],
};
const positive = (what: string) => number(what, (value) => value > 0);

export default defineCommand({
  describe: "perturb a policy while it drives, and measure what its parameters do (Physical Derivatives)",
  args: {
    target: { type: text, positional: true, default: "car-figure8", describe: "a run's folder, or a task: untrained" },
    ...permission,
    ...viewing,
    groups: { type: groups, default: ["gains", "trims"], describe: "what is perturbed" },
    knots: {
      type: wholeNumber(1),
      default: 3,
      describe: `setpoint offsets vary over the lap with 1 to ${MOST_KNOTS} knots`,
    },
    directions: {
      type: wholeNumber(1),
      default: 4,
      describe: "how many directions in the space of the network's weights, of each of the groups leading and random",
    },
    minutes: { type: positive("minutes above 0"), default: 3, describe: "how long to drive" },
    bound: {
      type: positive("metres above 0"),
      default: 0.25,
      describe: "largest deviation of the position to cause [m]",
    },
    precision: {
      type: positive("a number above 0"),
      default: 0.25,
      describe: "standard error of the gradient to reach, as a part of it",
    },
    checkpoint,
    out: { type: folder, describe: "folder of the shake", defaultNote: "<run>/shakes/N, or runs/shake-<task>-<time>" },
    resume: { type: path("a shake, e.g. runs/mine/shakes/1"), describe: "go on with a shake: its folder" },
  },
  settings: SHAKING,
  examples: {
    "lapgrad shake car-figure8 --plant identified": "three minutes of the untrained car",
    "lapgrad shake runs/mine --groups offsets --minutes 5": "12 setpoint offsets of a trained policy",
    "lapgrad shake runs/mine --groups leading --minutes 3": "the weights, along the model's leading directions",
    "lapgrad shake runs/mine --link serial --arm": "on a real car",
  },
  async run(args, printed, connect: Connect = connectLink) {
    const { prepared, folder: at, lines, isNew } = await prepare(args);
    const { config, core, space, plan } = prepared;
    const { signal, stop, release } = watchInterrupts();
    const all = [...lines];
    let stopped: string | undefined;
    const page = await openView(args, { path: at.path, config }, printed, stop);
    const { output, view } = page;
    try {
      const parameters = core.parameterCount();
      const context = { permission: args, output, signal, stop, drives: at.drives, parameters, view };
      const link = await connect(config, context);
      await link.open(); // a robot that does not answer leaves no folder
      try {
        if (isNew) await at.create(formatConfig(config), plan);
        const left = plan.laps - lines.filter(({ kind }) => kind !== "passage").length;
        output.say(
          `shaking ${space.size} parameters of ${config.task} on ${config.link} (${plan.groups.join(", ")}): ` +
            `${left + PASSAGE} laps, ${digits(minutesOf(core, left + PASSAGE), 2)} minutes of driving; ${at.path}`,
        );
        const onLap = (line: ShakeLine) => all.push(line);
        stopped = await shake({ config, core, link, space, plan, folder: at, signal, onLap }, lines);
      } finally {
        await link.stop().finally(() => link.close());
      }
    } finally {
      await page.close();
      release();
    }
    const counted = all.filter(({ kind }) => kind !== "passage").length;
    if (counted < plan.laps)
      printed.say(`${counted} of ${plan.laps} laps are driven; go on: lapgrad shake --resume ${quoted(at.path)}`);
    const estimate = estimateFrom(await at.readLaps(all), space, core.setup.task);
    const seconds = all.reduce((sum, line) => sum + line.seconds, 0);
    conclude(at, estimate, all, seconds, args.precision, printed);
    if (stopped !== undefined) throw new UserError(`the shake was stopped: ${stopped}; what was driven is kept`, 1);
  },
});

interface Prepared {
  readonly prepared: PreparedShake;
  readonly folder: ShakeFolder;
  readonly lines: readonly ShakeLine[];
  readonly isNew: boolean;
}

type Values = Permission & Omit<ShakeOptions, "given"> & { readonly out?: string; readonly resume?: string };

async function prepare(args: Values): Promise<Prepared> {
  const { resume, given = {} } = args;
  if (resume === undefined) {
    const made = await newShake({ ...args, given }, timestamp(new Date()));
    return { prepared: made, folder: new ShakeFolder(args.out ?? made.path), lines: [], isNew: true };
  }
  const found = await ShakeFolder.find(resume);
  if (!found) throw new UserError(`${resume} is no shake: give a folder that lapgrad shake made`);
  await found.repair();
  const { lines, ...prepared } = await openShake(found, given);
  return { prepared, folder: found, lines, isNew: false };
}

function minutesOf({ setup }: Core, laps: number): number {
  return (laps * (setup.task.timing.lapTime as number)) / 60;
}

function conclude(
  { path }: ShakeFolder,
  estimate: ShakeEstimate | undefined,
  lines: readonly ShakeLine[],
  seconds: number,
  precision: number,
  output: Output,
): void {
  const remarks = estimate ? remarksOn(estimate, seconds, precision) : ["too few laps to tell the parameters apart"];
  if (estimate) output.say(formatTable(tableOf(estimate), roomOf(output)));
  for (const remark of remarks) output.say(remark);
  output.say(`is the model good enough? lapgrad diagnose ${quoted(path)}`);
  const p = estimate?.space.size ?? 0;
  output.result({
    shake: path,
    laps: lines.map(({ index, kind, seconds: driven, cost }) => ({ index, kind, seconds: driven, cost })),
    minutes: seconds / 60,
    cost: estimate?.cost ?? null,
    heldOut: estimate?.heldOut ?? null,
    drift: estimate?.drift ?? null,
    dead: estimate?.dead ?? [],
    parameters:
      estimate?.space.parameters.map(({ name, group, unit, scale }, i) => ({
        name,
        group,
        unit,
        scale,
        gradient: estimate.gradient.values[i],
        standardError: Math.sqrt(estimate.gradient.covariance[i * p + i]),
      })) ?? [],
    remarks,
  });
}

function tableOf({ space, gradient, dead }: ShakeEstimate): string[][] {
  const rows = space.parameters.map(({ name, unit, scale }, i) => [
    name,
    `${digits(scale, 2)} ${unit}`.trim(),
    digits(gradient.values[i], 3),
    digits(Math.sqrt(gradient.covariance[i * space.size + i]), 2),
    dead.includes(name) ? "no effect seen" : "",
  ]);
  return [["parameter", "unit of it", "cost of a lap per unit", "standard error", ""], ...rows];
}
