/** What to say where the folder of a run was expected. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../errors.js";
import { quoted } from "../shell.js";

/** What makes a folder a run. */
const PARTS = ["config.yaml", "metrics.jsonl", "rollouts", "checkpoints"];

/** Runs that are named in a message. */
const MOST_NAMED = 3;

/** The error for a path that is no run, or no whole one: what it is instead, and which runs there are. */
export function notARun(path: string): UserError {
  const missing = PARTS.filter((name) => !existsSync(join(path, name)));
  if (existsSync(join(path, "config.yaml")) && missing.length > 0)
    return new UserError(`the run ${path} lacks ${missing.join(", ")}: put it back, or copy the whole folder again`);
  const what = existsSync(path) ? "is not a run of lapgrad" : "is not a run of lapgrad: there is no such folder";
  const [newest, ...others] = runsIn(existsSync(path) ? path : dirname(path)).concat(runsIn("runs"));
  const names = [...new Set([newest, ...others])].slice(0, MOST_NAMED).map((name) => name && quoted(name));
  const remedy =
    newest === undefined
      ? "lapgrad train makes one, in runs"
      : `choose one that lapgrad train made: ${names.join(", ")}`;
  return new UserError(`${path} ${what}; ${remedy}`);
}

/** The runs in a folder, the newest first. */
function runsIn(folder: string): string[] {
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  return (isFolder ? readdirSync(folder) : [])
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, "config.yaml")))
    .map((path) => ({ path, made: statSync(join(path, "config.yaml")).mtimeMs }))
    .sort((a, b) => b.made - a.made)
    .map(({ path }) => path);
}
