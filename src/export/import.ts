/** Policies from files back into settings and weights: our own JSON and ONNX, and the authors' networks. */
import { completeConfig, type PartialConfig } from "../config/config.js";
import { resolveTask } from "../config/resolve.js";
import { messageOf, UserError } from "../errors.js";
import { shortened } from "../output.js";
import { readBytes } from "../recording/files.js";
import {
  at,
  listAt,
  looksLikeGzip,
  looksLikeJsonObject,
  numberAt,
  numbersAt,
  objectAt,
  type Place,
  readJson,
} from "../recording/json.js";
import { type Layer, layersIn } from "../recording/layers.js";
import { taskNamed } from "../tasks/tasks.js";
import { ADJUSTED_VERSION, type AdjustmentDescription, FORMAT, VERSION } from "./description.js";
import { layersOf, readOnnx } from "./onnx/read.js";

export interface ImportedPolicy {
  readonly layers: readonly Layer[];
  /** what the file says of the policy; empty for a network alone */
  readonly settings: PartialConfig;
  /** what it adds beside its network */
  readonly adjustment?: AdjustmentDescription;
  readonly form: "policy as JSON" | "network as JSON" | "ONNX";
}

/** @throws UserError or RecordingError if the file is none of ours, of a newer version, or does not fit together */
export async function readPolicy(path: string): Promise<ImportedPolicy> {
  const bytes = await readBytes(path);
  if (!looksLikeGzip(bytes) && !looksLikeJsonObject(bytes)) return readOnnxPolicy(path);
  const file = await readJson(path);
  const layers = layersIn(path, file);
  const isDescription = typeof file === "object" && file !== null && "format" in file;
  if (!isDescription) return { layers, settings: {}, form: "network as JSON" };
  return { layers, settings: settingsIn(path, file), ...adjustmentIn(path, file), form: "policy as JSON" };
}

async function readOnnxPolicy(path: string): Promise<ImportedPolicy> {
  const { metadata, tensors } = readOnnx(path, await readBytes(path));
  const description = metadata.get("description");
  if (description === undefined)
    throw new UserError(
      `${path} lacks the metadata "description", in which lapgrad writes the policy: another program made it, or ` +
        "left it out; import the file as it was exported",
    );
  const layers = await layersOf(path, tensors);
  const file = objectAt({ path, key: "description" }, parsed(path, description));
  const settings = settingsIn(path, { ...file, layers });
  return { layers: layersIn(path, { layers }), settings, ...adjustmentIn(path, file), form: "ONNX" };
}

function parsed(path: string, description: string): unknown {
  try {
    return JSON.parse(description);
  } catch (error) {
    throw new UserError(
      `${path}: its description is not JSON: ${shortened(messageOf(error))}; export or copy it again`,
    );
  }
}

/** Settings with which a run has the described policy; a policy of other numbers than the task's is refused. */
function settingsIn(path: string, value: object): PartialConfig {
  const whole: Place = { path, key: "" };
  const file = objectAt(whole, value);
  if (file.format !== FORMAT)
    throw new UserError(
      `${path} has the format ${shortened(JSON.stringify(file.format) ?? "none")}; allowed is ${FORMAT}`,
    );
  if (file.version !== (file.adjustment === undefined ? VERSION : ADJUSTED_VERSION))
    throw new UserError(
      `${path} has policy version ${shortened(JSON.stringify(file.version) ?? "none")}, ` +
        `this lapgrad reads ${VERSION}, or ${ADJUSTED_VERSION} with an adjustment: use the lapgrad that wrote it`,
    );
  const clock = objectAt(at(whole, "clock"), file.clock);
  const number = (key: string): number => numberAt(at(at(whole, "clock"), key), clock[key]);
  const settings: PartialConfig = {
    task: String(objectAt(at(whole, "task"), file.task).name),
    ...(typeof file.track === "string" && { track: file.track }),
    ...(file.features === "path" && { features: file.features }),
    "control-period": number("controlPeriod"),
    "network-period": number("networkPeriod"),
    "steps-per-segment": number("stepsPerSegment"),
    hidden: listAt(at(whole, "layers"), file.layers)
      .slice(0, -1)
      .map((layer, i) => numberAt(at(at(whole, "layers"), i), objectAt(at(whole, "layers"), layer).out)),
  };
  const { task } = resolveTask(completeConfig(settings));
  sameNumbers(at(whole, "scale"), file.scale, task.network.scale, task.name);
  const gains = numbersAt(at(whole, "nominalGains"), file.nominalGains, task.nominalGains.length);
  const changesGains = gains.some((gain, i) => gain !== task.nominalGains[i]);
  const parameters: Record<string, Record<string, number>> = {};
  for (const part of ["controller", "reference", "task"] as const) {
    const place = at(whole, part);
    const given = objectAt(place, file[part]);
    if (given.kind !== task[part].kind)
      throw new UserError(
        `${path}: the ${part} is "${shortened(String(given.kind))}"; that of ${task.name} is "${task[part].kind}"`,
      );
    const own = task[part].parameters;
    const changed = Object.entries(objectAt(at(place, "parameters"), given.parameters))
      .map(([name, number]): [string, number] => [name, numberAt(at(at(place, "parameters"), name), number)])
      // the spline's duration follows from the periods and the timing
      .filter(([name, number]) => name !== "duration" && number !== own[name]);
    if (changed.length > 0) parameters[part] = Object.fromEntries(changed);
  }
  return {
    ...settings,
    ...(changesGains ? { "nominal-gains": [...gains] } : {}),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
  };
}

/** The adjustment of the described policy, of which {@link settingsIn} has accepted everything else. */
function adjustmentIn(path: string, value: unknown): { readonly adjustment?: AdjustmentDescription } {
  const file = objectAt({ path, key: "" }, value);
  if (file.adjustment === undefined) return {};
  const place = at({ path, key: "" }, "adjustment");
  const given = objectAt(place, file.adjustment);
  const { gain, input, setpoint } = taskNamed(String(objectAt(at({ path, key: "" }, "task"), file.task).name)).columns;
  const row = (key: string, count: number) => [...numbersAt(at(place, key), given[key], count)];
  const knots = listAt(at(place, "offsets"), given.offsets);
  const offsets = knots.map((knot, i) => [...numbersAt(at(at(place, "offsets"), i), knot, setpoint.length)]);
  return { adjustment: { gains: row("gains", gain.length), trims: row("trims", input.length), offsets } };
}

function sameNumbers(place: Place, value: unknown, own: readonly number[], task: string): void {
  const given = numbersAt(place, value, own.length);
  if (given.every((number, i) => number === own[i])) return;
  throw new UserError(
    `${place.path}: ${place.key} is ${[...given].join(", ")}; the ${task} of this lapgrad has ${own.join(", ")}`,
  );
}
