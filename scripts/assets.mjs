/**
 * Copies the message schemas that recordings need from a development dependency to build/assets, so that a robot does not install it.
 * Usage: node scripts/assets.mjs, in the project's folder.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const OUT = "build/assets";
const SCHEMAS = ["FrameTransform", "PoseInFrame", "PosesInFrame", "SceneUpdate", "Log"];

/** build/assets/foxglove-schemas.json: { "FrameTransform": <JSON schema>, … }, named foxglove.FrameTransform, … in a recording. */
export async function buildAssets() {
  const all = await import("@foxglove/schemas/jsonschema.js");
  const chosen = {};
  for (const name of SCHEMAS) {
    chosen[name] = all[name] ?? all.default?.[name];
    if (!chosen[name]) throw new Error(`@foxglove/schemas has no JSON schema ${name}`);
  }
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, "foxglove-schemas.json"), `${JSON.stringify(chosen)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildAssets();
