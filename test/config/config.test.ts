/** Settings: what is refused and in which words, what a file keeps, what comes from where. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  checkSetting,
  completeConfig,
  formatConfig,
  mergeConfigs,
  type PartialConfig,
  readCompleteConfig,
  readConfig,
} from "../../src/config/config.js";
import { resolveTask } from "../../src/config/resolve.js";
import { type RunConfig, type SettingName, settings } from "../../src/config/schema.js";
import { UserError } from "../../src/errors.js";
import { nearest } from "../../src/spelling.js";
import { collectorFor } from "../../src/training/collect.js";
import { newFolder } from "../support/runs.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(text: string | Uint8Array): Promise<string> {
  const path = join(folder, "given.yaml");
  await writeFile(path, text);
  return path;
}

/** The message and exit code of what is thrown. */
async function refusal(action: () => unknown): Promise<{ message: string; exitCode: number }> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: error.message, exitCode: error.exitCode };
  }
  throw new Error("nothing was refused");
}

describe("a file is refused in one line with its name, the line, what was got and what is allowed", () => {
  const cases: [string, string, string[]][] = [
    ["a misspelt setting", "seed: 1\nlearningRate: 0.1", ["given.yaml, line 2", '"learningRate"', '"learning-rate"?']],
    ["an unknown setting", "flux: 1", ["line 1", 'unknown setting "flux"', "settings are: task, link"]],
    ["a text for a number", "\n\nseed: one", ["line 3", '"seed" is "one"', "a whole number"]],
    ["a number in quotes", 'seed: "7"', ['"seed" is "7"', "a whole number"]],
    ["a fraction for a count", "rollouts: 1.5", ['"rollouts" is 1.5', "a whole number"]],
    ["no rollouts", "rollouts: 0", ['"rollouts" is 0', "1 or more"]],
    ["more than can be counted", "rollouts: 1e300", ['"rollouts" is 1e+300', "a whole number"]],
    ["a negative time", "control-period: -0.02", ['"control-period" is -0.02', "above 0", "[s]"]],
    ["NaN", "learning-rate: .nan", ['"learning-rate" is NaN', "a number"]],
    ["a pace outside its range", "pace: 0.2", ['"pace" is 0.2', "a number from 0.3 to 1.5", "task time per time"]],
    ["infinity", "model-scale: .inf", ['"model-scale" is Infinity', "a finite number"]],
    ["no value", "seed:", ['"seed" is null', "a whole number"]],
    ["a number for a list", "hidden: 64", ['"hidden" is 64', "a list of widths"]],
    ["a wrong width", "hidden: [64, -1]", ['"hidden.1" is -1', "1 or more"]],
    ["too many layers", "hidden: [1, 1, 1, 1, 1]", ["at most 4 widths"]],
    ["a word for true or false", "network-state-feedback: maybe", ['is "maybe"', "true or false"]],
    ["a wrong choice", "update: sgdd", ['"update" is "sgdd"', "one of adam, gauss-newton, sgd"]],
    ["a wrong window", 'window: "40"', ['"window" is "40"', "start:length[:stride]"]],
    ["parameters without parts", "parameters:\n  reward: 3", ['"parameters.reward" is 3', "names with numbers"]],
    ["a text as a parameter", "parameters:\n  reward:\n    radius: x", ['"parameters.reward.radius" is "x"']],
    ["a name that objects have", "parameters:\n  constructor:\n    x: 1", ["constructor", "ordinary names"]],
    ["a setting given twice", "seed: 1\nseed: 2", ["not YAML", "unique", "line 2"]],
    ["no YAML", "seed: [1\n  : }{", ["not YAML", "line 1"]],
    ["two documents", "seed: 1\n---\nseed: 2", ["not YAML"]],
    ["a list", "- seed\n- 1", ['"setting: value"']],
    ["a text", "once upon a time", ['"setting: value"']],
    ["a list as a name", "? [a, b]\n: 1", ["line 1", "unknown setting"]],
    ["a merge", "<<: {seed: 3}", ['unknown setting "<<"']],
  ];
  test.each(cases)("%s", async (_, text, parts) => {
    const path = await fileWith(text);
    const { message, exitCode } = await refusal(() => readConfig(path));
    expect(exitCode).toBe(2);
    expect(message).toContain(path);
    expect(message).not.toContain("\n");
    for (const part of parts) expect(message).toContain(part);
  });

  const DEEP = 200_000;
  const hostile: [string, string, string][] = [
    ["an alias that contains itself", "hidden: &a [*a]", "line 1: an alias stands for what it stands in"],
    ["parameters that contain themselves", "parameters: &a\n  plant: *a", "an alias stands for what it stands in"],
    ["a merge that contains itself", "seed: 1\nparameters: &a {<<: *a}", "line 2: an alias stands for what"],
    ["200,000 brackets", `hidden: ${"[".repeat(DEEP)}`, "characters; allowed are"],
    ["200,000 brackets that close", "[".repeat(DEEP) + "]".repeat(DEEP), "characters; allowed are"],
    ["60,000 brackets", `# brackets\nhidden: ${"[".repeat(60_000)}`, "is nested too deeply in line 2; allowed are 16"],
    ["braces", "{a: ".repeat(16_000), "is nested too deeply in line 1"],
    ["keys of keys", "? ".repeat(30_000), "is nested too deeply in line 1"],
    ["lists of lists", "- ".repeat(30_000), "is nested too deeply in line 1"],
    ["tags", "!a ".repeat(21_000), "has too many parts, in line 1"],
    ["many keys", Array.from({ length: 5_000 }, (_, i) => `k${i}: 1`).join("\n"), "has too many parts, in line"],
    ["a long word", `task: ${"a".repeat(60_000)}`, ""],
    ["a long alias", `task: *${"a".repeat(60_000)}`, "Unresolved alias"],
  ];
  test.each(hostile)("%s: within a second, in one sentence", async (_, text, part) => {
    const path = await fileWith(text);
    const before = process.cpuUsage();
    const { message } = await refusal(async () => completeConfig(await readConfig(path)));
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000);
    expect(message).toContain(part);
    expect(message).toMatch(/^.{1,400}$/);
  });

  test("aliases of aliases, a folder, no file, bytes", async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `&l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`);
    const bomb = `hidden: [&l0 [1, 1, 1], ${levels.join(", ")}]`;
    expect((await refusal(async () => readConfig(await fileWith(bomb)))).message).not.toContain("\n");
    expect((await refusal(() => readConfig(folder))).message).toContain("it is a folder");
    expect((await refusal(() => readConfig(join(folder, "none")))).message).toContain("no such file");
    await refusal(async () => readConfig(await fileWith(Uint8Array.of(0, 1, 0xff, 0xfe))));
  });
});

