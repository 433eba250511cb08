/**
 * Trains cars whose sensors begin to lie (test/support/lying-car.ts), in virtual time, and counts how soon each lie
 * stops the car and how far from its track it truly is by then; then cars that do not lie, to count false alarms.
 * Writes docs/results/safety.md.
 * Usage, after a build, in the project's folder: node scripts/lies.mjs [--laps 1000] [--print]
 */
import { parseArgs } from "node:util";
import { Fault } from "../build/src/links/faults.js";
import { markdownTable } from "../build/src/report/markdown.js";
import { gates } from "../build/src/runtime/gates.js";
import { lies, poseLies, tryLie } from "../build/test/support/lying-car.js";
import { writeStudyPage } from "./study.mjs";

const { values: options } = parseArgs({ options: { laps: { type: "string" }, print: { type: "boolean" } } });
const LAPS = Number(options.laps ?? 1000);
const PLANTS = ["nominal", "identified", "single-track"];
/** Curvature at full steering of each plant [1/m]. */
const CURVATURE = { nominal: 6.5, identified: 4.3, "single-track": 2.4 };
/** The lies begin at the standing start, before anything is fitted, after that, and while it learns [s]. */
const TIMES = [0, 1, 2.2, 8, 20.3];
const HALF_WIDTH = 1.5;
const NOISE = 0.005;
/** Laps of one drive without a lie. */
const DRIVE = 20;
/** A car that was not stopped by then is not found [s]. */
const GIVES_UP_AFTER = 16;
const LAP = 5.5;
/** A pose may be this old, and not say so [control steps]. */
const OLD = 3;

/** Lies by a factor. */
const byFactor = Object.fromEntries(Object.entries(lies).filter(([name]) => /halved|doubled/.test(name)));

const begun = performance.now();
let reached = 0;
let unnamed = 0;
let hidden = 0;
let tried = 0;
/** What stops a car without saying which sensor to look at. */
const UNNAMED = new Set([undefined, Fault.corridor, Fault.speed, Fault.offPlace]);
/** Wrong by a factor from before it moved on: no sensor that is left can show that. */
const isHidden = (name, at, more) => at === 0 && more === undefined && name in byFactor;

/** A lie on a plant from `at` on; `more`: what the car has besides. */
async function outcome(plant, by, at, [name, tell], more) {
  const given = more === "curvature" ? { "steering-curvature": CURVATURE[plant] } : {};
  const laps = Math.ceil((at + GIVES_UP_AFTER) / LAP);
  const accelerometer = more === "accelerometer";
  const result = await tryLie({ plant, by, noise: NOISE, seed: 1, laps, given, accelerometer, lie: { at, tell } });
  const { fault, seconds, untilStop, untilRest } = result;
  const beyond = (distance) => Math.max(0, distance - HALF_WIDTH).toFixed(2);
  const isFar = untilStop - HALF_WIDTH > 1;
  const hides = isHidden(name, at, more);
  tried++;
  if (hides) hidden++;
  else if (isFar) reached++;
  else if (UNNAMED.has(fault)) unnamed++;
  const what = fault === undefined ? "not stopped" : `${Fault[fault]} ${seconds.toFixed(2)} s`;
  const text = `${hides ? "no sensor: " : ""}${what}, ${beyond(untilStop)}, ${beyond(untilRest)} m`;
  return isFar ? `**${text}**` : text;
}

async function lieTable(by, chosen, times, more) {
  const rows = [];
  for (const [name, tell] of Object.entries(chosen))
    for (const at of times) {
      const cells = [];
      for (const plant of PLANTS) cells.push(await outcome(plant, by, at, [name, tell], more));
      rows.push([name, at === 0 ? "standing start" : `${at} s`, ...cells]);
      console.log(rows.at(-1).join(" | "));
    }
  return markdownTable([["lie", "from", ...PLANTS], ...rows]);
}

const EARLY = TIMES.slice(0, 3);
const wheel = await lieTable("wheel", lies, TIMES);
const pose = await lieTable("pose", poseLies, TIMES);
const counts = { far: reached, unnamed, hidden, all: tried };
const curvature = await lieTable("wheel", byFactor, EARLY, "curvature");
const accelerometer = await lieTable("wheel", byFactor, EARLY, "accelerometer");

const own = new Set(gates.map(({ fault }) => fault));
const alarms = [];
let driven = 0;
const MEASURED = [
  ["wheel", 0, "wheel and gyro"],
  ["pose", 0, "localisation"],
  ["wheel", OLD, "wheel and gyro, 60 ms old"],
  ["pose", OLD, "localisation, 60 ms old"],
];
for (const plant of PLANTS) {
  for (const [by, delay, text] of MEASURED) {
    let laps = 0;
    const found = {};
    const tell = (measured) => {
      measured.delay = delay;
    };
    for (let seed = 1; laps < LAPS / (MEASURED.length * PLANTS.length); seed++) {
      // dead reckoning drifts over a hundred seconds: the corridor is no part of this question
      const given = { corridor: 4, "steering-curvature": CURVATURE[plant] };
      const trial = { plant, by, noise: NOISE, seed, laps: DRIVE, given, accelerometer: true };
      const result = await tryLie(delay === 0 ? trial : { ...trial, lie: { at: 0, tell } });
      laps += result.fault === undefined ? DRIVE : result.laps;
      if (result.fault !== undefined && own.has(result.fault))
        found[Fault[result.fault]] = (found[Fault[result.fault]] ?? 0) + 1;
    }
    driven += laps;
    const alarmsFound = Object.entries(found).map(([name, times]) => `${name} ${times}`);
    alarms.push([plant, text, laps, alarmsFound.join(", ") || "none"]);
    console.log(alarms.at(-1).join(" | "));
  }
}
const alarmTable = markdownTable([["plant", "measured by", "laps", "false alarms"], ...alarms]);
const minutes = ((performance.now() - begun) / 60000).toFixed(0);
if (!options.print)
  await writeStudyPage("safety", { wheel, pose, curvature, accelerometer, alarmTable, driven, minutes, ...counts });
