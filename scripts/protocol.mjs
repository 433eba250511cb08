/**
 * Writes what is made from firmware-bridge/protocol.json, the one description of the wire between host and board:
 * firmware-bridge/core/protocol.h, src/links/wire/protocol.ts and the tables of docs/protocol.md. With --check it
 * writes nothing and fails, exit 1, if one of them is stale.
 * Usage, in the project's folder: node scripts/protocol.mjs [--check]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { header } from "./protocol/c.mjs";
import { checkDescription, NOTE } from "./protocol/description.mjs";
import { tables } from "./protocol/page.mjs";
import { hostModule } from "./protocol/typescript.mjs";

const PAGE = "docs/protocol.md";

/** The page with everything behind its mark replaced. */
function page() {
  const mark = `<!-- ${NOTE} -->\n`;
  const [before, after] = readFileSync(PAGE, "utf8").split(mark);
  if (after === undefined) throw new Error(`${PAGE} has lost the line "${mark.trim()}": put it before the tables`);
  return `${before}${mark}\n${tables()}`;
}

checkDescription();
const OUTPUTS = {
  "firmware-bridge/core/protocol.h": header,
  "src/links/wire/protocol.ts": hostModule,
  [PAGE]: page,
};

const stale = Object.entries(OUTPUTS).filter(([path, make]) => {
  try {
    return readFileSync(path, "utf8") !== make();
  } catch (error) {
    if (error.code === "ENOENT" && path !== PAGE) return true;
    throw error;
  }
});
if (process.argv.includes("--check")) {
  for (const [path] of stale) console.error(`${path} is stale: run node scripts/protocol.mjs`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [path, make] of stale) writeFileSync(path, make());
  console.log(stale.length > 0 ? `wrote ${stale.map(([path]) => path).join(", ")}` : "nothing was stale");
}
