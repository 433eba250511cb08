/** From nothing to the first control step: fresh Node processes, several times. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Spread, spreadOf } from "./timing.js";

export interface StartUp {
  /** from spawning the process to its line arriving [ms] */
  readonly wall: Spread;
  /** from the process's own beginning to after the first control step [ms] */
  readonly inProcess: Spread;
  /** the same wall time of a process that does nothing else than print: Node's own share [ms] */
  readonly bareNode: Spread;
  /** resident memory after configuring a rollout of training size [bytes] */
  readonly memory: number;
}

const SCRIPT = fileURLToPath(new URL("./startup-side.js", import.meta.url));

export async function measureStartUp(times: number): Promise<StartUp> {
  const wall: number[] = [];
  const inProcess: number[] = [];
  const bareNode: number[] = [];
  const memory: number[] = [];
  for (let i = 0; i < times; i++) {
    const bare = await firstLine(["-e", "console.log('{}')"]);
    bareNode.push(bare.milliseconds);
    const started = await firstLine([SCRIPT]);
    const answer = JSON.parse(started.line) as { milliseconds: number; memory: number };
    wall.push(started.milliseconds);
    inProcess.push(answer.milliseconds);
    memory.push(answer.memory);
  }
  return {
    wall: spreadOf(wall),
    inProcess: spreadOf(inProcess),
    bareNode: spreadOf(bareNode),
    memory: spreadOf(memory).median,
  };
}

/** What a fresh Node prints, and when it arrives. */
async function firstLine(nodeArguments: string[]): Promise<{ line: string; milliseconds: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, nodeArguments, { stdio: ["ignore", "pipe", "inherit"] });
  let line = "";
  let milliseconds = Number.NaN;
  child.stdout.on("data", (chunk: Buffer) => {
    if (line === "") milliseconds = performance.now() - begun;
    line += chunk.toString();
  });
  await once(child, "close");
  if (line === "") throw new Error(`node ${nodeArguments.join(" ")} printed nothing (exit code ${child.exitCode})`);
  return { line, milliseconds };
}
