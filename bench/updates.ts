/** What an update of a training takes, from the end of its drive to new parameters, and the fit in it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spreadOf } from "./timing.js";

/** Of a fresh process's updates [ms], each the median over several processes. */
export interface UpdateTiming {
  readonly part: "fit" | "update";
  readonly median: number;
  /** with what is compiled in it */
  readonly first: number;
  /** of all but the first */
  readonly worst: number;
}

const SCRIPT = fileURLToPath(new URL("./updates-side.js", import.meta.url));
const UPDATES = 20;

export function measureUpdates(processes: number): UpdateTiming[] {
  const taken = Array.from({ length: processes }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, `${UPDATES}`], { encoding: "utf8" });
    if (status !== 0) throw new Error(`updates could not be timed: ${stderr.trim()}`);
    return JSON.parse(stdout) as Readonly<Record<UpdateTiming["part"], readonly number[]>>;
  });
  const over = (part: UpdateTiming["part"], of: (times: readonly number[]) => number) =>
    spreadOf(taken.map((one) => of(one[part]))).median;
  return (["fit", "update"] as const).map((part) => ({
    part,
    median: over(part, (times) => spreadOf(times).median),
    first: over(part, ([first]) => first),
    worst: over(part, ([, ...others]) => Math.max(...others)),
  }));
}