test("an empty file gives nothing, and so all defaults", async () => {
  expect(await readConfig(await fileWith(""))).toStrictEqual({});
  expect(await readConfig(await fileWith("# nothing\n"))).toStrictEqual({});
});

describe("what does not fit together is refused with the remedy", () => {
  const cases: [string, PartialConfig, string[]][] = [
    ["an unknown task", { task: "car-figure9" }, ['"car-figure9"', "tasks are: car-figure8"]],
    ["a task that objects have", { task: "constructor" }, ['"constructor"']],
    ["an unknown plant", { plant: "moon" }, ['"moon"', "plants are: nominal"]],
    ["a plant that objects have", { plant: "toString" }, ['"toString"', "plants are: nominal"]],
    ["an unknown part", { parameters: { engine: { x: 1 } } }, ['"engine"', "parts are: model"]],
    ["a plant with a wrong letter", { plant: "identifed" }, ['did you mean "identified"?', "plants are: nominal"]],
    ["a task with a wrong letter", { task: "car-figure" }, ['did you mean "car-figure8"?', "tasks are: car-"]],
    ["a part with a wrong letter", { parameters: { plnt: { drag: 1 } } }, ['did you mean "plant"?']],
    ["a parameter in capitals", { parameters: { plant: { Drag: 1 } } }, ['did you mean "drag"?', "it has: throttle"]],
    ["an unknown parameter", { parameters: { reward: { radios: 1 } } }, ['"radios"', "it has: radius"]],
    ["a window beyond the end", { window: "40:117" }, ["156 segments", "end at or before segment 156"]],
    ["a rollout shorter than the window", { "rollout-segments": 30 }, ["40:0:0", "30 segments"]],
    ["a stride without length", { window: "40:0:1" }, ["no length", "40:30:1"]],
    ["a batch above all rollouts", { batch: 16 }, ["batch 16", "rollouts 15", "lower batch or raise rollouts"]],
    ["a control period above the network's", { "control-period": 0.2 }, ["must be longer"]],
    ["clocks that disagree", { "control-period": 0.01 }, ["steps-per-segment 7", "use steps-per-segment 14"]],
    ["a delay in milliseconds", { "model-delay": 40 }, ["model-delay 40 s", "seconds"]],
  ];
  test.each(cases)("%s", async (_, given, parts) => {
    const { message, exitCode } = await refusal(() => completeConfig(given));
    expect(exitCode).toBe(2);
    for (const part of parts) expect(message).toContain(part);
  });
});

