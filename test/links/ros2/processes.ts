/** Plant and learner as processes of their own, on a graph without ROS whose log a test reads. */
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach } from "@jest/globals";
import type { PartialConfig } from "../../../src/config/config.js";
import { newFolder } from "../../support/runs.js";
import { Hub } from "./socket-graph.js";

const program = fileURLToPath(new URL("./command-process.js", import.meta.url));

/**
 * Rollouts of a second, so that a training takes some seconds. Time-outs are long: the exact ones hold in virtual
 * time.
 */
export const GIVEN: PartialConfig = {
  ...{ link: "ros2", plant: "identified", hidden: [16, 16], "update-every": "8", seed: 1 },
  ...{ ros2: { timeout: 0.3 }, "stale-after": 0.5 },
};

export interface Started {
  readonly child: ChildProcess;
  readonly texts: Readonly<Record<"stdout" | "stderr", string>>;
  /** its exit code, once it has ended */
  readonly ended: Promise<number | null>;
}

/** A graph, and the processes on it. */
export class Processes {
  readonly folder: string;
  readonly hub: Hub;
  readonly #children: ChildProcess[] = [];

  constructor(folder: string) {
    this.folder = folder;
    this.hub = new Hub(join(folder, "graph"));
  }

  start(command: "plant" | "train", given: PartialConfig, run = "run"): Started {
    const args = [program, command, JSON.stringify(given), join(this.folder, run)];
    const env = { ...process.env, LAPGRAD_TEST_GRAPH: join(this.folder, "graph") };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.push(child);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) child[name].on("data", (data) => (texts[name] += data));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { child, texts, ended };
  }

  /** Every throttle that was published, with the time [s]. */
  throttles(): { readonly time: number; readonly value: number }[] {
    return this.hub.graph.log
      .filter(({ topic }) => topic === "/jetracer/throttle")
      .map(({ time, message }) => ({ time, value: (message as { data: number }).data }));
  }

  /** Until so many commands moved the car; throws what the learner said if it ended before. */
  async driven(count: number, { child, texts }: Started): Promise<void> {
    while (this.throttles().filter(({ value }) => value !== 0).length < count) {
      if (child.exitCode !== null) throw new Error(`the learner ended: ${texts.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Until everybody but the plant has left the graph. */
  async left(): Promise<void> {
    while (this.hub.graph.publications.some(({ node }) => node === "/lapgrad"))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    this.hub.close();
    await rm(this.folder, { recursive: true });
  }
}

/** Called at the top of a test file: the processes of the present test. */
export function processesOfEachTest(): () => Processes {
  let processes: Processes;
  beforeEach(async () => {
    processes = new Processes(await newFolder());
  });
  afterEach(() => processes.end());
  return () => processes;
}
