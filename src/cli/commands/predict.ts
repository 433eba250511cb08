/** `lapgrad predict`: what a change of a shaken policy will do; with --plan, which change suits another lap time. */
import { drivePlan, type Nominal, nominalOf, planFor, predict, valuesFrom } from "../../derivatives/predict.js";
import { ShakeFolder } from "../../derivatives/shake-folder.js";
import { UserError } from "../../errors.js";
import { SimLink } from "../../links/kinds/sim.js";
import { digits, formatTable, type Output, roomOf } from "../../output.js";
import { flag, number, path, text } from "../arguments.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  describe: "say what a change of a shaken policy will do, without driving",
  args: {
    shakes: {
      type: path("a shake or a run with shakes, e.g. runs/mine"),
      positional: true,
      required: true,
      list: true,
      describe: "shakes, each of a nominal policy of its own",
    },
    change: { type: text, describe: "changes by parameter, in its unit: k_v=0.1,steering trim=-0.02" },
    plan: { type: flag, describe: "choose nominal policy and change for --lap-time" },
    lapTime: { type: number("seconds above 0", (value) => value > 0), describe: "lap time to plan for [s]" },
    check: { type: flag, describe: "then drive the plan, in simulation" },
  },
  examples: {
    'lapgrad predict runs/mine --change "k_v=0.1"': "the next lap with a higher gain, and its path",
    "lapgrad predict runs/a runs/b --plan --lap-time 5.2": "a lap time that neither was shaken at",
  },
  async run({ shakes, change, plan, lapTime, check }, output) {
    const library: Nominal[] = [];
    for (const at of shakes) {
      const folder = await ShakeFolder.find(at);
      if (!folder) throw new UserError(`${at} has no shake: lapgrad shake ${at}`);
      library.push(await nominalOf(folder));
    }
    if (!plan) return predictChange(library, change, output);
    if (lapTime === undefined) throw new UserError("--plan needs --lap-time, e.g. --lap-time 5.2");
    const found = planFor(library, lapTime);
    const { nominal, values, cost, predicted } = found;
    output.say(formatTable(changes(nominal, values), roomOf(output)));
    output.say(
      `from ${nominal.source} (lap time ${digits(nominal.lapTime)} s) to ${digits(lapTime)} s: ` +
        `cost of a lap ${digits(cost)} as it is, ${digits(predicted)} as planned`,
    );
    const driven = check ? await drivePlan(found, lapTime, {}, new SimLink()) : undefined;
    const unchanged = { ...found, values: new Float64Array(values.length) };
    const before = check ? await drivePlan(unchanged, lapTime, {}, new SimLink()) : undefined;
    if (check) output.say(`driven: ${digits(driven)}, without the change ${digits(before)}`);
    output.result({
      nominal: nominal.source,
      lapTime,
      change: changeOf(nominal, values),
      cost,
      predicted,
      driven: driven ?? null,
      unchanged: before ?? null,
    });
  },
});

function predictChange(library: readonly Nominal[], change: string | undefined, output: Output): void {
  const [nominal] = library;
  if (change === undefined || library.length > 1)
    throw new UserError('predict needs one shake and --change, e.g. --change "k_v=0.1"; or several and --plan');
  const values = valuesFrom(change, nominal.space);
  const { cost, predicted, error, path: along } = predict(nominal, values);
  const farthest = along.reduce((most, one) => (Math.hypot(one.x, one.y) > Math.hypot(most.x, most.y) ? one : most));
  output.say(`cost of a lap: ${digits(cost)}, after the change ${digits(predicted)} ± ${digits(error, 2)}`);
  output.say(
    `the path moves by at most ${digits(Math.hypot(farthest.x, farthest.y), 2)} ± ${digits(farthest.error, 2)} m, ` +
      `${digits(farthest.phase, 3)} s into the lap`,
  );
  if (values.some((value) => Math.abs(value) > 1))
    output.say("a change above 1 of the units that were shaken in is far: what is nearby says little of it");
  output.result({ shake: nominal.source, change: changeOf(nominal, values), cost, predicted, error, path: along });
}

function changeOf({ space }: Nominal, values: Float64Array): Record<string, number> {
  return Object.fromEntries(space.parameters.map(({ name, scale }, i) => [name, scale * values[i]]));
}

function changes({ space }: Nominal, values: Float64Array): string[][] {
  return [
    ["parameter", "change", "unit"],
    ...space.parameters.map(({ name, unit, scale }, i) => [name, digits(scale * values[i], 3), unit]),
  ];
}