/** Objects as the parser makes them. */
const PLAIN = { noNullPrototype: true };

test("a configuration written to a file is read back equal, whatever its numbers", async () => {
  const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  const configs = fc.record({
    seed: fc.maxSafeNat(),
    rollouts: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    "learning-rate": positive,
    "model-scale": positive,
    "stop-factor": fc.double({ min: 1.0000001, max: 1e300, noNaN: true }),
    "model-delay": fc.double({ min: 0, max: 1, noNaN: true }),
    hidden: fc.array(fc.integer({ min: 1, max: 4096 }), { maxLength: 4 }),
    update: fc.constantFrom("sgd", "adam"),
    truncation: fc.constantFrom("none", "segment"),
    "network-state-feedback": fc.boolean(),
    parameters: fc.record(
      { plant: fc.record({ drag: fc.double({ noNaN: true, noDefaultInfinity: true }) }, PLAIN) },
      PLAIN,
    ),
  });
  await fc.assert(
    fc.asyncProperty(configs, async (given) => {
      const config = completeConfig(given as PartialConfig);
      const path = await fileWith(formatConfig(config));
      expect(await readCompleteConfig(path)).toStrictEqual(config);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("a run's configuration that was cut off is refused, not filled up with defaults", async () => {
  const lines = formatConfig(completeConfig({ seed: 9 })).split("\n");
  const path = await fileWith(lines.slice(0, lines.length >> 1).join("\n"));
  expect((await refusal(() => readCompleteConfig(path))).message).toMatch(/lacks ".*put the line back/);
});

test("every setting is documented, its default is allowed, and the file has a line for each", () => {
  const config = completeConfig({});
  const text = formatConfig(config);
  for (const name of Object.keys(settings) as SettingName[]) {
    expect(settings[name].describe.length).toBeGreaterThan(4);
    expect(checkSetting(name, config[name], "default")).toStrictEqual(config[name]);
    expect(text).toContain(`# ${settings[name].describe}\n${name}:`);
  }
});

test("the learning rate's default follows update and truncation", () => {
  const rate = (given: PartialConfig) => completeConfig(given)["learning-rate"];
  const rates = [
    rate({}),
    rate({ update: "adam" }),
    rate({ update: "sgd" }),
    rate({ update: "sgd", truncation: "segment" }),
  ];
  expect(new Set(rates).size).toBe(4);
  expect(rate({ update: "sgd", "learning-rate": 0.5 })).toBe(0.5);
});

test("what is given later wins, of parameters name by name", () => {
  const merged = mergeConfigs(
    { seed: 1, update: "sgd", parameters: { plant: { drag: 1, steeringBias: 2 }, reward: { radius: 3 } } },
    { seed: 2, parameters: { plant: { drag: 4 }, task: { radius: 5 } } },
  );
  const parameters = { plant: { drag: 4, steeringBias: 2 }, reward: { radius: 3 }, task: { radius: 5 } };
  expect(merged).toStrictEqual({ seed: 2, update: "sgd", parameters });
  expect(mergeConfigs({ parameters: { plant: { drag: 1 } } }, { seed: 3 })).toStrictEqual({
    parameters: { plant: { drag: 1 } },
    seed: 3,
  });
});

describe("a track is described once", () => {
  const rewardOf = (parameters: RunConfig["parameters"], task = "car-figure8") =>
    resolveTask(completeConfig({ task, parameters })).task.reward.parameters;

  test("the task's radius and lap time move the reward's too", () => {
    expect(rewardOf({ task: { radius: 2, lapTime: 7 } })).toMatchObject({ radius: 2, lapTime: 7 });
    expect(rewardOf({ task: { radius: 2 }, reward: { radius: 2, speedWeight: 1 } })).toMatchObject({ radius: 2 });
    expect(rewardOf({})).toMatchObject({ radius: 1.5, lapTime: 5.5 });
    expect(rewardOf({ task: { amplitude: 3 } }, "scalar")).toMatchObject({ amplitude: 3, period: 20 });
    expect(rewardOf({ task: { period: 5 } }, "cart-pole")).toMatchObject({ amplitude: 0.5, period: 5 });
  });

  test.each([
    [{ reward: { radius: 2 } }, "reward.radius of car-figure8 is 2 and task.radius is 1.5", "give task.radius alone"],
    [{ task: { lapTime: 6 }, reward: { lapTime: 5.5 } }, "reward.lapTime", "give task.lapTime alone"],
  ])("%j contradicts itself", (parameters, ...parts) => {
    for (const part of parts) expect(() => rewardOf(parameters as RunConfig["parameters"])).toThrow(part);
  });

  test.each([
    [{ task: { radius: 0 } }, "task.radius of car-figure8 is 0; allowed is a number above 0"],
    [{ task: { radius: -1.5 } }, "task.radius of car-figure8 is -1.5"],
    [{ task: { lapTime: -5.5 } }, "task.lapTime of car-figure8 is -5.5"],
    [{ task: { leastSpeed: -1 } }, "task.leastSpeed of car-figure8 is -1; allowed is a number of 0 or more"],
    [{ reward: { speedWeight: -1 } }, "reward.speedWeight of car-figure8 is -1"],
    [{ controller: { throttleLimit: 0 } }, "controller.throttleLimit of car-figure8 is 0"],
    [{ reference: { positionWeight: -1 } }, "reference.positionWeight of car-figure8 is -1"],
    [{ task: { lapTime: Number.NaN } }, "task.lapTime of car-figure8 is NaN"],
  ])("%j is refused", (parameters, message) => {
    expect(() => rewardOf(parameters as RunConfig["parameters"])).toThrow(message);
  });
});

test.each([
  ["mass", 0, "plant.mass of car-figure8 is 0; allowed is a number above 0"],
  ["combinedSlip", -1, "plant.combinedSlip of car-figure8 is -1; allowed is a number of 0 or more"],
])("a plant whose %s is %d is refused", (name, value, message) => {
  const given: PartialConfig = { plant: "single-track", parameters: { plant: { [name]: value } } };
  expect(() => completeConfig(given)).toThrow(message);
});

test("scale and parameters reach the task's parts, and no others", () => {
  const config: RunConfig = completeConfig({
    "model-scale": 0.25,
    parameters: { model: { drag: 0.7 }, plant: { drag: 0.9 }, controller: { throttleLimit: 0.65 } },
  });
  const { task, plant } = resolveTask(config);
  const base = resolveTask(completeConfig({ "model-scale": 1 }));
  expect(task.model.parameters.throttleGain).toBe(0.25 * (base.task.model.parameters.throttleGain ?? 0));
  expect(task.model.parameters.drag).toBe(0.7);
  expect(plant.parameters).toStrictEqual({ ...base.plant.parameters, drag: 0.9 });
  expect(task.controller.parameters).toStrictEqual({ ...base.task.controller.parameters, throttleLimit: 0.65 });
  expect(task.reward).toStrictEqual(base.task.reward);
});

test("the nearest name is offered where it is near", () => {
  const names = Object.keys(settings);
  expect(nearest("rolouts", names)).toBe("rollouts");
  expect(nearest("learning_rate", names)).toBe("learning-rate");
  expect(nearest("SEED", names)).toBe("seed");
  expect(nearest("a", names)).toBeUndefined();
  expect(nearest("temperature", names)).toBeUndefined();
});

test("a lap lasts as long as the task's parameters say", () => {
  const lapTime = 37.7;
  const config = completeConfig({
    task: "quadruped-figure8",
    "network-period": lapTime / 40,
    "steps-per-segment": 9,
    parameters: { task: { lapTime }, reward: { lapTime } },
  });
  expect(resolveTask(config).task.timing.lapTime).toBe(lapTime);
  // the longest that is kept: two laps before a lap, and twice the one segment that new parameters are late
  expect(collectorFor({ ...config, update: "sgd" }).room.segments).toBe(3 * 40 + 2);
  expect(resolveTask(completeConfig({})).task.timing.lapTime).toBe(5.5);
});

test("objects are read in any order of their names, and names that no record keeps are still refused", async () => {
  const given: PartialConfig = {
    link: "serial",
    servo: { throttleSlew: 9000, steeringReversed: true, steeringMin: 1100 },
    ros2: { timeout: 0.1, preset: "go1" },
  };
  const path = await fileWith(formatConfig(completeConfig(given)));
  expect(await readCompleteConfig(path)).toEqual(completeConfig(given));
  expect(checkSetting("servo", { throttleMax: 1900, throttleMin: 1200 }, "here")).toEqual({
    throttleMin: 1200,
    throttleMax: 1900,
  });
  expect(() => checkSetting("parameters", { constructor: { prototype: 1 } }, "here")).toThrow(/ordinary names/);
  const servo = (given: object) => () => checkSetting("servo", given, "here");
  expect(servo({ steeringMin: 3000 })).toThrow(
    /"servo.steeringMin" is 3000; allowed is a whole number from 900 to 2100/,
  );
  expect(servo({ throttleNeutral: 1400 })).toThrow(
    /"servo.throttleNeutral" is 1400; allowed is .* from 1450 to 1550 µs/,
  );
  expect(servo({ throttleSlew: 20 })).toThrow(/"servo.throttleSlew" is 20; allowed is a whole number from 100/);
  expect(servo({ steeringMin: 1700 })).toThrow(/steeringMin 1700 is above steeringCentre 1500/);
  expect(servo({ throttleMax: 1490, throttleMin: 1000 })).toThrow(/throttleNeutral 1500 is above throttleMax 1490/);
  expect(() => checkSetting("servo", { steering: 1 }, "here")).toThrow(
    /"servo" has no "steering"; did you mean "steeringMin"\? it has: steeringMin, steeringCentre/,
  );
  const vesc = (given: object) => () => checkSetting("vesc", given, "here");
  expect(vesc({ maxCurrent: 1000 })()).toEqual({ maxCurrent: 1000 });
  expect(vesc({ maxCurrent: 3e6 })).toThrow(/"vesc.maxCurrent" is 3000000; allowed is a number above 0, at most 1000/);
  expect(vesc({ maxCurrent: 0 })).toThrow(/"vesc.maxCurrent" is 0; allowed is a number above 0/);
  expect(vesc({ servoMax: 0.5 })).toThrow(/servoMin below servoCentre \(0.5\) below servoMax/);
});

test("a task without a pace says so; a run of a version that knew none was driven at 1", async () => {
  for (const task of ["pendulum-reach", "pendulum-reach-open"]) {
    const { message } = await refusal(() => completeConfig({ task, pace: 0.8 }));
    expect(message).toContain(`pace is 0.8, but ${task} has one target that does not move`);
  }
  const path = await fileWith(formatConfig(completeConfig({})).replace(/^(least-)?pace: .*\n/gm, ""));
  expect(await readCompleteConfig(path)).toMatchObject({ pace: 1, "least-pace": 1 });
});

test("a run of the version before, which knew no other line, least pace or VESC, is read", async () => {
  const text = formatConfig(completeConfig({})).replace(/^(track-line|least-pace|vesc): .*\n/gm, "");
  expect(text).not.toMatch(/^(track-line|least-pace|vesc):/m);
  expect(await readCompleteConfig(await fileWith(text))).toEqual(completeConfig({ "least-pace": 1 }));
});
