/** The model of a shake against what the shake measured. */
import type { PartialConfig } from "../config/config.js";
import { UserError } from "../errors.js";
import { type Comparison, compare, compareResponse, groupsIn, overall, type Verdict } from "./diagnosis.js";
import { estimateFrom, type ShakeEstimate, type ShakenLap } from "./estimate.js";
import { fitModel, modelGradients } from "./model-estimate.js";
import { responsesIn } from "./response.js";
import type { ShakeFolder } from "./shake-folder.js";
import { openShake, type PreparedShake } from "./shake-start.js";

export interface Diagnosis {
  readonly verdict: Verdict;
  /** of all parameters together, of each group of them, and of the parts of the lap */
  readonly all: Comparison;
  readonly groups: readonly Comparison[];
  readonly parts: readonly Comparison[];
  /** of each input's response within a moment */
  readonly responses: readonly Comparison[];
  /** by parameter: the model's gradient */
  readonly model: Float64Array;
  readonly estimate: ShakeEstimate;
  /** driving that it is made of */
  readonly minutes: number;
}

/** `given`: settings of the model to judge in place of those that it was shaken with. */
export async function diagnoseShake(folder: ShakeFolder, given: PartialConfig): Promise<Diagnosis> {
  const { lines, ...prepared } = await openShake(folder, given);
  const laps = await folder.readLaps(lines);
  return diagnosisOf(prepared, laps, lines.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
}

export function diagnosisOf(
  { config, core, space }: PreparedShake,
  laps: readonly ShakenLap[],
  minutes: number,
): Diagnosis {
  const { task } = core.setup;
  const estimate = estimateFrom(laps, space, task);
  if (!estimate)
    throw new UserError(
      `${laps.length} laps are too few to tell ${space.size} parameters apart: go on with lapgrad shake --resume`,
      1,
    );
  fitModel(
    core,
    laps.map(({ recording }) => recording),
    config,
  );
  const byPart = modelGradients(core, space, laps);
  const model = byPart.reduce((sum, part) => sum.map((value, i) => value + part[i]));
  const everything = space.parameters.map((_, i) => i);
  const all = compare("all", estimate.gradient, model, everything);
  const groups = groupsIn(space).map(([name, which]) => compare(name, estimate.gradient, model, which));
  const parts = byPart.map((part, i) =>
    compare(`part ${i + 1} of ${byPart.length}`, estimate.parts[i], part, everything),
  );
  const responses = responsesIn(core, estimate.path, estimate.deviations).map((response, i) =>
    compareResponse(`response to ${task.columns.input[i]}`, response),
  );
  return { verdict: overall(all, responses), all, groups, parts, responses, model, estimate, minutes };
}
