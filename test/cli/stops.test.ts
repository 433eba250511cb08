/** A training as a process: interrupted, killed, and with nobody to read what it says. */
import type { ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { randomNumbers } from "../support/cores.js";
import { fingerprint, metricsOf, newFolder, SMALL_ARGUMENTS } from "../support/runs.js";
import { lapgrad } from "./process.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const ROLLOUTS = 24;
const train = (out: string, rollouts = ROLLOUTS) => [
  "train",
  ...SMALL_ARGUMENTS,
  "--rollouts",
  `${rollouts}`,
  "--out",
  out,
];

/** Calls `act` once when the table shows rollout `row`. */
function atRow(row: number, act: (child: ChildProcess) => void): (child: ChildProcess, text: string) => void {
  let said = "";
  let done = false;
  return (child, text) => {
    said += text;
    if (done || !new RegExp(`^ +${row} `, "m").test(said)) return;
    done = true;
    act(child);
  };
}

test("killed at any moment and resumed, it ends as the uninterrupted run, bit for bit", async () => {
  expect((await lapgrad(folder, train("whole"))).code).toBe(0);
  const whole = await fingerprint(join(folder, "whole"));
  await Promise.all(
    [11, 12, 13].map(async (seed) => {
      const random = randomNumbers(seed);
      const run = `killed-${seed}`;
      let args = train(run);
      for (let kill = 0; kill < 2; kill++) {
        const row = Math.floor((kill + 0.5 + 0.5 * random()) * (ROLLOUTS / 2)) + 1;
        const delay = 4 * (random() + 1); // [ms], about as long as a rollout with its recording
        const onRow = atRow(row, (child) => setTimeout(() => child.kill("SIGKILL"), delay));
        const killed = await lapgrad(folder, args, onRow);
        if (killed.signal !== "SIGKILL") expect(killed).toMatchObject({ code: 0 }); // it was quicker
        args = ["train", "--resume", run];
      }
      const resumed = await lapgrad(folder, args);
      expect({ code: resumed.code, stderr: resumed.stderr }).toStrictEqual({ code: 0, stderr: "" });
      expect(await fingerprint(join(folder, run))).toStrictEqual(whole);
    }),
  );
});

test("an interrupt stops it after the rollout; all is complete, and it can be resumed", async () => {
  const args = [...train("interrupted", 3000), "--json"];
  const { code, stdout, stderr } = await lapgrad(
    folder,
    args,
    atRow(5, (child) => child.kill("SIGINT")),
  );
  expect(code).toBe(0);
  expect(stderr).toContain("stopping after this rollout; once more to stop at once");
  const result = JSON.parse(stdout) as { complete: boolean; rollouts: unknown[]; report: string };
  expect(result.complete).toBe(false);
  const metrics = await metricsOf(join(folder, "interrupted"));
  expect(result.rollouts).toStrictEqual(metrics);
  const files = Object.keys(await fingerprint(join(folder, "interrupted")));
  expect(files.filter((name) => name.endsWith(".mcap"))).toHaveLength(metrics.length);
  expect(files.filter((name) => name.endsWith(".ckpt"))).toHaveLength(metrics.length + 1);
  expect(files.filter((name) => name.endsWith(".tmp"))).toStrictEqual([]);
});

test("a second interrupt ends it at once", async () => {
  // the first stops it after the batch, which takes much longer than a signal
  const args = ["train", "--hidden", "8", "--batch", "200", "--rollouts", "200", "--out", "twice"];
  let signals = 0;
  const { code } = await lapgrad(folder, args, (child, text) => {
    if (signals === 0 && /^ +1 /m.test(text)) signals += Number(child.kill("SIGINT"));
    else if (signals === 1 && text.includes("once more")) {
      signals = 2;
      setTimeout(() => child.kill("SIGINT"), 500); // sooner it would count as the first
    }
  });
  expect([signals, code]).toStrictEqual([2, 130]);
  // what was driven before can be looked at
  expect((await lapgrad(folder, ["report", "twice"])).code).toBe(0);
});

test("nobody reads: it goes on to the end without a word", async () => {
  const { code, stderr } = await lapgrad(folder, train("unread", 10), (child) => child.stdout?.destroy());
  expect([code, stderr]).toStrictEqual([0, ""]);
  expect(await metricsOf(join(folder, "unread"))).toHaveLength(10);
});
