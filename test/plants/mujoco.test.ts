/** The plant outside the core as every other: seeds, delays, changes, checkpoints; and what is said when it cannot. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, test as anywhere, beforeAll, expect } from "@jest/globals";
import trainCommand from "../../src/cli/commands/train.js";
import { completeConfig, type PartialConfig } from "../../src/config/config.js";
import type { Core } from "../../src/core/core.js";
import { additionOf, here } from "../../src/installation.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { carBody } from "../../src/plants/mujoco/car-body.js";
import { compile, loadPackage, ownModel } from "../../src/plants/mujoco/engine.js";
import { readRecording } from "../../src/recording/reader.js";
import { coreFor, initialisePolicy } from "../../src/session.js";
import { Captured, fingerprint, newFolder, trainRun } from "../support/runs.js";
import { tool } from "../support/tools.js";

const { test } = tool("mujoco");
const SEGMENTS = 20;

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function coreOf(given: PartialConfig = {}): Promise<Core> {
  const every = { "update-every": "rollout", window: "0:0:0" };
  const config = completeConfig({ plant: "mujoco", seed: 3, ...every, ...given });
  const core = await coreFor(config, 2, SEGMENTS);
  initialisePolicy(core, config.seed);
  core.sampleStart(0);
  return core;
}

const statesOf = (core: Core, slot = 0) => Array.from(core.view("states", slot));

test("same seed, same bits; another seed, and noise, delay or a change, give others", async () => {
  const drivenWith = async (given: PartialConfig) => {
    const core = await coreOf(given);
    core.rollOut(0, SEGMENTS);
    return statesOf(core);
  };
  const first = await drivenWith({});
  expect(await drivenWith({})).toEqual(first);
  for (const given of [
    { seed: 4 },
    { "plant-noise": [0] },
    { "plant-delay": [0.05] },
    { "control-jitter": 0.002 },
    { "plant-change": ["grip=0.5@seconds1"] },
    { parameters: { plant: { mass: 2 } } },
  ] satisfies PartialConfig[])
    expect(await drivenWith(given)).not.toEqual(first);
});

test("its measurements have the noise of the plant, its speed that of five frames", async () => {
  const [noisy, quiet] = [await coreOf(), await coreOf({ "plant-noise": [0] })];
  for (const core of [noisy, quiet]) {
    core.view("nominalGains").fill(0); // both drive the same way
    core.view("outputScale").fill(0);
    core.rollOut(0, SEGMENTS);
  }
  const [a, b] = [statesOf(noisy), statesOf(quiet)];
  for (const [column, deviation] of [0.001, 0.001, 0.03, 0.005].entries()) {
    const errors = a.filter((_, i) => i > 3 && i % 4 === column).map((x, t) => x - b[4 * (t + 1) + column]);
    const squares = errors.reduce((sum, error) => sum + error * error, 0);
    expect(Math.sqrt(squares / errors.length) / deviation).toBeGreaterThan(0.8);
    expect(Math.sqrt(squares / errors.length) / deviation).toBeLessThan(1.2);
  }
});

test("two cars at once drive as each alone, and a drive goes on from what a checkpoint holds of it", async () => {
  const given = { "plant-change": ["grip=0.9@seconds1.5"] };
  const [alone, one, two] = [await coreOf(given), await coreOf(given), await coreOf({ seed: 9 })];
  alone.rollOut(0, 10);
  alone.rollOut(1, 10, 0, 0);
  one.rollOut(0, 10);
  two.rollOut(0, 10);
  one.rollOut(1, 10, 0, 0);
  expect(statesOf(one, 1)).toEqual(statesOf(alone, 1));

  const copy = await coreOf({ seed: 77 });
  for (const name of ["plantState", "plantMemory", "externalMemory", "random", "parameters"] as const)
    copy.write(name, two.view(name));
  for (const name of two.rolloutRegions()) copy.write(name, two.view(name, 0), 0);
  two.rollOut(1, 10, 0, 0);
  one.rollOut(0, 10, 1, 0); // the engine holds another car in between
  copy.rollOut(1, 10, 0, 0);
  expect(statesOf(copy, 1)).toEqual(statesOf(two, 1));
});

test("roll and slip are recorded after every step, come back from the file, and are in the report", async () => {
  const run = join(folder, "shown");
  const given = { plant: "mujoco", rollouts: 1, hidden: [8] };
  await trainCommand.run({ given, out: run }, new Captured());
  const { body, info, inputs, states, times } = await readRecording(join(run, "rollouts", "0001.mcap"));
  expect(info.columns.body).toEqual(["roll [rad]", "slip sideways, front", "slip sideways, rear", "slip along"]);
  expect(body).toHaveLength(4 * times.length);
  /** mean of a column where the car has steered to one side for long */
  const mean = (column: number, side: number) => {
    const turning = Array.from(times.keys()).filter(
      (t) => t > 20 && [0, 10, 20].every((d) => inputs[2 * (t - d) + 1] * side > 0.05),
    );
    expect(turning.length).toBeGreaterThan(40);
    return turning.reduce((sum, t) => sum + body[4 * t + column], 0) / turning.length;
  };
  for (const side of [1, -1]) {
    // it leans out of the curve, and both axles slide outwards, the front one more
    expect(mean(0, side) * side).toBeGreaterThan(0.01);
    expect(mean(1, side) * side).toBeLessThan(-0.02);
    expect(mean(2, side) * side).toBeLessThan(-0.01);
    expect(mean(1, side) / mean(2, side)).toBeGreaterThan(1.1);
    expect(Math.abs(mean(3, side))).toBeLessThan(0.1);
  }
  expect(states).toHaveLength(4 * times.length);
  expect(await readFile(join(run, "report.html"), "utf8")).toMatch(/<h3>Roll \[rad\]<.*<h3>Slip along</s);
});

