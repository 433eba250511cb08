/** Plans, jobs and results on disk: names by content, what was edited or planned by another version, damaged files. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runBlock } from "../../src/sweeps/block.js";
import { indicesIn, indicesText, piecesOf } from "../../src/sweeps/blocks.js";
import { customJobs, customPage } from "../../src/sweeps/custom.js";
import { decoded, encoded, type Job, nameOf } from "../../src/sweeps/job.js";
import { perform } from "../../src/sweeps/kinds.js";
import { planText, readPlan, writePlan } from "../../src/sweeps/plan.js";
import { PLANNED_STUDIES, studyJobs } from "../../src/sweeps/studies.js";
import type { Training } from "../../src/sweeps/training.js";
import { buildVersion, VERSION } from "../../src/version.js";
import { typist } from "../cli/process.js";
import { newFolder } from "../support/runs.js";

const typed = typist();
let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const YAML = "settings: {task: cart-pole, hidden: [4]}\nvary: {learning-rate: [0.5, 1]}\nseeds: 2\nminutes: 0.01\n";
const jobs = customJobs("tiny.yaml", YAML);
const broken: Job = { kind: "compare", settings: { rule: "adam", plant: "moon", seed: 1, minutes: 1 } };

describe("a job", () => {
  test("has a name by its content and version alone", () => {
    const settings = { a: 1, b: { c: [1, 2], d: "x" } };
    const name = nameOf({ kind: "compare", settings }, "1");
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(nameOf({ kind: "compare", settings: { b: { d: "x", c: [1, 2] }, a: 1 } }, "1")).toBe(name);
    const others = [
      nameOf({ kind: "figure2", settings }, "1"),
      nameOf({ kind: "compare", settings }, "2"),
      nameOf({ kind: "compare", settings: { ...settings, a: 2 } }, "1"),
      nameOf({ kind: "compare", settings: { ...settings, b: { c: [2, 1], d: "x" } } }, "1"),
    ];
    expect(new Set([name, ...others]).size).toBe(5);
  });

  test("has an answer whose bits survive as text", () => {
    const numbers = [0, -0, 1 / 3, -1e-320, Number.MAX_VALUE, Number.NaN, Infinity, -Infinity];
    const answer = { costs: numbers, failure: null, number: "7", inner: { number: 3 } };
    const again = decoded(encoded(answer)) as typeof answer;
    expect(again).toEqual(answer);
    for (const [i, value] of numbers.entries()) expect(Object.is(again.costs[i], value)).toBe(true);
    expect(() => decoded(encoded(answer).slice(0, 20))).toThrow(SyntaxError);
  });

  test("of a kind that there is not is refused", async () => {
    await expect(perform({ kind: "toString", settings: {} })).rejects.toThrow('unknown kind of job "toString"');
  });
});

describe("numbers of jobs", () => {
  test("as text and back", () => {
    expect(indicesIn("3,8, 20..23,21", 24, "--index")).toEqual([3, 8, 20, 21, 22, 23]);
    for (const numbers of [[], [0], [0, 1, 2], [0, 2, 3, 9]])
      if (numbers.length > 0) expect(indicesIn(indicesText(numbers), 10, "x")).toEqual(numbers);
    expect(indicesText([0, 1, 2, 5, 7, 8])).toBe("0..2,5,7..8");
    expect(piecesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(piecesOf([], 2)).toEqual([]);
  });

  test.each(["", "a", "-1", "3..", "1.5", "3..1", "10", "0..10"])("%s is refused", (text) => {
    expect(() => indicesIn(text, 10, "--index")).toThrow(/^--index is .*; (allowed is|the plan has the jobs 0\.\.9)/);
  });
});

describe("a plan", () => {
  test("is done in blocks; what is done is skipped, and a job that fails does not keep the next one", async () => {
    const plan = await writePlan(join(folder, "mixed"), "custom", {}, [jobs[0], broken, jobs[1]]);
    const first = await runBlock(plan, [0, 1]);
    expect(first).toMatchObject({ done: 1, skipped: 0, failures: [{ index: 1 }] });
    expect(first.failures[0].why).toContain('"plant":"moon"');
    expect(await plan.missing()).toEqual([1, 2]);
    expect(await plan.results.failure(plan.job(1).name)).toContain('unknown plant "moon"');
    expect(await runBlock(plan, [0, 1, 2])).toMatchObject({ done: 1, skipped: 1, failures: [{ index: 1 }] });
    const [answer, missing, last] = await plan.answers();
    expect(missing).toBeUndefined();
    expect(answer).toEqual(await perform(jobs[0]));
    expect(last).toEqual(await perform(jobs[1]));
  });

  test("of which two workers do the same job at a time has each result once", async () => {
    const plan = await writePlan(join(folder, "twice"), "custom", {}, jobs);
    const again = await readPlan(plan.folder);
    await Promise.all([runBlock(plan, [0, 1, 2, 3]), runBlock(again, [0, 1, 2, 3]), runBlock(plan, [3, 2, 1, 0])]);
    expect((await readdir(plan.results.folder)).sort()).toEqual(
      plan
        .names()
        .map((name) => `${name}.json`)
        .sort(),
    );
    expect(await plan.missing()).toEqual([]);
  });

  test("has a damaged result done again", async () => {
    const plan = await writePlan(join(folder, "damaged"), "custom", {}, jobs.slice(0, 1));
    await plan.results.write(plan.job(0).name, { costs: [1, 2] });
    const path = join(plan.results.folder, `${plan.job(0).name}.json`);
    await writeFile(path, '{"costs":[1,');
    expect(await plan.answers()).toEqual([undefined]);
    expect(await plan.missing()).toEqual([0]);
  });

  test("of the same study is the same text, and takes answers from elsewhere once", async () => {
    expect(planText("custom", {}, jobs)).toBe(planText("custom", {}, customJobs("other.yaml", YAML)));
    const plan = await writePlan(join(folder, "adopted"), "custom", {}, jobs);
    await plan.adopt([undefined, { one: 1 }]);
    await plan.adopt([{ zero: 0 }, { one: 2 }]);
    expect((await plan.answers()).slice(0, 2)).toEqual([{ zero: 0 }, { one: 1 }]);
  });

  describe("that was changed", () => {
    const changed = async (name: string, change: (text: string) => string) => {
      const plan = await writePlan(join(folder, name), "custom", {}, jobs);
      await writeFile(plan.path, change(await readFile(plan.path, "utf8")));
      return readPlan(plan.path);
    };

    test("is refused, with the line", async () => {
      const edit = changed("edited", (text) => text.replace('"seed":2', '"seed":7'));
      await expect(edit).rejects.toThrow(/was edited after it was planned \(line 3 does not fit its name\)/);
    });

    test("by a line less or in its head is refused", async () => {
      const shorter = changed("shorter", (text) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1));
      await expect(shorter).rejects.toThrow("it has 3 jobs, and had 4");
      const cut = changed("cut", (text) => text.slice(0, -9));
      await expect(cut).rejects.toThrow("was edited after it was planned");
      const head = changed("head", (text) => text.replace('"options":{}', '"options":{"a":1}'));
      await expect(head).rejects.toThrow("its first line, or the order of its jobs, is another");
      await expect(changed("none", () => "hello\n")).rejects.toThrow("is no plan; got hello");
    });

    test("is refused where another one was submitted", async () => {
      const plan = await writePlan(join(folder, "replaced"), "custom", {}, jobs);
      await writePlan(plan.folder, "custom", {}, jobs.slice(1));
      await expect(readPlan(plan.path, plan.header.hash)).rejects.toThrow(/was submitted: another one was written/);
    });
  });

  test("of another version is refused", async () => {
    const here = buildVersion();
    expect(here).toMatch(new RegExp(`^${VERSION}\\+[0-9a-f]{12}$`));
    const other = here.replace(/.{12}$/, "0123456789ab");
    const plan = await writePlan(join(folder, "old"), "custom", {}, []);
    const { hash: _, ...header } = { ...plan.header, version: other };
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256")
      .update(`${JSON.stringify(header)}\n`)
      .digest("hex");
    await writeFile(plan.path, `${JSON.stringify({ ...header, hash })}\n`);
    await expect(readPlan(plan.path)).rejects.toThrow(`was planned by lapgrad ${other}, and this is ${here}`);
  });
});

describe("studies", () => {
  test.each(PLANNED_STUDIES)("%s: jobs with names of their own", (study) => {
    const planned = studyJobs(study, {
      seeds: 2,
      quick: true,
      plants: undefined,
      rules: undefined,
      minutes: undefined,
    });
    expect(planned.length).toBeGreaterThan(3);
    expect(new Set(planned.map((job) => nameOf(job, "1"))).size).toBe(planned.length);
  });

  test("of one's own: combinations, and their rows", () => {
    const settings = jobs.map((job) => job.settings as Training);
    const rates = settings.map(({ config }) => [config["learning-rate"], config.seed]);
    expect(rates).toEqual([0.5, 1].flatMap((rate) => [1, 2].map((seed) => [rate, seed])));
    const curve = (final: number) => ({ untrained: 2, minutes: [0], costs: [2], final, failure: null });
    const { sections } = customPage(settings, [curve(1), curve(0.5), undefined, curve(1.5)]);
    expect(sections[0].table).toEqual([
      ["learning-rate", "seeds", "last policy", "worst ever", "stopped"],
      ["0.5", "2", "37.5 (50.0)", "100", "0"],
      ["1", "1", "75.0 (75.0)", "100", "0"],
    ]);
  });

  test.each([
    ["minutes: 0", "minutes is 0; allowed"],
    ["minutes: 1\nseeds: 3-1", "seeds is"],
    ["minutes: 1\nspeed: 3", "unknown speed; allowed is settings, vary, seeds, minutes"],
    ["minutes: 1\nvary: {seed: [1]}", "seed is no setting here"],
    ["minutes: 1\nvary: {update: sgd}", 'vary.update is "sgd"; allowed is a list'],
    ["minutes: 1\nsettings: {link: serial}", "sweep trains in simulation"],
    ["minutes: 1\nsettings: {learning-rat: 1}", 'did you mean "learning-rate"'],
    ["minutes: [", "is no YAML"],
    ["- 1", "allowed is a table of"],
  ])("of one's own: %s is refused", (text, part) => {
    expect(() => customJobs("mine.yaml", text)).toThrow(part);
  });
});

describe("the commands", () => {
  test("plan, do one by one, collect", async () => {
    await writeFile(join(folder, "tiny.yaml"), YAML);
    const plan = await typed(folder, "plan tiny.yaml --out mine --json".split(" "));
    expect(JSON.parse(plan.stdout)).toMatchObject({ plan: "mine/plan.jsonl", study: "custom", jobs: 4 });
    const { hash } = JSON.parse(plan.stdout) as { hash: string };
    const job = await typed(folder, `job --plan mine --index 0..1 --expect ${hash} --json`.split(" "));
    expect(JSON.parse(job.stdout)).toEqual({ done: 2, skipped: 0, failed: 0, failures: [] });
    const some = await typed(folder, "collect mine --json".split(" "));
    expect(JSON.parse(some.stdout)).toMatchObject({ jobs: 4, done: 2, missing: 2, failed: 0, missingJobs: "2..3" });
    expect(await readFile(join(folder, "mine", "custom.md"), "utf8")).toContain("2 of 4 jobs have no result yet");
    const all = await typed(folder, "collect mine --engine local --workers 1 --json".split(" "));
    expect(JSON.parse(all.stdout)).toMatchObject({ jobs: 4, done: 4, missing: 0, failed: 0 });
    expect(await readFile(join(folder, "mine", "custom.md"), "utf8")).not.toContain("no result yet");
    const again = await typed(folder, "plan tiny.yaml --out mine --json".split(" "));
    expect(again.code).toBe(0);
  });

  test.each([
    ["plan figure9", 'unknown study "figure9"; did you mean "figure'],
    ["plan tiny.yaml --seeds 3", "--seeds has no meaning here"],
    ["plan figure2 --seeds 3-5", "of figure2 allowed is how many"],
    ["plan compare --quick --out mine", "mine/plan.jsonl is another plan already"],
    ["job --plan mine --index 4", "the plan has the jobs 0..3"],
    ["job --plan mine", "--index is missing"],
    ["job --plan nowhere --index 0", "cannot read nowhere"],
    ["collect mine --partition short", "--partition has no meaning without --engine"],
    ["collect mine --engine condor", "--engine is condor; allowed is local, slurm or bullmq=redis://"],
    ["collect mine --engine local --partition short", "--partition is for --engine slurm, and the engine is local"],
    ["collect mine --engine slurm --workers 2", "--workers is for the engine local"],
    ["collect mine --engine slurm --memory lots", "--memory is lots; allowed is a size"],
    ["collect mine --engine bullmq=http://x", "http://x is no address of Redis"],
    ["worker http://me:secret@x", "http://me:…@x is no address of Redis"],
  ])("lapgrad %s: one sentence", async (line, part) => {
    const { code, stderr } = await typed(folder, line.split(" "));
    expect(stderr).toContain(part);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^lapgrad: /);
    expect(code).toBe(2);
  });
});
