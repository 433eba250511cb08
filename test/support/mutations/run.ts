/** Changed inputs of a kind, in a process that is watched. */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "./child.js";

/** How a kind's inputs were taken. */
export interface Summary {
  readonly kind: string;
  readonly inputs: number;
  readonly succeeded: number;
  /** the most that one input took [MB], [s] */
  readonly megabytes: number;
  readonly seconds: number;
  readonly faults: readonly NonNullable<Report["fault"]>[];
}

/** A process that says nothing for this duration hangs [ms]. */
const HANGS_AFTER = 120_000;
/** In memory, where there is such a folder: what a disk takes is not what an input takes. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const FLAGS = ["--expose-gc", "--max-semi-space-size=2", "--no-warnings"];

/** Tries so many inputs of a kind from the input `first` on. */
export async function mutateInputs(kind: string, seed: number, first: number, count: number): Promise<Summary> {
  const folder = await mkdtemp(join(FOLDER, "lapgrad-inputs-"));
  const faults: NonNullable<Report["fault"]>[] = [];
  let last: Report = { done: 0, succeeded: 0, memory: 0, seconds: 0 };
  try {
    const args = [kind, folder, seed, first, count].map(String);
    const child = fork(new URL("./child.js", import.meta.url), args, { execArgv: FLAGS });
    const kill = () => child.kill("SIGKILL");
    let watch = setTimeout(kill, HANGS_AFTER);
    child.on("message", (report: Report) => {
      clearTimeout(watch);
      watch = setTimeout(kill, HANGS_AFTER);
      last = report;
      if (report.fault) faults.push(report.fault);
    });
    await new Promise((resolve) => child.once("exit", resolve));
    clearTimeout(watch);
    if (last.done < count)
      faults.push({ input: first + last.done, problem: "the process ended here or a little later" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { done, succeeded, memory, seconds } = last;
  return { kind, inputs: done, succeeded, megabytes: memory / 1e6, seconds, faults };
}
