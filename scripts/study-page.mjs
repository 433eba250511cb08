/** Writes docs/results/<name>.md: the text of pages/<name>.md with its values, and the remarks that readers added. */
import { readFileSync, writeFileSync } from "node:fs";
import { machine, remarksIn } from "../build/src/report/markdown.js";
import { fill } from "../build/src/report/template.js";

export async function writeStudyPage(name, values) {
  const path = `docs/results/${name}.md`;
  const text = readFileSync(new URL(`pages/${name}.md`, import.meta.url), "utf8");
  const filled = fill(text, { ...values, machine: machine() }, `scripts/pages/${name}.md`);
  writeFileSync(path, filled + (await remarksIn(path)));
  console.log(`wrote ${path}`);
}
