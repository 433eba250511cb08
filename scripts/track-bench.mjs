/**
 * What a control step costs on tracks beside the figure-8's, in one process, in turn: on the robot (`tick`: network at
 * every 7th step, controller, cost), and of a policy that was exported (no cost). Usage, after a build:
 * node scripts/track-bench.mjs [rounds]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completeConfig } from "../build/src/config/config.js";
import { describePolicy } from "../build/src/export/description.js";
import { exportCore } from "../build/src/export/source.js";
import { exportWasm, WasmPolicy } from "../build/src/export/wasm.js";
import { initialisePolicy } from "../build/src/session.js";

const ROUNDS = Number(process.argv[2] ?? 80);
const STEPS = 7 * 200;
const folder = mkdtempSync(join(tmpdir(), "lapgrad-bench-"));
const example = (name) => new URL(`../examples/tracks/${name}.yaml`, import.meta.url).pathname;

/** An ellipse of so many points. */
function ellipse(points) {
  const path = join(folder, `${points}.csv`);
  const angles = Array.from({ length: points }, (_, i) => (2 * Math.PI * i) / points);
  writeFileSync(path, angles.map((angle) => `${3 * Math.cos(angle)}, ${2 * Math.sin(angle)}`).join("\n"));
  return path;
}

const configs = {
  "figure-8": { task: "car-figure8" },
  "figure-8 as a track": { task: "car-track", track: example("figure8") },
  "200 points": { task: "car-track", track: ellipse(200) },
  "4000 points": { task: "car-track", track: ellipse(4000) },
  "60 m": { task: "car-track", track: example("long") },
};
const provenance = { lapgrad: "", updates: 0, trainingMinutes: 0, finalCost: null, checkpoint: "" };
const cases = [];
for (const [name, given] of Object.entries(configs)) {
  const core = await exportCore(completeConfig(given));
  initialisePolicy(core, 1);
  const policy = describePolicy(core, "simulation", provenance);
  const driver = (await WasmPolicy.instantiate(await exportWasm(core, policy), policy)).driver();
  cases.push({ name, core, driver, states: statesOf(core), tick: Infinity, step: Infinity });
}

rmSync(folder, { recursive: true });

/** States near the track, a tenth of a second late. */
function statesOf(core) {
  const probe = core.view("probe");
  return Array.from({ length: STEPS }, (_, i) => {
    core.nominalSetpoint(Math.max(0, i * 0.02 - 0.1));
    const [x, y, vx, vy] = probe;
    return [x + 0.05 * Math.sin(i), y + 0.05 * Math.cos(1.3 * i), Math.hypot(vx, vy), Math.atan2(vy, vx)];
  });
}

/** Nanoseconds per step. */
function timed(step) {
  const begun = process.hrtime.bigint();
  for (let i = 0; i < STEPS; i++) step(i);
  return Number(process.hrtime.bigint() - begun) / STEPS;
}

for (let round = 0; round < ROUNDS; round++)
  for (const one of cases) {
    const { core, driver, states } = one;
    const state = core.view("plantState");
    core.beginDrive();
    const onRobot = (i) => {
      state.set(states[i]);
      core.exports.tick(i * 0.02);
    };
    one.tick = Math.min(one.tick, timed(onRobot));
    driver.begin();
    one.step = Math.min(
      one.step,
      timed((i) => driver.step(states[i], i * 0.02, i % 7 === 0)),
    );
  }

console.log(
  "| | control step on a robot | to the figure-8's | exported policy | to the figure-8's |\n|---|---|---|---|---|",
);
const [{ tick, step }] = cases;
for (const one of cases)
  console.log(
    `| ${one.name} | ${one.tick.toFixed(0)} ns | ${(one.tick / tick).toFixed(2)} | ${one.step.toFixed(0)} ns | ` +
      `${(one.step / step).toFixed(2)} |`,
  );
