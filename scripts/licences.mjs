/**
 * Writes build/THIRD-PARTY-LICENSES.txt, which is packed: name, version, licence and its text of every package that the
 * packed file has whole (bundleDependencies with all that they need) or in part (what the build takes from others), as
 * installed. A package without a text stops the build.
 * Usage: node scripts/licences.mjs, in the project's folder.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const LICENCES = "build/THIRD-PARTY-LICENSES.txt";

/** Of these the build takes parts: into the core its run time, into build/assets what assets.mjs copies. */
const IN_PART = ["assemblyscript", "@bufbuild/protobuf", "@foxglove/schemas"];

/**
 * Packages that are published without their licence's text: installed files that have it, of the same owner or with
 * the same words for all. Those with code carry it in their first lines, up to the first that is no comment.
 */
const TEXT_ELSEWHERE = {
  "@bufbuild/protobuf": [
    "@bufbuild/protobuf/dist/esm/proto-int64.js",
    "assemblyscript/LICENSE",
    "@bufbuild/protobuf/dist/esm/wire/varint.js",
  ],
  "@foxglove/schemas": ["@foxglove/rosmsg/LICENSE"],
};

const TEXT = /^(licen[cs]e|copying|copyright|notice)/i;
const RULE = "=".repeat(80);

/** The folders of all packages concerned, as package-lock.json knows them. */
function folders() {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  // the lock counts the compiler too, as an optional companion of a package; npm packs nothing that is optional
  const isPacked = ({ inBundle, optional, devOptional }) => inBundle && !optional && !devOptional;
  const whole = Object.keys(packages).filter((folder) => isPacked(packages[folder]));
  return [...whole, ...IN_PART.map((name) => `node_modules/${name}`)];
}

/** A licence's file, or the comment that a file of code begins with. */
function textOf(file) {
  const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  if (!file.endsWith(".js")) return text.trim();
  const lines = text.split("\n");
  const comment = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("//")),
  );
  return comment.map((line) => line.replace(/^\/\/ ?/, "")).join("\n");
}

function section(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const own = readdirSync(folder).filter((file) => TEXT.test(file));
  const files =
    own.length > 0
      ? own.sort().map((file) => join(folder, file))
      : (TEXT_ELSEWHERE[name] ?? []).map((file) => join("node_modules", file));
  const texts = files.map(textOf);
  if (!license || texts.length === 0 || texts.includes(""))
    throw new Error(
      `${folder} has ${license ? `licence ${license} without its text` : "no licence"}; allowed is a package with ` +
        "both: name a file with the text in TEXT_ELSEWHERE of scripts/licences.mjs, or do without the package",
    );
  return [RULE, `${name} ${version}`, `License: ${license}`, RULE, "", texts.join("\n\n"), ""].join("\n");
}

export function writeLicences() {
  // a package of the same version may be installed in several folders
  const sections = [...new Set(folders().map(section))].sort();
  mkdirSync("build", { recursive: true });
  writeFileSync(LICENCES, `lapgrad contains the following packages, whole or in part.\n\n${sections.join("\n")}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeLicences();
