/**
 * Shows that two checkouts compute the same bits: trains, with both, every task with every update rule, per lap, per
 * rollout and in pieces of laps, on every plant of the car and with everything that can lie around a plant, drives and
 * replays the result, and compares metrics, checkpoints, recordings and answers byte by byte. Only what tells the time
 * of day or where a file lies is left out, and settings, values of JSON and arrays of checkpoints that the first
 * checkout did not have.
 *
 * Usage: node scripts/same-bits.mjs <built checkout before> <built checkout after> [--only <regular expression>]
 *          [--keep <folder>]
 * Exit 0 if all agree; otherwise 1 and the first difference of each file. `--keep`: runs of the first checkout are kept
 * there and used again.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { differences, filesOf } from "./compare-runs.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", default: "" }, keep: { type: "string" } },
});
const [before, after] = positionals.map((path) => resolve(path));
if (!after) {
  console.error(
    "usage: node scripts/same-bits.mjs <checkout before> <checkout after> [--only <regex>] [--keep <folder>]",
  );
  process.exit(2);
}

const RULES = ["sgd", "adam", "gauss-newton"];
/** Everything that is trained: a name, and the options of `lapgrad train`. */
const trainings = [
  ...["nominal", "identified", "single-track"].flatMap((plant) =>
    RULES.flatMap((rule) =>
      ["lap", "rollout"].map((every) => [
        `car-figure8 ${plant} ${rule} ${every}`,
        ["car-figure8", "--plant", plant, "--update", rule, "--update-every", every, "--rollouts", "3"],
      ]),
    ),
  ),
  ...["quadruped-figure8", "pendulum-reach", "pendulum-reach-open", "scalar", "cart-pole"].flatMap((task) =>
    RULES.map((rule) => [
      `${task} ${rule} rollout`,
      [task, "--update", rule, "--update-every", "rollout", "--rollouts", "3"],
    ]),
  ),
  ...RULES.map((rule) => [
    `quadruped-figure8 ${rule} lap`,
    ["quadruped-figure8", "--update", rule, "--update-every", "lap", "--rollouts", "3"],
  ]),
  ["car-figure8 default", ["car-figure8", "--rollouts", "6"]],
  ["car-figure8 pieces", ["car-figure8", "--rollouts", "12", "--plant", "identified"]],
  ["car-figure8 half laps", ["car-figure8", "--update-every", "20", "--rollouts", "6", "--plant", "identified"]],
  ["car-figure8 late", ["car-figure8", "--update-every", "4", "--update-delay", "3", "--rollouts", "4"]],
  [
    "car-figure8 disturbed",
    [
      "--plant",
      "identified",
      "--plant-noise",
      "0.005",
      "--plant-lag",
      "0.05",
      "--control-jitter",
      "0.002",
      "--network-jitter",
      "0.01",
      "--rollouts",
      "4",
    ],
  ],
  ["car-figure8 truncated", ["--update", "sgd", "--truncation", "segment", "--batch", "2", "--rollouts", "4"]],
  [
    "car-figure8 windows",
    [
      "--update",
      "adam",
      "--window",
      "40:30:7",
      "--model-delay",
      "0.06",
      "--rollouts",
      "3",
      "--network-state-feedback",
      "false",
    ],
  ],
].map(([name, options]) => ({ name, options }));

function lapgrad(checkout, args, cwd) {
  const result = spawnSync(process.execPath, [join(checkout, "build/src/cli/main.js"), ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`${checkout}: lapgrad ${args.join(" ")}\n${result.stderr.slice(-2000)}`);
  return result.stdout;
}

/** Trains, drives and replays in `folder`; relative paths, so that answers do not depend on where that is. */
function work(checkout, options, folder) {
  if (existsSync(join(folder, "drive.json"))) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const keep = (file, text) =>
    spawnSync("tee", [join(folder, file)], { input: text, stdio: ["pipe", "ignore", "inherit"] });
  keep("train.json", lapgrad(checkout, ["train", ...options, "--seed", "7", "--out", "run", "--json"], folder));
  const [recording] = readdirSync(join(folder, "run/rollouts")).sort().slice(-1);
  keep("replay.json", lapgrad(checkout, ["replay", `run/rollouts/${recording}`, "--json"], folder));
  keep("drive.json", lapgrad(checkout, ["drive", "run", "--out", "drive.mcap", "--json"], folder));
}

const scratch = mkdtempSync(join(tmpdir(), "same-bits-"));
const kept = resolve(values.keep ?? join(scratch, "before"));
const wanted = new RegExp(values.only);
let bad = 0;
let compared = 0;
for (const training of trainings.filter(({ name }) => wanted.test(name))) {
  const folder = training.name.replaceAll(" ", "_");
  work(before, training.options, join(kept, folder));
  work(after, training.options, join(scratch, "after", folder));
  const found = differences(join(kept, folder), join(scratch, "after", folder), true);
  compared += filesOf(join(kept, folder)).length;
  if (found.length > 0) bad++;
  console.log(
    `${found.length === 0 ? "same  " : "DIFFER"} ${training.name}${found.map((line) => `\n  ${line}`).join("")}`,
  );
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${compared} files compared, ${bad} trainings differ`);
process.exitCode = bad > 0 ? 1 : 0;
