/** MuJoCo, the package `@mujoco/mujoco`, which is optional and loaded only here, and its model files. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { messageOf, UserError } from "../../errors.js";
import { additionOf, here } from "../../installation.js";

export const MODEL_FILE = fileURLToPath(new URL("../../../assets/plants/mujoco/car.xml", import.meta.url));

/** A compiled model and its state. */
export interface Engine {
  readonly mujoco: MainModule;
  readonly model: MjModel;
  readonly data: MjData;
}

/** The package, by whatever imports it. */
export async function loadPackage(load = () => import("@mujoco/mujoco")): Promise<MainModule> {
  let factory: typeof import("@mujoco/mujoco");
  try {
    factory = await load();
  } catch (error) {
    throw new UserError(
      "plant mujoco needs the package @mujoco/mujoco, which cannot be loaded " +
        `(${messageOf(error).split("\n", 1)[0]}): ${additionOf("@mujoco/mujoco", here())}`,
      1,
    );
  }
  return factory.default({ print: () => {}, printErr: () => {} }); // what it warns of, the car notices itself
}

/** Text of the car's own model file. */
export async function ownModel(file = MODEL_FILE): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`cannot read the car's model ${file} (${messageOf(error)}): run \`npm run build\``, 1);
  });
}

/** Compiles the text of a model file; an error says what the engine says of `name`, and the `remedy`. */
export function compile(mujoco: MainModule, xml: string, name: string, remedy: string): Engine {
  let model: MjModel;
  try {
    model = mujoco.MjModel.from_xml_string(xml);
  } catch (error) {
    const said = messageOf(error)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    throw new UserError(`${name} does not compile: ${said.join(", ")}; ${remedy}`, 1);
  }
  return { mujoco, model, data: new mujoco.MjData(model) };
}

const COPY = "change numbers in a copy of the car's own file, and none of its parts";

/**
 * Refuses a model whose parts are not those of `own`, in the same order and of the same sizes: the plant finds them in
 * the engine's arrays by that.
 */
export function checkParts({ mujoco, model }: Engine, { model: own }: Engine, name: string): void {
  const types = mujoco.mjtObj;
  const kinds = [
    ["bodies", "nbody", types.mjOBJ_BODY],
    ["joints", "njnt", types.mjOBJ_JOINT],
    ["contact pairs", "npair", types.mjOBJ_PAIR],
    ["actuators", "nu", types.mjOBJ_ACTUATOR],
    ["sensors", "nsensor", types.mjOBJ_SENSOR],
  ] as const;
  for (const [kind, count, type] of kinds) {
    const namesIn = (of: MjModel) =>
      Array.from({ length: of[count] }, (_, i) => mujoco.mj_id2name(of, type.value, i) || "(unnamed)").join(", ");
    const [got, allowed] = [namesIn(model), namesIn(own)];
    if (got !== allowed)
      throw new UserError(`${name}: its ${kind} are ${got || "none"}; allowed are ${allowed}: ${COPY}`, 1);
  }
  for (const size of ["nq", "nv", "na", "nsensordata"] as const)
    if (model[size] !== own[size])
      throw new UserError(`${name}: its ${size} is ${model[size]}; allowed is ${own[size]}: ${COPY}`, 1);
}
