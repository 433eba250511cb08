/**
 * Copies to build/assets what is read at run time: the text of pages and the C of exported policies; and what a robot
 * needs of development dependencies, so that it does not install them: the message schemas of recordings (of 11 MB),
 * and protobuf's wire format for ONNX files (50 kB of 2 MB; every file keeps its licence in its first lines).
 * Usage: node scripts/assets.mjs, in the project's folder.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const OUT = "build/assets";
const SCHEMAS = ["FrameTransform", "PoseInFrame", "PosesInFrame", "SceneUpdate", "Log"];

/** The writer and reader of protobuf's wire format, with what they import. */
const WIRE = ["wire/binary-encoding", "wire/varint", "wire/text-encoding", "proto-int64"];

/** C that exported policies are made of and checked with. */
const C = ["prelude.c", "harness.c"];

/** Folders with the text of pages, src/report/pages and others. */
export const PAGES = readdirSync("src")
  .map((folder) => join("src", folder, "pages"))
  .filter(existsSync);

/** What runs beside the program, in another language. */
export const HELPERS = ["pca9685/helper.py"];

/** Models of plants outside the core. */
export const MODELS = ["mujoco/car.xml"];

/**
 * Makes pages/, protobuf/, export/ and plants/, and foxglove-schemas.json: { "FrameTransform": <schema>, … }, named
 * foxglove.FrameTransform, … in a recording.
 */
export async function buildAssets() {
  const copy = (from, to) => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  };
  for (const file of WIRE.flatMap((name) => [`${name}.js`, `${name}.d.ts`]))
    copy(join("node_modules/@bufbuild/protobuf/dist/esm", file), join(OUT, "protobuf", file));
  for (const pages of PAGES) cpSync(pages, join(OUT, "pages", basename(dirname(pages))), { recursive: true });
  for (const file of HELPERS) copy(join("src/links", file), join(OUT, "links", file));
  for (const file of C) copy(join("src/export/c", file), join(OUT, "export", file));
  for (const file of MODELS) copy(join("src/plants", file), join(OUT, "plants", file));
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
