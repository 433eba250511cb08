/**
 * Trains simulated cars through the real firmware in simavr (test/in-the-loop), in virtual time, and the same in the
 * simulator alone, with the same seeds; writes docs/results/serial.md.
 * Usage, after a build and `node scripts/firmware.mjs`, in the project's folder:
 * node scripts/firmware-study.mjs [seeds]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spreadOf } from "../build/src/compare/statistics.js";
import { digits } from "../build/src/output.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { directly, throughFirmware } from "./firmware-run.mjs";
import { writeStudyPage } from "./study.mjs";

const SEEDS = Number(process.argv[2] ?? 5);
const ROLLOUTS = 6;
/** Delay that the servo pulses add to a command: until the next one begins, and until it ends [s]. */
const SERVO_DELAY = 0.03;
const OWN_DELAYS = { nominal: [0, 0], identified: [0.1, 0.11], "single-track": [0.06, 0.06] };
/** Plants, and when parameters change: after pieces of the default's length, or after separate rollouts. */
const CASES = [
  ["nominal", "3"],
  ["identified", "3"],
  ["single-track", "3"],
  ["identified", "rollout"],
];
const median = (values) => spreadOf(values).median;

const folder = mkdtempSync(join(tmpdir(), "lapgrad-serial-"));
const began = performance.now();
try {
  const rows = [
    [
      "plant",
      "after each",
      "where",
      "first",
      "after 6, by seed",
      "median",
      "of the simulator",
      "with the servo's delay",
    ],
  ];
  for (const [plant, every] of CASES) {
    const last = { firmware: [], simulator: [], delayed: [] };
    const first = { firmware: [], simulator: [], delayed: [] };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const given = { plant, seed, rollouts: ROLLOUTS, "update-every": every };
      const delays = { "plant-delay": OWN_DELAYS[plant].map((own) => own + SERVO_DELAY) };
      const name = join(folder, `${plant}-${every}-${seed}`);
      for (const [where, driven] of [
        ["firmware", await throughFirmware(given, `${name}-firmware`)],
        ["simulator", await directly(given, `${name}-simulator`)],
        ["delayed", await directly({ ...given, ...delays }, `${name}-delayed`)],
      ]) {
        first[where].push(driven[0]);
        last[where].push(driven[ROLLOUTS - 1]);
      }
    }
    for (const [where, label] of [
      ["firmware", "firmware"],
      ["simulator", "simulator"],
      ["delayed", "simulator, +30 ms"],
    ]) {
      const own = median(last[where]);
      rows.push([
        plant,
        every,
        label,
        digits(median(first[where]), 3),
        last[where].map((cost) => digits(cost, 2)).join(" "),
        digits(own, 2),
        ...(where === "firmware"
          ? [own / median(last.simulator), own / median(last.delayed)].map((r) => r.toFixed(2))
          : ["", ""]),
      ]);
      console.log(rows.at(-1).join("  "));
    }
  }
  await writeStudyPage("serial", {
    seeds: SEEDS,
    rollouts: ROLLOUTS,
    minutes: ((performance.now() - began) / 60000).toFixed(0),
    table: markdownTable(rows),
  });
} finally {
  rmSync(folder, { recursive: true });
}
