/** `lapgrad shake` and `diagnose`: what they leave, how they go on, what they refuse. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import diagnoseCommand from "../../src/cli/commands/diagnose.js";
import shakeCommand from "../../src/cli/commands/shake.js";
import trainCommand from "../../src/cli/commands/train.js";
import type { PartialConfig } from "../../src/config/config.js";
import { shakeInMemory } from "../../src/derivatives/in-memory.js";
import { ShakeFolder } from "../../src/derivatives/shake-folder.js";
import { Fault } from "../../src/links/faults.js";
import { SimLink } from "../../src/links/kinds/sim.js";
import { gates } from "../../src/runtime/gates.js";
import { dataTest, referenceData } from "../reference-data.js";
import { Captured, newFolder } from "../support/runs.js";
import { TRIMS } from "./trims.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

test("at the limit of grip perturbations get as large as the bound says, whatever the pilot pair met", async () => {
  const found = [];
  for (const seed of [1, 2, 3]) {
    const given: PartialConfig = { plant: "single-track", hidden: [8], seed, "plant-noise": [0.002] };
    const { laps } = await shakeInMemory(given, { groups: ["gains", "trims"], knots: 3, minutes: 3, bound: 0.25 });
    found.push(Math.abs(laps[laps.length - 1].values[0]));
  }
  for (const size of found) {
    expect(size).toBeGreaterThan(0.09);
    expect(size).toBeLessThan(0.17);
  }
});

const GIVEN: PartialConfig = { plant: "identified", hidden: [8], seed: 3, "plant-noise": [0.002] };

/** A simulated car that fails after some calls. */
class Failing extends SimLink {
  #left: number;
  constructor(calls: number) {
    super();
    this.#left = calls;
  }
  override async driveOn(...call: Parameters<SimLink["driveOn"]>) {
    if (this.#left-- > 0) return super.driveOn(...call);
    throw new Error("killed");
  }
}

test("a shake that is killed and gone on with has all its laps, and tells the truth of the model", async () => {
  const out = join(folder, "killed");
  const killed = shakeCommand.run({ ...TRIMS, given: GIVEN, out }, new Captured(), async () => new Failing(19));
  await expect(killed).rejects.toThrow("killed");
  const shake = new ShakeFolder(out);
  const before = await shake.readLines();
  expect(before.map(({ kind }) => kind).slice(0, 6)).toEqual([
    "passage",
    "passage",
    "passage",
    "nominal",
    "pilot",
    "pilot",
  ]);
  expect(before).toHaveLength(10);
  // a line that was cut off
  await writeFile(join(out, "laps.jsonl"), `${await readFile(join(out, "laps.jsonl"), "utf8")}{"index":11,`);
  const output = new Captured();
  await shakeCommand.run({ ...TRIMS, given: {}, resume: out }, output);
  const lines = await shake.readLines();
  expect(lines.slice(0, 10)).toEqual(before);
  const plan = await shake.readPlan();
  expect(lines.filter(({ kind }) => kind !== "passage")).toHaveLength(plan.laps);
  expect(lines.map(({ index }) => index)).toEqual(lines.map((_, i) => i + 1));
  expect(new Set(lines.map(({ drive }) => drive))).toEqual(new Set([1, 2]));
  const perturbed = lines.filter(({ kind }) => kind === "pilot" || kind === "shaken");
  for (let i = 0; i + 1 < perturbed.length; i += 2)
    expect(perturbed[i + 1].values).toEqual(perturbed[i].values.map((value) => -value));
  const sizes = perturbed.map(({ values }) => Math.abs(values[0]));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(0.25);
  for (const [i, size] of sizes.entries()) expect(size).toBeLessThanOrEqual(2 * Math.max(0.025, ...sizes.slice(0, i)));
  expect(output.lines[0]).toMatch(/^shaking 2 parameters of car-figure8 on sim \(trims\): 14 laps, 1\.3 minutes/);
  expect(output.results).toHaveLength(1);
  expect(output.results[0]).toMatchObject({ shake: out, dead: [], parameters: [{ name: "throttle trim" }, {}] });

  const diagnosis = new Captured();
  expect(await diagnoseCommand.run({ run: out, given: {} }, diagnosis)).toBe(true);
  expect(diagnosis.results[0]).toMatchObject({
    run: out,
    verdict: "true",
    groups: [{ name: "all" }, { name: "trims" }, {}, {}, {}, {}, {}, { name: "response to steering" }],
  });
  expect(await readFile(join(out, "diagnosis.html"), "utf8")).toContain("the model tells the truth");
  const wrong: PartialConfig = {
    "model-fit": false,
    "model-scale": 1,
    parameters: { model: { steeringGain: -4, inverseGrip: 0.13 } },
  };
  expect(await diagnoseCommand.run({ run: out, given: wrong }, diagnosis)).toBe(false);
  expect(diagnosis.results[1]).toMatchObject({ verdict: "sign" });
  expect(diagnosis.lines.join("\n")).toMatch(/acts the other way round than the model says.*\(response to steering\)/);
});

test.each(gates.map(({ fault, remedy }) => [Fault[fault], remedy] as const))(
  "the gate %s stops a shake: it is said, no lap is driven after it, and those before it are kept",
  async (name, remedy) => {
    const out = join(folder, `gate-${name}`);
    let calls = 0;
    let stops = 0;
    class Gated extends SimLink {
      override async driveOn(...call: Parameters<SimLink["driveOn"]>) {
        const driven = await super.driveOn(...call);
        // laps come in two calls, the first one begins with another
        return ++calls === 8 ? { ...driven, stopped: `gate ${name}`, remedy } : driven;
      }
      override async stop() {
        stops++;
      }
    }
    const stopped = shakeCommand.run({ ...TRIMS, given: GIVEN, out }, new Captured(), async () => new Gated());
    await expect(stopped).rejects.toThrow(`the shake was stopped: gate ${name}; ${remedy}; what was driven is kept`);
    expect([calls, stops]).toEqual([8, 1]);
    const kinds = (await new ShakeFolder(out).readLines()).map(({ kind }) => kind);
    expect(kinds).toEqual(["passage", "passage", "passage", "nominal", "passage"]);
  },
);

test("a run is shaken with its policy, in its folder, and diagnosed by its name", async () => {
  const run = join(folder, "run");
  await trainCommand.run({ given: { ...GIVEN, rollouts: 3 }, out: run }, new Captured());
  const unshaken = new Captured();
  expect(await diagnoseCommand.run({ run, given: {} }, unshaken)).toBe(false);
  expect(unshaken.results[0]).toMatchObject({ verdict: "unsure", groups: [{ name: "response to throttle" }, {}] });
  expect(unshaken.lines.at(-1)).toBe(
    `3 laps, not shaken: unsure: it cannot be told: shake longer: lapgrad shake ${run}`,
  );
  const output = new Captured();
  await shakeCommand.run({ ...TRIMS, target: run, given: {} }, output);
  expect(await readdir(join(run, "shakes"))).toEqual(["1"]);
  expect((output.results[0] as { cost: number }).cost).toBeLessThan(25); // untrained: 31
  const diagnosis = new Captured();
  await diagnoseCommand.run({ run, given: {} }, diagnosis);
  expect(diagnosis.results[0]).toMatchObject({ run, shake: join(run, "shakes", "1") });
});

test.each<[string, object, string]>([
  ["neither run nor task", { target: "nowhere" }, "nowhere is neither a run nor a task: give the folder of a run"],
  ["a task without laps", { target: "pendulum-reach", given: {} }, "pendulum-reach has no laps to compare"],
  ["too few minutes", { minutes: 0.5 }, "0.5 minutes are 2 laps that count, too few for 2 parameters, which need 14"],
  ["beyond the corridor", { bound: 0.8 }, "--bound 0.8 m is more than half of the corridor of 1.5 m"],
  [
    "beyond the geofence",
    { given: { ...GIVEN, geofence: [-3.1, 3.1, -1.6, 1.6] } },
    "--bound 0.2 m around the track at .* leads out of the geofence",
  ],
  [
    "too many knots",
    { groups: ["offsets"], knots: 9, minutes: 9 },
    "knots is 9; allowed is a whole number from 1 to 6",
  ],
])("%s: refused before anything moves", async (_, wrong, message) => {
  const out = join(folder, "refused");
  const options = { ...TRIMS, given: GIVEN, out, ...wrong };
  await expect(shakeCommand.run(options, new Captured())).rejects.toThrow(new RegExp(message));
  await expect(readdir(out)).rejects.toThrow();
});

test("what is no shake, or half of one, is refused", async () => {
  const resume = join(folder, "refused");
  await expect(shakeCommand.run({ ...TRIMS, given: {}, resume }, new Captured())).rejects.toThrow(
    "is no shake: give a",
  );
  const out = join(folder, "begun");
  const stopped = shakeCommand.run({ ...TRIMS, given: GIVEN, out }, new Captured(), async () => new Failing(9));
  await expect(stopped).rejects.toThrow("killed");
  await expect(diagnoseCommand.run({ run: out, given: {} }, new Captured())).rejects.toThrow(
    "laps are too few to tell 2 parameters apart: go on with lapgrad shake --resume",
  );
  await writeFile(join(out, "shake.json"), "{}");
  await expect(diagnoseCommand.run({ run: out, given: {} }, new Captured())).rejects.toThrow(
    "shake.json is not what lapgrad shake wrote",
  );
});

dataTest("the authors' recordings: the changes between rollouts say that the fitted model is right", async () => {
  const output = new Captured();
  const run = join(referenceData as string, "authors", "jetracer-hw-train-1.json.gz");
  expect(await diagnoseCommand.run({ run, given: {} }, output)).toBe(true);
  const [{ groups }] = output.results as { groups: { cosine: number; scale: number }[] }[];
  expect(groups[0].cosine).toBeGreaterThan(0.8);
  expect(groups[0].scale).toBeCloseTo(1.4, 0);
});
