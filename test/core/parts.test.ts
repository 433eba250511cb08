/**
 * The registry of parts: names and sizes agree for each, sizes are refused by name, and a malformed registration says
 * what is expected.
 */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { Core } from "../../src/core/core.js";
import { controllers, tasks as courses, references } from "../../src/export/parts/parts.js";
import type { PlantDefinition, TaskDefinition } from "../../src/tasks/definition.js";
import { PLANAR_STATE, PlanarState } from "../../src/tasks/planar.js";
import { tasks } from "../../src/tasks/tasks.js";
import { fits } from "../../src/training/fits/fits.js";
import { trials } from "../laws/trials.js";
import { smallCore } from "../support/cores.js";
import { tool } from "../support/tools.js";

const PARTS = ["model", "plant", "controller", "reward", "reference", "task"] as const;
const ROOM = { rollouts: 1, steps: 14, segments: 2 };

/** Every task with each of its plants, and the trials of parts that no task uses yet. */
const combinations: readonly { task: TaskDefinition; plant: PlantDefinition }[] = [
  ...Object.values(tasks),
  ...(await trials()),
].flatMap((task) => Object.values(task.plants).map((plant) => ({ task, plant })));

function kindsOf(core: Core, part: (typeof PARTS)[number]): string[] {
  const table = {
    model: "Models",
    plant: "Plants",
    controller: "Controllers",
    reward: "Rewards",
    reference: "References",
    task: "Tasks",
  } as const;
  return Object.keys(core.exports[table[part]]).filter((name) => !/^\d+$/.test(name));
}

tool("mujoco").test("the host has a name for every parameter that the core has room for, of every part", async () => {
  const seen = Object.fromEntries(PARTS.map((part) => [part, new Set<string>()]));
  for (const { task, plant } of combinations) {
    const core = await Core.load({ task, plant, ...ROOM });
    const parts = {
      model: task.model,
      plant,
      controller: task.controller,
      reward: task.reward,
      reference: task.reference,
      task: task.task,
    };
    for (const part of PARTS) {
      const { kind } = parts[part];
      expect([part, kind, core.parameterNames(part, kind).length]).toEqual([
        part,
        kind,
        core.view(`${part}Parameters`).length,
      ]);
      seen[part].add(kind);
    }
  }
  const core = await smallCore(1);
  for (const part of PARTS) expect([part, [...seen[part]].sort()]).toEqual([part, kindsOf(core, part).sort()]);
});

test("exports and fits are of kinds of the core; every controller, reference and task can be exported", async () => {
  const core = await smallCore(1);
  expect(Object.keys(controllers).sort()).toEqual(kindsOf(core, "controller").sort());
  expect(Object.keys(references).sort()).toEqual(kindsOf(core, "reference").sort());
  expect(Object.keys(courses).sort()).toEqual(kindsOf(core, "task").sort());
  expect(kindsOf(core, "model")).toEqual(expect.arrayContaining(Object.keys(fits)));
});

describe("a size that does not fit is refused by name", () => {
  const [car] = combinations;
  const refused = (task: Partial<TaskDefinition>, plant: Partial<PlantDefinition> = {}) =>
    Core.load({ task: { ...car.task, ...task }, plant: { ...car.plant, ...plant }, ...ROOM });

  test("when a core is configured", async () => {
    await expect(refused({ nominalGains: [1, 2] })).rejects.toThrow(
      "nominalGains of car-figure8 takes 6 numbers, got 2",
    );
    await expect(refused({ startSpread: [] })).rejects.toThrow("startSpread of car-figure8 takes 4 numbers, got 0");
    await expect(refused({ bounds: { ...car.task.bounds, low: [0] } })).rejects.toThrow(
      "stateLow of car-figure8 takes 4 numbers",
    );
    await expect(refused({}, { delays: [0.1] })).rejects.toThrow("plantDelays of car-figure8 takes 2 numbers, got 1");
    await expect(refused({}, { delays: [], lags: [] })).resolves.toBeInstanceOf(Core);
  });

  test("and later", async () => {
    const core = await smallCore(1);
    expect(() => core.write("modelParameters", new Array(5).fill(0))).toThrow(
      "modelParameters of car-figure8 takes 9 numbers, got 5",
    );
    expect(() => core.writeUsed("segmentTimes", [0], 0)).toThrow(
      "segmentTimes of a rollout of this length has 0 numbers",
    );
    expect(() => core.writeStart([0, 0], 0)).toThrow("a state of car-figure8 has 4 numbers, got 2");
    expect(() => core.write("inputDelays", [1])).toThrow("inputDelays of car-figure8 takes 2 numbers, got 1");
  });
});

test("the host's names of the state in the plane are the core's", async () => {
  const text = await readFile("assembly/models/planar.ts", "utf8");
  const [, members = ""] = text.match(/enum PlanarState \{\n([^}]*)\}/) ?? [];
  const names = [...members.matchAll(/^ {2}(\w+),$/gm)].map(([, name]) => name);
  expect([...PLANAR_STATE.map((_, i) => PlanarState[i]), "count"]).toEqual(names);
  PLANAR_STATE.forEach((column, i) => {
    expect(column.split(" ")[0]).toBe(PlanarState[i]);
  });
});

describe("a malformed registration says where it is and what is expected", () => {
  const file = "assembly/plants/moon.ts";
  const moon = "export class Moon extends Plant {}\n";
  const enumOf = (members: string) => `export enum MoonParameter {\n${members}}\n`;
  const registered = async (text: string) => {
    const { registeredIn } = await import(new URL("../../../scripts/registries.mjs", import.meta.url).href);
    return registeredIn(file, text);
  };

  test.each([
    ["its class is not registered", moon],
    ["a registration is malformed", `${moon}/** @part moon MoonParameter */\nexport let moon = new Moon();\n`],
    ["a registration is malformed", `${moon}/** @part */\nexport const moon = new Moon();\n`],
    [
      "an enum that this file does not export",
      `${moon}/** @part moon MoonParameter */\nexport const moon = new Moon();\n`,
    ],
    [
      'must be "count"',
      `${enumOf("  mass,\n")}${moon}/** @part moon MoonParameter */\nexport const moon = new Moon();\n`,
    ],
    [
      "no registration names MoonParameter",
      `${enumOf("  count,\n")}${moon}/** @part moon */\nexport const moon = new Moon();\n`,
    ],
  ])("%s", async (message, text) => {
    await expect(registered(text)).rejects.toThrow(new RegExp(`^${file}: .*${message}`));
  });

  test("a correct one is taken", async () => {
    const instance = "/** @part moon MoonParameter */\nexport const moon = new Moon(2);\n";
    const text = enumOf("  mass,\n  count,\n") + moon + instance;
    expect(await registered(text)).toEqual([{ kind: "moon", parameters: "MoonParameter", name: "moon" }]);
  });
});
