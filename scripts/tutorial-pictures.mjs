/**
 * Takes the pictures of docs/tutorial.md from the two trainings that the page types: docs/images/report.png, the
 * beginning of the first one's report as a browser shows it, and docs/images/other-car.svg, drawn from the other.
 * Usage, after a build, in the project's folder, with the Debian package chromium: node scripts/tutorial-pictures.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "lapgrad-tutorial-"));
const [mine, other] = ["mine", "other"].map((name) => join(folder, name));
const run = (program, ...words) => execFileSync(program, words, { stdio: ["ignore", "inherit", "ignore"] });
const lapgrad = (...words) => run(process.execPath, "build/src/cli/main.js", ...words);

try {
  lapgrad("train", "--out", mine);
  lapgrad("train", "--plant", "identified", "--out", other);
  run(process.execPath, "scripts/readme-picture.mjs", other, "docs/images/other-car.svg");
  const report = pathToFileURL(join(mine, "report.html")).href;
  const options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1690"];
  run("chromium", ...options, "--screenshot=docs/images/report.png", report);
} finally {
  rmSync(folder, { recursive: true });
}
