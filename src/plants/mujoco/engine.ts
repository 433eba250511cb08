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

/** Compiles a model file; an error names the file and what the engine says of it. */
export async function compile(mujoco: MainModule, file: string): Promise<Engine> {
  const xml = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`cannot read the car's model ${file} (${messageOf(error)}): run \`npm run build\``, 1);
  });
  let model: MjModel;
  try {
    model = mujoco.MjModel.from_xml_string(xml);
  } catch (error) {
    const said = messageOf(error)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    throw new UserError(`${file} does not compile: ${said.join(", ")}; mend it, or run \`npm run build\` again`, 1);
  }
  return { mujoco, model, data: new mujoco.MjData(model) };
}
