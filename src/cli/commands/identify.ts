/** `lapgrad identify`: which car drove, from its recordings. */

import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { stringify } from "yaml";
import type { PartialConfig } from "../../config/config.js";
import { UserError } from "../../errors.js";
import { exists, writeAtomically, writingProblemOf } from "../../files.js";
import { CAR_KNOWN, type CarFit, type CarParameterName } from "../../identification/car-fit.js";
import { type DrivingData, readDriving } from "../../identification/driving.js";
import { type CarErrors, type Identified, identify } from "../../identification/identify.js";
import { HORIZON, type PredictionErrors } from "../../identification/prediction.js";
import { secondsOf } from "../../identification/spans.js";
import { digits, formatTable, roomOf } from "../../output.js";
import { quoted } from "../../shell.js";
import type { TaskDefinition } from "../../tasks/definition.js";
import { UNDETERMINED } from "../../training/model-numbers.js";
import { path, wholeNumber } from "../arguments.js";
import { defineCommand } from "../command.js";

const recording = path("a recording or a run, e.g. runs/mine");

export default defineCommand({
  describe: "fit the car model and the plant `identified` to recorded driving; report prediction errors",
  args: {
    recordings: {
      type: recording,
      list: true,
      positional: true,
      required: true,
      describe: "MCAP files, runs (all their rollouts), or the authors' JSON[.gz]",
    },
    check: { type: recording, list: true, describe: "other recordings, to see the prediction errors on them too" },
    skipSegments: {
      type: wholeNumber(0),
      describe: "segments left out at the start of every recording",
      defaultNote: "40 on a real car, which launches; 0 in simulation",
    },
    out: {
      type: path("a file, e.g. my-car.yaml"),
      describe: "YAML file for the identified plant, to be used with --config",
    },
  },
  examples: {
    "lapgrad identify runs/mine": "what the car of a run was",
    "lapgrad identify runs/one --check runs/another": "fit one training run on the real car, predict another",
    "lapgrad identify runs/mine --out car.yaml && lapgrad train --config car.yaml":
      "train in simulation on the car that was recorded",
  },
  async run({ recordings, check: checked = [], skipSegments, out }, output) {
    if (out !== undefined) await refuseOut(out);
    const driving = await readDriving(recordings, skipSegments);
    const check = checked.length > 0 ? await readDriving(checked, skipSegments) : undefined;
    const notes = [...driving.notes, ...(check?.notes ?? [])];
    for (const note of notes) output.say(note);
    const found = identify(driving.spans, check?.spans, driving.task);
    const { model, plant, controlPeriod, errors } = found;
    const size = ({ rollouts, spans }: DrivingData) => ({ rollouts, seconds: secondsOf(spans) });
    const words = (of: DrivingData) => `${of.rollouts} rollouts, ${digits(secondsOf(of.spans))} s of driving`;
    output.say(`fitted to ${words(driving)}${check ? `; checked on ${words(check)}` : ""}`);
    output.say("");
    output.say(formatTable(parameterTable(found), roomOf(output)));
    for (const { between, value } of model.correlations)
      output.say(`the driving hardly tells ${between.join(" and ")} apart: correlation ${digits(value, 3)}`);
    output.say("");
    output.say(formatTable(errorTable(errors), roomOf(output)));
    if (out !== undefined) {
      await writeAtomically(out, configOf(found, driving.task, recordings));
      output.say(`configuration: ${out}; train on this car: lapgrad train --config ${quoted(out)}`);
    }
    output.result({
      task: driving.task.name,
      fittedTo: { recordings, ...size(driving) },
      checkedOn: check ? { recordings: checked, ...size(check) } : null,
      model: {
        parameters: model.parameters,
        delays: model.delays.map((steps) => steps * controlPeriod),
        standardErrors: model.standardErrors,
        undetermined: model.undetermined,
        correlations: model.correlations,
      },
      plant,
      horizon: HORIZON,
      errors,
      notes,
      out: out ?? null,
    });
  },
});

/** Before anything is computed. */
async function refuseOut(out: string): Promise<void> {
  if (await exists(out)) throw new UserError(`${out} exists already: choose another file with --out, or remove it`);
  await readdir(dirname(out)).catch((error: unknown) => {
    throw new UserError(`cannot write ${out}: ${writingProblemOf(out, error)}`);
  });
}

function parameterTable({ model, plant, controlPeriod }: Identified): string[][] {
  const modelRows = Object.entries(model.parameters).map(([name, value]) => [
    `model.${name}`,
    digits(value),
    CAR_KNOWN[name as CarParameterName].unit,
    sureness(name, model),
  ]);
  const units: Readonly<Record<string, string>> = { gripLimit: "m/s²", steeringTrim: "1" };
  const plantRows = Object.entries(plant.parameters).map(([name, value]) => [
    `plant.${name}`,
    digits(value),
    units[name] ?? CAR_KNOWN[name as CarParameterName].unit,
    (plant.undetermined as readonly string[]).includes(name) ? UNDETERMINED : "",
  ]);
  const delays = (of: string, [throttle, steering]: readonly number[]) => [
    [`${of} delay of the throttle`, digits(throttle), "s", ""],
    [`${of} delay of the steering`, digits(steering), "s", ""],
  ];
  return [
    ["parameter", "value", "unit", "standard error"],
    ...modelRows,
    ...delays(
      "model",
      model.delays.map((steps) => steps * controlPeriod),
    ),
    ...plantRows,
    ...delays("plant", plant.delays),
  ];
}

function sureness(name: string, { undetermined, standardErrors }: CarFit): string {
  const error = digits(standardErrors[name as CarParameterName], 2);
  return (undetermined as readonly string[]).includes(name) ? `${error}: ${UNDETERMINED}` : error;
}

function errorTable(errors: readonly CarErrors[]): string[][] {
  const row = (car: string, data: string, e: PredictionErrors) => [
    car,
    data,
    digits(e.acceleration, 3),
    digits(e.turnRate, 3),
    ...[e.position, e.speed, e.heading].map((of) => `${digits(of.median, 3)} / ${digits(of.percent95, 3)}`),
  ];
  return [
    [
      `median / 95 % after ${HORIZON} s`,
      "on",
      "dv/dt [m/s²]",
      "dphi/dt [rad/s]",
      "position [m]",
      "speed [m/s]",
      "heading [rad]",
    ],
    ...errors.map(({ car, fitted }) => row(car, "fitted", fitted)),
    ...errors.flatMap(({ car, check }) => (check ? [row(car, "check", check)] : [])),
  ];
}

/** Settings for `lapgrad train --config`. */
function configOf({ plant }: Identified, task: TaskDefinition, recordings: readonly string[]): string {
  const rounded = (value: number) => Number(value.toPrecision(4));
  const parameters = Object.fromEntries(
    Object.entries(plant.parameters).map(([name, value]) => [name, rounded(value)]),
  );
  const settings: PartialConfig = {
    task: task.name,
    plant: "identified",
    "plant-delay": plant.delays.map(rounded),
    parameters: { plant: parameters },
  };
  const origin = `# The car of ${recordings.join(", ").replaceAll(/\s+/g, " ")}\n`;
  return `${origin}# made by lapgrad identify: use it with lapgrad train --config\n${stringify(settings)}`;
}