test("it drives on where the engine's memory has grown", async () => {
  const [before, after] = [await coreOf(), await coreOf()];
  before.rollOut(0, SEGMENTS);
  const { engine, qpos } = await carBody();
  const { mujoco, model } = engine;
  const others = [];
  while (qpos.length > 0 && others.length < 500) others.push(new mujoco.MjData(model));
  expect(qpos).toHaveLength(0);
  after.rollOut(0, SEGMENTS);
  expect(statesOf(after)).toEqual(statesOf(before));
  for (const other of others) other.delete();
});

test("a training that is stopped and resumed is bit for bit one that was not, with laps and rollouts", async () => {
  for (const [name, given] of Object.entries({
    laps: { rollouts: 4, "plant-change": ["grip=0.9@lap3"] },
    rollouts: { rollouts: 4, "update-every": "rollout", "rollout-segments": 20, window: "10:0:0" },
  } satisfies Record<string, PartialConfig>)) {
    const [whole, resumed] = [join(folder, `${name}-whole`), join(folder, `${name}-resumed`)];
    const all = { plant: "mujoco", hidden: [8, 8], ...given };
    await trainRun({ given: all, out: whole });
    await trainRun({ given: all, out: resumed }, 2);
    await trainRun({ given: {}, resume: resumed }, 3);
    await trainRun({ given: {}, resume: resumed });
    expect(await fingerprint(resumed)).toEqual(await fingerprint(whole));
  }
});

test("a car that rolls over, or whose simulation diverges, stops the lap, and that is said", async () => {
  const drivenTo = async (friction: number, start: readonly number[]) => {
    const core = await coreOf({ parameters: { plant: { friction } } });
    core.view("nominalGains")[3] = 5; // it steers as hard as it can
    core.writeStart(start, 0);
    return new SimLink().drive(core, 0, SEGMENTS);
  };
  const over = await drivenTo(8, [0, 0, 8, -1]);
  expect(over.stopped).toMatch(/^the car rolled over after \d\.\d\d s$/);
  expect(over.steps).toBeGreaterThan(0);
  const mad = await drivenTo(0.85, [0, 0, 1e9, 0]);
  expect(mad.stopped).toMatch(/^the physics engine's simulation diverged after 0\.\d\d s$/);
  // the next start is a car on its wheels again
  expect((await drivenTo(0.85, [0, 0, 3, Math.PI / 2])).stopped).toBeUndefined();
});

test("parameters that no car has are refused", async () => {
  const refused = (plant: Readonly<Record<string, number>>) => coreOf({ parameters: { plant } });
  await expect(refused({ friction: 0 })).rejects.toThrow(/plant\.friction of car-figure8 is 0; allowed is .* above 0/);
  await expect(refused({ mass: 0.1 })).rejects.toThrow(
    "plant.mass is 0.1 kg, but its four wheels alone weigh 0.12 kg: give more with --parameters",
  );
  await expect(refused({ grip: 1 })).rejects.toThrow(/has no parameter "grip"; it has: friction, mass, voltage/);
});

test("a model file that does not compile, or is not there, is named with what the engine says", async () => {
  const mujoco = await loadPackage();
  const broken = join(folder, "broken.xml");
  const text = (await ownModel()).replace("<freejoint/>", "<freejiont/>");
  expect(() => compile(mujoco, text, broken, "mend it")).toThrow(
    /broken\.xml does not compile: .*unrecognized element.*mend it/,
  );
  await expect(ownModel(join(folder, "none.xml"))).rejects.toThrow(/cannot read the car's model .*npm run build/);
});

test("a model file of a user's is driven, kept in the run by its text, and resumed by that", async () => {
  const file = join(folder, "mine.xml");
  const text = await ownModel();
  const stiffer = text.replace('stiffness="350"', 'stiffness="700"').replace("-0.0102", "-0.0051");
  expect(stiffer).not.toBe(text);
  const drivenWith = async (model: string) => {
    await writeFile(file, model);
    const core = await coreOf({ "plant-model": file });
    core.rollOut(0, SEGMENTS);
    return statesOf(core);
  };
  const own = await coreOf();
  own.rollOut(0, SEGMENTS);
  expect(await drivenWith(text)).toEqual(statesOf(own));
  const mine = await drivenWith(stiffer);
  expect(mine).not.toEqual(statesOf(own));

  const [whole, resumed] = [join(folder, "mine-whole"), join(folder, "mine-resumed")];
  const given = { plant: "mujoco", "plant-model": file, hidden: [8], rollouts: 2 };
  await trainRun({ given, out: whole });
  await trainRun({ given, out: resumed }, 1);
  await rm(file); // what drives is in the run
  await trainRun({ given: {}, resume: resumed });
  expect(await fingerprint(resumed)).toEqual(await fingerprint(whole));
});

test("a model file of a user's that cannot drive is refused, with the remedy", async () => {
  const text = await ownModel();
  const refused = (from: string | RegExp, to: string) => {
    const model = text.replace(from, to);
    expect(model).not.toBe(text);
    return expect(coreOf({ "plant-model": model })).rejects;
  };
  await refused("<freejoint/>", "<freejiont/>").toThrow(
    /^the file of plant-model does not compile: .*unrecognized element.*; mend it, or leave --plant-model out$/,
  );
  await refused(/<accelerometer.*>/, "").toThrow(
    "the file of plant-model: its sensors are gyro; allowed are gyro, accelerometer: change numbers in a copy",
  );
  await refused('name="motor" tendon', 'name="engine" tendon').toThrow(
    /its actuators are engine, brake, .*allowed are/,
  );
  await refused('<pair name="rear right" geom1="floor" geom2="rear right"/>', "").toThrow(
    /its contact pairs are front/,
  );
  await refused('class="motor" gainprm="25.36', 'class="motor" dyntype="none" gainprm="25.36').toThrow(
    /its na is 1; allowed is 2/,
  );
  await refused('"rear right" pos="-.08675 -.08 -.0125"', '"rear right" pos="-.08675 -.08 .1"').toThrow(
    /it does not stand on its four wheels: mend it/,
  );
  await expect(coreOf({ "plant-model": join(folder, "none.xml") })).rejects.toThrow(
    /^plant-model: cannot read .*none\.xml: .*; give an MJCF file, e\.g\. a changed copy/,
  );
  await expect(coreOf({ plant: "identified", "plant-model": text })).rejects.toThrow(
    "plant identified has no model file: leave --plant-model out, or drive --plant mujoco",
  );
});

anywhere("without the package the remedy is one line", async () => {
  const absent = () => Promise.reject(new Error("Cannot find package '@mujoco/mujoco'\nimported from somewhere"));
  await expect(loadPackage(absent)).rejects.toThrow(
    "plant mujoco needs the package @mujoco/mujoco, which cannot be loaded (Cannot find package '@mujoco/mujoco'): " +
      additionOf("@mujoco/mujoco", here()),
  );
});

test("it learns: six laps cost less than a fifth of the first", async () => {
  const output = new Captured();
  await trainCommand.run({ given: { plant: "mujoco", rollouts: 7, seed: 11 }, out: join(folder, "learns") }, output);
  const [{ rollouts }] = output.results as [{ rollouts: { windowCost: number }[] }];
  expect(rollouts[6].windowCost / rollouts[0].windowCost).toBeLessThan(0.2);
});

anywhere("nothing in it computes with functions of JavaScript's own that differ between builds of Node", async () => {
  const sources = new URL("../../../src/plants/mujoco/", import.meta.url);
  const files = (await readdir(sources)).filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) {
    const code = (await readFile(new URL(file, sources), "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    // exact by IEEE 754, or a choice
    expect([file, code.match(/Math\.(?!abs|max|min|floor|sqrt)\w+|\*\*/g)]).toEqual([file, null]);
  }
});
